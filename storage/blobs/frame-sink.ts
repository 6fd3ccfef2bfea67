import { StorageError } from '../errors.js';
import type { BlobSecrets } from './blob-sealer.js';
import type { Staged } from './blob-store.js';
import { createFrameCipher, FRAME_BYTES, SEALED_FRAME_BYTES, sealedSizeBytes } from './frames.js';
import { createSharedBuffers } from './lent-buffers.js';
import type { SealedStaging, UploadSealing } from './upload-sealing.js';

/** Neighbouring frames that go out in one write. */
const BATCH_FRAMES = 16;
/** Of all sinks together: 8 MiB in clear and 10 MiB sealed are kept. */
const frameBuffers = createSharedBuffers(FRAME_BYTES, 128);
const batchBuffers = createSharedBuffers(BATCH_FRAMES * SEALED_FRAME_BYTES, 8);
/** A small file needs no more. */
const singleBuffers = createSharedBuffers(SEALED_FRAME_BYTES, 32);
/** Written since the last fdatasync; small enough that the sync of a commit takes well under a second. */
const SYNC_EVERY_BYTES = 64 * 1_048_576;

/**
 * Seals frames into a staging file behind the caller's back: one batch is filled while the one before is sealed and the one
 * before that is written, so memory stays at three batches and a slow disk holds the caller up. A failure shows at a later call,
 * at `settle` at the latest.
 */
export interface FrameSink {
  /** Every frame below is in the staging file, or was never put: none of them is still on its way. */
  readonly settledBefore: number;
  /** Memory for one frame, to be put or given back; what is in it means nothing, and may be another file's. */
  lend(): Buffer;
  giveBack(frame: Buffer): void;
  /** Takes a lent frame; only of the file's last frame, which is put last, is the size told. */
  put(frame: Buffer, index: number, lastBytes?: number): Promise<void>;
  /** Plain bytes of full frames put before, or there from the start. */
  read(first: number, count: number): Promise<Buffer[]>;
  /** Cuts the staging file down to a sealed size; never lengthens it. */
  truncate(sealedBytes: number): Promise<void>;
  /** Resolves when all that was put is written and every sync begun has succeeded. */
  settle(): Promise<void>;
}

/** A sink into a `Staged`, which stays the caller's; it is empty or holds that many whole frames. */
export function createFrameSink(
  target: SealedStaging,
  sealing: UploadSealing,
  keptFrames: number,
): FrameSink {
  return new StagedFrameSink(target, sealing, keptFrames);
}

/** Neighbouring frames in clear. */
interface Gathered {
  readonly firstIndex: number;
  readonly frames: Buffer[];
}

class StagedFrameSink implements FrameSink {
  #gathered: Gathered = { firstIndex: 0, frames: [] };
  #endBytes: number;
  /** First frames of the batches that are being sealed or written. */
  readonly #underWay: number[] = [];
  #unsyncedBytes = 0;
  // None of them is ever replaced once rejected, so that no later call can pass over a failure.
  /** The batch before is sealed, the one before that is written. */
  #room: Promise<unknown> = Promise.resolve();
  #writing: Promise<void> = Promise.resolve();
  #syncing: Promise<void> = Promise.resolve();

  readonly #staged: Staged;
  readonly #secrets: BlobSecrets;
  readonly #sealing: UploadSealing;

  constructor({ staged, blobId, key }: SealedStaging, sealing: UploadSealing, keptFrames: number) {
    this.#staged = staged;
    this.#secrets = { blobId, key };
    this.#sealing = sealing;
    this.#endBytes = keptFrames * SEALED_FRAME_BYTES;
  }

