import { createHash, type Hash } from 'node:crypto';
import { parentPort } from 'node:worker_threads';
import { createFrameCipher, type FrameCipher, SEALED_FRAME_BYTES } from './frames.js';

/* Runs on a thread of its own, started by digest-thread.ts: opens sealed frames and hashes what is in them. */

/** What the thread is told; of one job in the order of its bytes. */
export type DigestOrder = { readonly job: number } & (
  | { readonly act: 'begin'; readonly blobId: string; readonly key: Uint8Array }
  /** Whole frames as they lie in the staging file, none of them the last. */
  | { readonly act: 'frames'; readonly firstIndex: number; readonly sealed: Uint8Array }
  | { readonly act: 'bytes'; readonly plain: Uint8Array }
  | { readonly act: 'finish' }
  | { readonly act: 'end' }
);

/** One for each order, in their order; `sha256` is empty but for `finish`. */
export interface DigestAnswer {
  readonly job: number;
  readonly sha256: string;
  /** The frames are not those that were sealed for this blob and place. */
  readonly isDamaged: boolean;
}

interface Job {
  readonly hash: Hash;
  readonly cipher: FrameCipher;
}

const jobs = new Map<number, Job>();

parentPort?.on('message', (order: DigestOrder) => parentPort?.postMessage(answerTo(order)));

function answerTo(order: DigestOrder): DigestAnswer {
  const { job } = order;
  if (order.act === 'begin')
    jobs.set(job, {
      hash: createHash('sha256'),
      cipher: createFrameCipher(Buffer.from(order.key), order.blobId),
    });
  try {
    return { job, sha256: carryOut(order), isDamaged: false };
  } catch {
    return { job, sha256: '', isDamaged: true };
  }
}

function carryOut(order: DigestOrder): string {
  const job = jobs.get(order.job);
  if (!job) return '';
  if (order.act === 'frames')
    hashFrames(
      job,
      Buffer.from(order.sealed.buffer, order.sealed.byteOffset, order.sealed.byteLength),
      order.firstIndex,
    );
  if (order.act === 'bytes') job.hash.update(order.plain);
  if (order.act === 'finish' || order.act === 'end') jobs.delete(order.job);
  return order.act === 'finish' ? job.hash.digest('hex') : '';
}

function hashFrames({ hash, cipher }: Job, sealed: Buffer, firstIndex: number): void {
  for (let start = 0; start < sealed.length; start += SEALED_FRAME_BYTES) {
    const index = firstIndex + start / SEALED_FRAME_BYTES;
    hash.update(cipher.open(sealed.subarray(start, start + SEALED_FRAME_BYTES), index, false));
  }
}
