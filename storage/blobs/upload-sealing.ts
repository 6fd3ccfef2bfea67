import type { BlobSecrets, FrameBatch } from './blob-sealer.js';
import type { Staged } from './blob-store.js';
import { frameCount, SEALED_FRAME_BYTES } from './frames.js';
import { type SealingJob, sealHere } from './sealing-job.js';
import { sealOnThread } from './sealing-thread.js';

/** A file that ends before is sealed where it is: 1 MiB, less work than it is to hand it over. */
const SMALL_FRAMES = 16;
/** Frames read back together: 1 MiB. */
const PIECE_FRAMES = 16;
/** So few that are not hashed yet are caught up with before the next batch, which then is hashed as it is sealed. */
const NEAR_FRAMES = 64;

/** Where the frames of an upload lie once they are written. */
export interface SealedStaging extends BlobSecrets {
  readonly staged: Staged;
  /** Whole frames from the start on that can be read from the staging file, none of them the file's last. */
  settledFrames(): number;
}

/**
 * Seals the frames of one upload, those of a large one on another thread, and hashes the file along: SHA-256 of its frames as
 * they were sealed last, in order. Begins anew when a hashed frame is sealed again; what was not hashed in its turn is read
 * back, at the end if not before.
 */
export interface UploadSealing {
  /**
   * Writes the sealed form to `into`; one call at a time. Frames and target, shared memory, are lent to it until it is done, for
   * good when it rejects. All batches before are written once `before` resolves.
   */
  seal(batch: FrameBatch, into: Buffer, before: Promise<void>): Promise<void>;
  /** Begins to hash what an earlier writer left: the state of a hash cannot be kept. */
  hashKept(): void;
  /** Lower-case hexadecimal, when all frames are written; call it once. @throws corrupt (reason `damaged`) */
  finish(sizeBytes: number): Promise<string>;
  /** Every later call fails. May be called again, after `finish` too. */
  end(): void;
}

/** Nothing sealed yet. */
export function createUploadSealing(staging: SealedStaging): UploadSealing {
  return new Sealing(staging);
}

class Sealing implements UploadSealing {
  #job: SealingJob;
  #isOnThread = false;
  #isEnded = false;
  /** Given to the digest, in order. */
  #hashedFrames = 0;
  /** So far somebody reads for the digest; what is sealed anew below spoils it. */
  #claimedFrames = 0;
  /** Counts the beginnings of the digest. */
  #attempt = 0;
  /** Of this digest. */
  #failure: { readonly error: unknown } | undefined;
  #following: Promise<void> | undefined;
  readonly #staging: SealedStaging;

  constructor(staging: SealedStaging) {
    this.#staging = staging;
    this.#job = sealHere(staging);
  }

  async seal(batch: FrameBatch, into: Buffer, before: Promise<void>): Promise<void> {
    const { firstIndex, frames, endsFile } = batch;
    const end = firstIndex + frames.length;
    if (end >= SMALL_FRAMES && !endsFile) this.#moveToThread();
    if (firstIndex < this.#claimedFrames) this.#restart();
    if (firstIndex > this.#hashedFrames && firstIndex - this.#hashedFrames <= NEAR_FRAMES) {
      await before;
      await this.#follow(this.#staging.settledFrames);
    }
    const isNext = firstIndex === this.#hashedFrames;
    this.#assertSound();
    if (isNext) this.#advance(end);
    await this.#job.seal(batch, into, isNext);
  }

  async finish(sizeBytes: number): Promise<string> {
    const count = frameCount(sizeBytes);
    await this.#following;
    if (this.#hashedFrames > count) this.#restart();
    await this.#follow(() => count, true);
    this.#assertSound();
    const content = await this.#job.finish();
    if (content.sizeBytes !== sizeBytes) throw new Error('Other bytes were hashed than the file has.');
    return content.sha256;
  }

  end(): void {
    this.#isEnded = true;
    this.#job.end();
  }

  hashKept(): void {
    this.#moveToThread();
    void this.#follow(this.#staging.settledFrames);
  }

  #moveToThread(): void {
    if (this.#isOnThread || this.#isEnded) return;
    this.#isOnThread = true;
    this.#restart();
    this.#job = sealOnThread(this.#staging);
  }

  #restart(): void {
    this.#attempt += 1;
    this.#failure = undefined;
    this.#advance(0);
    this.#job.restart();
  }

  #advance(frames: number): void {
    this.#hashedFrames = frames;
    this.#claimedFrames = frames;
  }

  #assertSound(): void {
    if (this.#failure) throw this.#failure.error;
  }

  /** Reads back what is not hashed yet, up to `stop`; one at a time, whoever else asks waits for the one that runs. */
  #follow(stop: () => number, endsFile = false): Promise<void> {
    this.#following ??= this.#readBack(stop, endsFile)
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => {
        this.#following = undefined;
      });
    return this.#following;
  }

  async #readBack(stop: () => number, endsFile: boolean): Promise<void> {
    let hashing: Promise<void> = Promise.resolve();
    while (!this.#isEnded) {
      const attempt = this.#attempt;
      const first = this.#hashedFrames;
      const end = Math.min(first + PIECE_FRAMES, stop());
      if (end <= first) break;
      this.#claimedFrames = end;
      const sealed = await this.#read(first, end - first);
      await hashing;
      // Begun anew meanwhile: what was read may have been half of a frame that changed.
      if (attempt !== this.#attempt) continue;
      this.#advance(end);
      hashing = this.#hash(sealed, first, endsFile && end === stop());
      hashing.catch(() => undefined);
    }
    await hashing;
  }

  #read(first: number, count: number): Promise<Buffer> {
    return this.#staging.staged.read(first * SEALED_FRAME_BYTES, count * SEALED_FRAME_BYTES);
  }

  /** A failure of a digest that was given up says nothing about the next one. */
  async #hash(sealed: Buffer, first: number, endsFile: boolean): Promise<void> {
    const attempt = this.#attempt;
    try {
      await this.#job.hash(sealed, first, endsFile);
    } catch (error) {
      if (attempt === this.#attempt) throw error;
    }
  }
}
