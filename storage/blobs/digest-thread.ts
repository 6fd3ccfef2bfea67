import { Worker } from 'node:worker_threads';
import { StorageError } from '../errors.js';
import type { DigestAnswer, DigestOrder } from './digest-worker.js';

/** One SHA-256 computed on another thread. Each promise settles when the thread is done with what it was given. */
export interface DigestJob {
  /** Whole sealed frames in their order, none of them the last. @throws corrupt (reason `damaged`) */
  frames(sealed: Buffer, firstIndex: number): Promise<void>;
  /** What follows the frames, in clear. */
  bytes(plain: Buffer): Promise<void>;
  /** Lower-case hexadecimal; ends the job. */
  finish(): Promise<string>;
  /** Lets go of it; what is on its way rejects. May be called again. */
  end(): void;
}

/** Begins a digest of the plain bytes of one blob. The caller ends it. All of them share one thread, which goes with the last. */
export function beginDigest({ blobId, key }: { blobId: string; key: Buffer }): DigestJob {
  thread ??= startThread((ended) => {
    if (thread === ended) thread = undefined;
  });
  const { order, leave } = thread;
  const job = nextJob;
  let isEnded = false;
  nextJob += 1;
  const tell = async (act: DigestOrder) => (await order(act)).sha256;
  // A thread that cannot be started shows at the first bytes.
  tell({ job, act: 'begin', blobId, key }).catch(() => undefined);
  return {
    async frames(sealed, firstIndex) {
      await tell({ job, act: 'frames', sealed, firstIndex });
    },
    async bytes(plain) {
      await tell({ job, act: 'bytes', plain });
    },
    async finish() {
      isEnded = true;
      try {
        return await tell({ job, act: 'finish' });
      } finally {
        leave(job);
      }
    },
    end() {
      if (isEnded) return;
      isEnded = true;
      tell({ job, act: 'end' }).catch(() => undefined);
      leave(job);
    },
  };
}

let thread: Thread | undefined;
let nextJob = 1;

interface Thread {
  order(order: DigestOrder): Promise<DigestAnswer>;
  leave(job: number): void;
}

/** Threads run compiled files alone: under a test, which runs the sources, the build's. */
const WORKER_FILE = import.meta.url.endsWith('.ts')
  ? new URL('../../dist/storage/blobs/digest-worker.js', import.meta.url)
  : new URL('./digest-worker.js', import.meta.url);

interface Waiting {
  resolve(answer: DigestAnswer): void;
  reject(error: unknown): void;
}

function startThread(onEnd: (thread: Thread) => void): Thread {
  const worker = new Worker(WORKER_FILE);
  // Nobody waits for it at the end of the process.
  worker.unref();
  const jobs = new Set<number>();
  let waiting: Waiting[] = [];
  let failure: unknown;

  function end(error: unknown): void {
    failure ??= error;
    for (const { reject } of waiting) reject(failure);
    waiting = [];
    onEnd(started);
  }

  worker.on('message', (answer: DigestAnswer) => {
    const first = waiting.shift();
    if (answer.isDamaged) first?.reject(damaged());
    else first?.resolve(answer);
  });
  worker.once('error', end);
  worker.once('exit', () => end(new Error('The thread that hashes has ended.')));

  const started: Thread = {
    order(order) {
      if (failure !== undefined) return Promise.reject(failure);
      if (order.act === 'begin') jobs.add(order.job);
      return new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        worker.postMessage(order);
      });
    },
    leave(job) {
      if (!jobs.delete(job) || jobs.size > 0) return;
      onEnd(started);
      void worker.terminate();
    },
  };
  return started;
}

function damaged(): StorageError {
  return new StorageError('corrupt', 'The staged bytes are damaged.', { reason: 'damaged' });
}
