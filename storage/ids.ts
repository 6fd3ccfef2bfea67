import { createHash, randomUUID } from 'node:crypto';

/**
 * A UUID version 7 (RFC 9562, section 5.7): 48 bits of Unix milliseconds, then 74 random bits.
 * Rows written one after the other lie beside each other in the index.
 */
export function newId(now: Date): string {
  const time = now.getTime().toString(16).padStart(12, '0');
  // Node draws the random bits of its own ids for many at a time; the last 74 of one are all that is taken.
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}

/** An id that the same words give again (UUID version 8, RFC 9562, section 5.8), for what must be made once only. */
export function idFrom(...words: readonly string[]): string {
  const bytes = createHash('sha256').update(JSON.stringify(words)).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