  get settledBefore(): number {
    const { firstIndex, frames } = this.#gathered;
    return Math.min(...this.#underWay, frames.length > 0 ? firstIndex : Number.POSITIVE_INFINITY);
  }

  lend(): Buffer {
    return frameBuffers.take();
  }

  giveBack(frame: Buffer): void {
    frameBuffers.giveBack(frame);
  }

  async put(frame: Buffer, index: number, lastBytes?: number): Promise<void> {
    const before = this.#gathered;
    const isNext = index === before.firstIndex + before.frames.length;
    // Taken in at once: until it is written it must count as not settled.
    if (isNext) before.frames.push(frame);
    else this.#gathered = { firstIndex: index, frames: [frame] };
    if (!isNext) await this.#flush(before);
    if (lastBytes !== undefined || this.#gathered.frames.length === BATCH_FRAMES)
      await this.#flushGathered(lastBytes);
  }

  async read(first: number, count: number): Promise<Buffer[]> {
    await this.#flushGathered();
    await this.#writing;
    const sealed = await this.#staged.read(first * SEALED_FRAME_BYTES, count * SEALED_FRAME_BYTES);
    if (sealed.length !== count * SEALED_FRAME_BYTES)
      throw new StorageError('corrupt', 'Staged bytes are missing.', { reason: 'damaged' });
    const cipher = createFrameCipher(this.#secrets.key, this.#secrets.blobId);
    return Array.from({ length: count }, (_, index) => {
      const start = index * SEALED_FRAME_BYTES;
      return cipher.open(sealed.subarray(start, start + SEALED_FRAME_BYTES), first + index, false);
    });
  }

  async truncate(sealedBytes: number): Promise<void> {
    await this.#flushGathered();
    await this.#writing;
    if (this.#endBytes <= sealedBytes) return;
    await this.#staged.truncate(sealedBytes);
    this.#endBytes = sealedBytes;
  }

  async settle(): Promise<void> {
    await this.#flushGathered();
    await this.#writing;
    await this.#syncing;
  }

  async #flushGathered(lastBytes?: number): Promise<void> {
    const gathered = this.#gathered;
    this.#gathered = { firstIndex: gathered.firstIndex + gathered.frames.length, frames: [] };
    await this.#flush(gathered, lastBytes);
  }

  /** Begins to seal a batch and to write it; waits for those before, not for its own. */
  async #flush(gathered: Gathered, lastBytes?: number): Promise<void> {
    const { firstIndex, frames } = gathered;
    if (frames.length === 0) return;
    this.#underWay.push(firstIndex);
    await this.#room;
    const sizeBytes = (frames.length - 1) * SEALED_FRAME_BYTES + sealedSizeBytes(lastBytes ?? FRAME_BYTES);
    const offset = firstIndex * SEALED_FRAME_BYTES;
    this.#endBytes = Math.max(this.#endBytes, offset + sizeBytes);
    const buffers = frames.length === 1 ? singleBuffers : batchBuffers;
    const target = buffers.take();
    const before = this.#writing;
    this.#room = inBackground(Promise.all([this.#seal(gathered, lastBytes, target), before]));
    this.#writing = inBackground(
      this.#room.then(async () => {
        await this.#staged.write(target.subarray(0, sizeBytes), offset);
        // After a failure it is not known whether anybody still reads it.
        buffers.giveBack(target);
        this.#underWay.shift();
      }),
    );
    await this.#syncAfter(sizeBytes);
  }

  async #seal(
    { firstIndex, frames }: Gathered,
    lastBytes: number | undefined,
    target: Buffer,
  ): Promise<void> {
    const plain = frames.map((frame, place) =>
      place === frames.length - 1 ? frame.subarray(0, lastBytes) : frame,
    );
    const batch = { firstIndex, frames: plain, endsFile: lastBytes !== undefined };
    await this.#sealing.seal(batch, target, this.#writing);
    for (const frame of frames) frameBuffers.giveBack(frame);
  }

  async #syncAfter(writtenBytes: number): Promise<void> {
    this.#unsyncedBytes += writtenBytes;
    if (this.#unsyncedBytes < SYNC_EVERY_BYTES) return;
    await this.#syncing;
    this.#unsyncedBytes = 0;
    this.#syncing = inBackground(this.#writing.then(() => this.#staged.sync()));
  }
}

/** The rejection is met by whoever awaits it next; until then it must not end the process. */
function inBackground<T>(work: Promise<T>): Promise<T> {
  work.catch(() => undefined);
  return work;
}
