import { parentPort } from 'node:worker_threads';
import { StorageError } from '../errors.js';
import { type BlobSealer, createBlobSealer, type HashedContent } from './blob-sealer.js';

/* Runs on a thread of its own, started by sealing-thread.ts: seals, opens and hashes the frames of large files. */

/** What the thread is told; of one job in its order. `frames` and `into` are shared memory, lent until the answer. */
export type SealingOrder = { readonly job: number } & (
  | { readonly act: 'begin'; readonly blobId: string; readonly key: Uint8Array }
  | {
      readonly act: 'seal';
      readonly firstIndex: number;
      readonly frames: readonly Uint8Array[];
      readonly endsFile: boolean;
      readonly into: Uint8Array;
      readonly isNext: boolean;
    }
  /** As they lie in the staging file. */
  | {
      readonly act: 'hash';
      readonly sealed: Uint8Array;
      readonly firstIndex: number;
      readonly endsFile: boolean;
    }
  | { readonly act: 'restart' }
  | { readonly act: 'finish' }
  | { readonly act: 'end' }
);

/** One for each order, in their order. */
export interface SealingAnswer {
  /** The frames to hash are not those that were sealed for this blob and place. */
  readonly isDamaged: boolean;
  /** Of `finish` alone. */
  readonly content: HashedContent | null;
}

const jobs = new Map<number, BlobSealer>();

// What is thrown here is a bug: it ends the thread, and with it every upload that it serves.
parentPort?.on('message', (order: SealingOrder) => parentPort?.postMessage(answerTo(order)));

function answerTo(order: SealingOrder): SealingAnswer {
  try {
    return { isDamaged: false, content: carryOut(order) };
  } catch (error) {
    if (error instanceof StorageError) return { isDamaged: true, content: null };
    throw error;
  }
}

function carryOut(order: SealingOrder): HashedContent | null {
  if (order.act === 'begin') {
    const { blobId, key } = order;
    jobs.set(order.job, createBlobSealer({ blobId, key: asBuffer(key) }));
    return null;
  }
  const sealer = jobs.get(order.job);
  if (!sealer) throw new Error('An order for a job that has ended.');
  if (order.act === 'finish' || order.act === 'end') jobs.delete(order.job);
  if (order.act === 'restart') sealer.restart();
  if (order.act === 'hash') sealer.hash(asBuffer(order.sealed), order.firstIndex, order.endsFile);
  if (order.act === 'seal') {
    const { firstIndex, endsFile } = order;
    sealer.seal(
      { firstIndex, frames: order.frames.map(asBuffer), endsFile },
      asBuffer(order.into),
      order.isNext,
    );
  }
  return order.act === 'finish' ? sealer.finish() : null;
}

/** A Buffer arrives as a plain array of bytes. */
function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
