import type { Staged } from './blob-store.js';
import { beginDigest, type DigestJob } from './digest-thread.js';
import { FRAME_BYTES, SEALED_FRAME_BYTES } from './frames.js';
import type { PrefixDigest } from './prefix-digest.js';

/** Frames handed to the thread together: 1 MiB. */
const PIECE_FRAMES = 16;
const STEP_BYTES = PIECE_FRAMES * FRAME_BYTES;

/** What a digest follows: frames as they come to lie in the staging file. */
export interface FollowedStaging {
  readonly staged: Staged;
  readonly blobId: string;
  readonly key: Buffer;
  /** Whole frames from the start on that can be read from the staging file. */
  settledFrames(): number;
}

/**
 * SHA-256 of an upload that goes on: the state of a hash cannot be kept, so the bytes there are read back, opened and hashed on
 * another thread while new ones come, and those are followed in the staging file. Only the frames still in memory are left
 * for the end. Begins anew when hashed bytes change.
 */
export function createResumedDigest(following: FollowedStaging): PrefixDigest {
  return new ResumedDigest(following);
}

class ResumedDigest implements PrefixDigest {
  #job: DigestJob;
  /** Given to the thread, or being read for it. */
  #frames = 0;
  #isEnded = false;
  #failure: { readonly error: unknown } | undefined;
  #running: Promise<void> | undefined;
  readonly #following: FollowedStaging;

  constructor(following: FollowedStaging) {
    this.#following = following;
    this.#job = beginDigest(following);
    this.#follow();
  }

  add(_chunk: Buffer, offset: number): void {
    this.cut(offset);
    if (this.#following.settledFrames() - this.#frames >= PIECE_FRAMES) this.#follow();
  }

  cut(sizeBytes: number): void {
    if (this.#isEnded || sizeBytes >= this.#frames * FRAME_BYTES) return;
    this.#job.end();
    this.#job = beginDigest(this.#following);
    this.#frames = 0;
    this.#failure = undefined;
  }

  async finish(
    sizeBytes: number,
    read: (range: { start: number; end: number }) => Promise<Buffer>,
  ): Promise<string> {
    await this.#running;
    this.#follow();
    await this.#running;
    if (this.#failure) throw this.#failure.error;
    for (let start = this.#frames * FRAME_BYTES; start < sizeBytes; start += STEP_BYTES)
      await this.#job.bytes(await read({ start, end: Math.min(start + STEP_BYTES, sizeBytes) }));
    this.#isEnded = true;
    return this.#job.finish();
  }

  end(): void {
    this.#isEnded = true;
    this.#job.end();
  }

  /** One at a time; it stops where it has caught up. */
  #follow(): void {
    if (this.#isEnded) return;
    this.#running ??= this.#feed()
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => {
        this.#running = undefined;
      });
  }

  async #feed(): Promise<void> {
    const { staged, settledFrames } = this.#following;
    let hashed: Promise<void> = Promise.resolve();
    while (!this.#isEnded && !this.#failure) {
      const job = this.#job;
      const first = this.#frames;
      const count = Math.min(PIECE_FRAMES, settledFrames() - first);
      if (count <= 0) break;
      this.#frames = first + count;
      const sealed = await staged.read(first * SEALED_FRAME_BYTES, count * SEALED_FRAME_BYTES);
      await hashed;
      // Begun anew meanwhile: what was read may have been half of a frame that changed.
      if (job !== this.#job) continue;
      hashed = this.#hash(job, sealed, first);
      hashed.catch(() => undefined);
    }
    await hashed;
  }

  /** A failure of a job that was given up says nothing about the next one. */
  async #hash(job: DigestJob, sealed: Buffer, first: number): Promise<void> {
    try {
      await job.frames(sealed, first);
    } catch (error) {
      if (job === this.#job) throw error;
    }
  }
}
