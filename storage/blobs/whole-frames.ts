import { createFrameCipher, SEALED_FRAME_BYTES } from './frames.js';
import type { SealedTarget } from './sealed-writer.js';

/** Frames read together: 1 MiB. */
const PIECE_FRAMES = 16;
/** What a power cut may have taken of what was written before: staging files are synced every 64 MiB, and some is on its way. */
const REREAD_FRAMES = 66 * PIECE_FRAMES;

/**
 * Counts the frames from the start of a staging file up to the first that is torn or missing, as a process that died left it.
 * What was not written in order may have frames with gaps, which nothing tells from whole ones. The first `believed` frames were whole at some time: only the last of them are looked at, unless one fails.
 */
export async function countWholeFrames(target: SealedTarget, believed: number): Promise<number> {
  const start = Math.max(0, believed - REREAD_FRAMES);
  const end = await firstUnreadable(target, start);
  return end === start && start > 0 ? firstUnreadable(target, 0) : end;
}

async function firstUnreadable({ staged, blobId, key }: SealedTarget, start: number): Promise<number> {
  const cipher = createFrameCipher(key, blobId);
  for (let first = start; ; first += PIECE_FRAMES) {
    const sealed = await staged.read(first * SEALED_FRAME_BYTES, PIECE_FRAMES * SEALED_FRAME_BYTES);
    for (let place = 0; place < PIECE_FRAMES; place += 1) {
      const frame = sealed.subarray(place * SEALED_FRAME_BYTES, (place + 1) * SEALED_FRAME_BYTES);
      if (frame.length < SEALED_FRAME_BYTES) return first + place;
      try {
        cipher.open(frame, first + place, false);
      } catch {
        return first + place;
      }
    }
  }
}
