import { StorageError } from '../errors.js';
import type { Staged } from './blob-store.js';
import { type FrameCipher, SEALED_FRAME_BYTES } from './frames.js';

/** Neighbouring frames that go out in one write. */
const BATCH_FRAMES = 16;
/** Written since the last fdatasync; small enough that the sync of a commit takes well under a second. */
const SYNC_EVERY_BYTES = 64 * 1_048_576;

/**
 * Seals frames into a staging file behind the caller's back: one batch is filled while the one before is written, so memory
 * stays at two batches and a slow disk holds the caller up. A failure shows at a later call, at `settle` at the latest.
 */
export interface FrameSink {
  /** Every frame below is in the staging file, or was never put: none of them is still on its way. */
  readonly settledBefore: number;
  put(plain: Buffer, index: number, isLast: boolean): Promise<void>;
  /** Plain bytes of full frames put before, or there from the start. */
  read(first: number, count: number): Promise<Buffer[]>;
  /** Cuts the staging file down to a sealed size; never lengthens it. */
  truncate(sealedBytes: number): Promise<void>;
  /** Resolves when all that was put is written and every sync begun has succeeded. */
  settle(): Promise<void>;
}

/** A sink into a `Staged`, which stays the caller's; it is empty or holds that many whole frames. */
export function createFrameSink(staged: Staged, cipher: FrameCipher, keptFrames = 0): FrameSink {
  return new StagedFrameSink(staged, cipher, keptFrames);
}

class StagedFrameSink implements FrameSink {
  #pieces: Buffer[] = [];
  #firstIndex = 0;
  #count = 0;
  #endBytes: number;
  #writingFrom = Number.POSITIVE_INFINITY;
  #unsyncedBytes = 0;
  // Never replaced once rejected, so that no later call can pass over a failure.
  #writing: Promise<void> = Promise.resolve();
  #syncing: Promise<void> = Promise.resolve();

  readonly #staged: Staged;
  readonly #cipher: FrameCipher;

  constructor(staged: Staged, cipher: FrameCipher, keptFrames: number) {
    this.#staged = staged;
    this.#cipher = cipher;
    this.#endBytes = keptFrames * SEALED_FRAME_BYTES;
  }

  get settledBefore(): number {
    return Math.min(this.#writingFrom, this.#count > 0 ? this.#firstIndex : Number.POSITIVE_INFINITY);
  }

  async put(plain: Buffer, index: number, isLast: boolean): Promise<void> {
    if (this.#count > 0 && index !== this.#firstIndex + this.#count) await this.#flush();
    if (this.#count === 0) this.#firstIndex = index;
    this.#pieces.push(...this.#cipher.seal(plain, index, isLast));
    this.#count += 1;
    if (this.#count === BATCH_FRAMES) await this.#flush();
  }

  async read(first: number, count: number): Promise<Buffer[]> {
    await this.#flush();
    await this.#writing;
    const sealed = await this.#staged.read(first * SEALED_FRAME_BYTES, count * SEALED_FRAME_BYTES);
    if (sealed.length !== count * SEALED_FRAME_BYTES)
      throw new StorageError('corrupt', 'Staged bytes are missing.', { reason: 'damaged' });
    return Array.from({ length: count }, (_, index) => {
      const start = index * SEALED_FRAME_BYTES;
      return this.#cipher.open(sealed.subarray(start, start + SEALED_FRAME_BYTES), first + index, false);
    });
  }

  async truncate(sealedBytes: number): Promise<void> {
    await this.#flush();
    await this.#writing;
    if (this.#endBytes <= sealedBytes) return;
    await this.#staged.truncate(sealedBytes);
    this.#endBytes = sealedBytes;
  }

  async settle(): Promise<void> {
    await this.#flush();
    await this.#writing;
    await this.#syncing;
  }

  /** Hands the batch over to the disk; waits for the one before, not for its own. */
  async #flush(): Promise<void> {
    if (this.#count === 0) return;
    await this.#writing;
    const bytes = Buffer.concat(this.#pieces);
    const offset = this.#firstIndex * SEALED_FRAME_BYTES;
    this.#writingFrom = this.#firstIndex;
    this.#pieces = [];
    this.#count = 0;
    this.#endBytes = Math.max(this.#endBytes, offset + bytes.length);
    this.#writing = inBackground(this.#write(bytes, offset));
    this.#unsyncedBytes += bytes.length;
    if (this.#unsyncedBytes < SYNC_EVERY_BYTES) return;
    await this.#syncing;
    this.#unsyncedBytes = 0;
    this.#syncing = inBackground(this.#writing.then(() => this.#staged.sync()));
  }

  async #write(bytes: Buffer, offset: number): Promise<void> {
    await this.#staged.write(bytes, offset);
    this.#writingFrom = Number.POSITIVE_INFINITY;
  }
}

/** The rejection is met by whoever awaits it next; until then it must not end the process. */
function inBackground(work: Promise<void>): Promise<void> {
  work.catch(() => undefined);
  return work;
}
