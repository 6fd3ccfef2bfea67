import { createCipheriv, createDecipheriv, randomFillSync } from 'node:crypto';
import { StorageError } from '../errors.js';
import { assertBlobId } from './blob-store.js';

/** Plain bytes in every frame but the last. */
export const FRAME_BYTES = 65_536;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const OVERHEAD_BYTES = NONCE_BYTES + TAG_BYTES;
/** A full frame as stored: nonce, data, tag. */
export const SEALED_FRAME_BYTES = FRAME_BYTES + OVERHEAD_BYTES;
/** The cipher allocates what it returns: so little lies in the processor's cache when it is copied, and is soon free again. */
const STEP_BYTES = 16_384;

/** Frames that hold so many plain bytes; none for zero bytes. */
export function frameCount(sizeBytes: number): number {
  return Math.ceil(sizeBytes / FRAME_BYTES);
}

/** Exactly as long is the sealed form of so many plain bytes. */
export function sealedSizeBytes(sizeBytes: number): number {
  return sizeBytes + frameCount(sizeBytes) * OVERHEAD_BYTES;
}

/** The frame a plain byte lies in. */
export function frameAt(offset: number): number {
  return Math.floor(offset / FRAME_BYTES);
}

/** Seals and opens the frames of one blob; it keeps the key in memory as long as it lives. */
export interface FrameCipher {
  /** Writes the sealed form to the start of `into`, under a fresh nonce at every call. @returns how long it is */
  seal(plain: Buffer, index: number, isLast: boolean, into: Buffer): number;
  /** @throws corrupt (reason `damaged`) unless these are the bytes sealed for this blob, place and mark */
  open(sealed: Buffer, index: number, isLast: boolean): Buffer;
}

/**
 * AES-256-GCM with the blob's own 32-byte key. Authenticated with each frame: the blob id (16 bytes), the frame's index
 * (u64, big endian) and whether it is the last (1 byte), so that nothing can be moved, swapped or cut off unseen.
 */
export function createFrameCipher(key: Buffer, blobId: string): FrameCipher {
  assertBlobId(blobId);
  const place = Buffer.alloc(25);
  place.write(blobId.replaceAll('-', ''), 'hex');
  const placeOf = (index: number, isLast: boolean) => {
    place.writeBigUInt64BE(BigInt(index), 16);
    place.writeUInt8(isLast ? 1 : 0, 24);
    return place;
  };
  return {
    seal(plain, index, isLast, into) {
      const nonce = randomFillSync(into.subarray(0, NONCE_BYTES));
      const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
      cipher.setAAD(placeOf(index, isLast));
      let end = NONCE_BYTES;
      for (let start = 0; start < plain.length; start += STEP_BYTES)
        end += cipher.update(plain.subarray(start, start + STEP_BYTES)).copy(into, end);
      cipher.final();
      return end + cipher.getAuthTag().copy(into, end);
    },
    open(sealed, index, isLast) {
      if (sealed.length <= OVERHEAD_BYTES) throw damagedFrame(index);
      const nonce = sealed.subarray(0, NONCE_BYTES);
      const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
      decipher.setAAD(placeOf(index, isLast));
      decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
      const plain = decipher.update(sealed.subarray(NONCE_BYTES, sealed.length - TAG_BYTES));
      try {
        decipher.final();
      } catch (cause) {
        throw damagedFrame(index, cause);
      }
      return plain;
    },
  };
}

function damagedFrame(index: number, cause?: unknown): StorageError {
  return new StorageError('corrupt', `The stored bytes are damaged (frame ${index}).`, {
    reason: 'damaged',
    cause,
  });
}
