import { createHash } from 'node:crypto';
import type { ByteRange } from '../model.js';

const STEP_BYTES = 1_048_576;

/**
 * SHA-256 of a file that is still being written: hashes along while bytes come in order, begins anew when hashed bytes
 * are rewritten, and reads back at the end only what it has not seen in order.
 */
export interface PrefixDigest {
  add(chunk: Buffer, offset: number): void;
  /** Told before hashed bytes change, and when bytes are cut off. */
  cut(sizeBytes: number): void;
  /** Lower-case hexadecimal; call it once. */
  finish(sizeBytes: number, read: (range: ByteRange) => Promise<Buffer>): Promise<string>;
  /** Nobody will ask for it any more. May be called again, after `finish` too. */
  end(): void;
}

/** The digest of a file without bytes yet. */
export function createPrefixDigest(): PrefixDigest {
  let hash = createHash('sha256');
  let hashedBytes = 0;
  const cut = (sizeBytes: number) => {
    if (sizeBytes >= hashedBytes) return;
    hash = createHash('sha256');
    hashedBytes = 0;
  };
  return {
    cut,
    add(chunk, offset) {
      cut(offset);
      if (offset !== hashedBytes) return;
      hash.update(chunk);
      hashedBytes += chunk.length;
    },
    async finish(sizeBytes, read) {
      while (hashedBytes < sizeBytes) {
        const bytes = await read({
          start: hashedBytes,
          end: Math.min(hashedBytes + STEP_BYTES, sizeBytes),
        });
        if (bytes.length === 0) throw new Error('Staged bytes ended before their size.');
        hash.update(bytes);
        hashedBytes += bytes.length;
      }
      return hash.digest('hex');
    },
    end() {},
  };
}
