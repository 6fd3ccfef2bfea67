import { createHash } from 'node:crypto';
import { createFrameCipher, SEALED_FRAME_BYTES } from './frames.js';

/** Neighbouring frames in clear, every one full but the file's last. */
export interface FrameBatch {
  readonly firstIndex: number;
  readonly frames: readonly Buffer[];
  /** The last of them is the file's last. */
  readonly endsFile: boolean;
}

/** What went into a digest, and the digest in lower-case hexadecimal. */
export interface HashedContent {
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** Whose frames; `key` has 32 bytes. */
export interface BlobSecrets {
  readonly blobId: string;
  readonly key: Buffer;
}

/** Seals the frames of one blob and hashes what is in them, on the thread it is called on. */
export interface BlobSealer {
  /** Writes the sealed frames one behind the other; hashes them, too, when they are the next ones in order. */
  seal(batch: FrameBatch, into: Buffer, isNext: boolean): void;
  /** Hashes sealed frames, the next ones in order. @throws corrupt (reason `damaged`) unless they were sealed for this place */
  hash(sealed: Buffer, firstIndex: number, endsFile: boolean): void;
  /** Forgets what was hashed. */
  restart(): void;
  /** Ends the digest; call it once. */
  finish(): HashedContent;
}

/** Nothing hashed yet. It keeps the key in memory as long as it lives. */
export function createBlobSealer({ blobId, key }: BlobSecrets): BlobSealer {
  const cipher = createFrameCipher(key, blobId);
  let digest = createHash('sha256');
  let sizeBytes = 0;
  const add = (plain: Buffer) => {
    digest.update(plain);
    sizeBytes += plain.length;
  };
  return {
    seal({ firstIndex, frames, endsFile }, into, isNext) {
      let end = 0;
      for (const [place, plain] of frames.entries()) {
        const isLast = endsFile && place === frames.length - 1;
        end += cipher.seal(plain, firstIndex + place, isLast, into.subarray(end));
        // At once: the frame is in the processor's cache.
        if (isNext) add(plain);
      }
    },
    hash(sealed, firstIndex, endsFile) {
      for (let start = 0; start < sealed.length; start += SEALED_FRAME_BYTES) {
        const end = start + SEALED_FRAME_BYTES;
        const index = firstIndex + start / SEALED_FRAME_BYTES;
        add(cipher.open(sealed.subarray(start, end), index, endsFile && end >= sealed.length));
      }
    },
    restart() {
      digest = createHash('sha256');
      sizeBytes = 0;
    },
    finish: () => ({ sizeBytes, sha256: digest.digest('hex') }),
  };
}
