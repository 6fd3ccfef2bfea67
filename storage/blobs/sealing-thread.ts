import { Worker } from 'node:worker_threads';
import { StorageError } from '../errors.js';
import type { BlobSecrets, HashedContent } from './blob-sealer.js';
import type { SealingJob } from './sealing-job.js';
import type { SealingAnswer, SealingOrder } from './sealing-worker.js';

/**
 * Seals on another thread: frames and targets must lie in shared memory. All jobs share one thread, which begins with the first
 * and stays, because a start takes longer than many a file; it does not keep the process. When it dies its jobs fail, and the
 * next one begins another.
 */
export function sealOnThread({ blobId, key }: BlobSecrets): SealingJob {
  thread ??= startThread((ended) => {
    if (thread === ended) thread = undefined;
  });
  const { tell } = thread;
  const job = nextJob;
  nextJob += 1;
  let isEnded = false;
  const order = (act: SealingOrder) =>
    isEnded ? Promise.reject(new Error('The sealing has ended.')) : tell(act);
  // Of what is not awaited a failure shows at the next order.
  order({ job, act: 'begin', blobId, key }).catch(() => undefined);
  return {
    async seal({ firstIndex, frames, endsFile }, into, isNext) {
      if (![...frames, into].every(isShared)) throw new Error('Only shared memory can be sealed elsewhere.');
      await order({ job, act: 'seal', firstIndex, frames, endsFile, into, isNext });
    },
    async hash(sealed, firstIndex, endsFile) {
      await order({ job, act: 'hash', sealed, firstIndex, endsFile });
    },
    restart() {
      order({ job, act: 'restart' }).catch(() => undefined);
    },
    async finish() {
      const finished = order({ job, act: 'finish' });
      isEnded = true;
      return contentOf(await finished);
    },
    end() {
      order({ job, act: 'end' }).catch(() => undefined);
      isEnded = true;
    },
  };
}

let thread: Thread | undefined;
let nextJob = 1;

interface Thread {
  tell(order: SealingOrder): Promise<SealingAnswer>;
}

/** Threads run compiled files alone: under a test, which runs the sources, the build's. */
const WORKER_FILE = import.meta.url.endsWith('.ts')
  ? new URL('../../dist/storage/blobs/sealing-worker.js', import.meta.url)
  : new URL('./sealing-worker.js', import.meta.url);

interface Waiting {
  resolve(answer: SealingAnswer): void;
  reject(error: unknown): void;
}

function startThread(onEnd: (thread: Thread) => void): Thread {
  const worker = new Worker(WORKER_FILE);
  let waiting: Waiting[] = [];
  let failure: unknown;

  function end(error: unknown): void {
    failure ??= error;
    for (const { reject } of waiting) reject(failure);
    waiting = [];
    onEnd(started);
  }

  worker.on('message', (answer: SealingAnswer) => {
    const first = waiting.shift();
    if (answer.isDamaged) first?.reject(damaged());
    else first?.resolve(answer);
  });
  worker.once('error', end);
  worker.once('exit', () => end(new Error('The thread that seals has ended.')));
  // Nobody waits for it at the end of the process. Not before it has its listeners: they hold the process again.
  worker.unref();

  const started: Thread = {
    tell(order) {
      if (failure !== undefined) return Promise.reject(failure);
      return new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        worker.postMessage(order);
      });
    },
  };
  return started;
}

function isShared({ buffer }: Buffer): boolean {
  return buffer instanceof SharedArrayBuffer;
}

function contentOf({ content }: SealingAnswer): HashedContent {
  if (!content) throw new Error('A digest that was finished is missing.');
  return content;
}

function damaged(): StorageError {
  return new StorageError('corrupt', 'The staged bytes are damaged.', { reason: 'damaged' });
}
