import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { BlobStore, Staged } from '../../storage/blobs/blob-store.js';
import { createMemoryBlobStore } from '../../storage/blobs/memory.js';
import { openSealedReader } from '../../storage/blobs/sealed-reader.js';
import { createSealedWriter, type SealedWriter } from '../../storage/blobs/sealed-writer.js';

/** All that is known of a published blob. */
export interface Sealed {
  readonly store: BlobStore;
  readonly blobId: string;
  readonly key: Buffer;
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** Seals and publishes bytes under a fresh id and key. */
export async function sealBlob(store: BlobStore, bytes: Buffer): Promise<Sealed> {
  const blobId = randomUUID();
  const key = randomBytes(32);
  const staged = await store.stage(blobId);
  const writer = createSealedWriter({ staged, blobId, key });
  await writer.write(bytes, 0);
  const content = await writer.finish();
  await staged.publish();
  return { store, blobId, key, ...content };
}

/** One blob on its way, in a store of its own. */
export interface Deposit {
  readonly store: BlobStore;
  readonly blobId: string;
  readonly key: Buffer;
  readonly staged: Staged;
  readonly writer: SealedWriter;
}

/** Nothing written yet; `wrap` stands between the writer and the store. */
export async function begin(wrap: (staged: Staged) => Staged = (staged) => staged): Promise<Deposit> {
  const store = createMemoryBlobStore();
  const blobId = randomUUID();
  const key = randomBytes(32);
  const staged = wrap(await store.stage(blobId));
  return { store, blobId, key, staged, writer: createSealedWriter({ staged, blobId, key }) };
}

/** Finishes and publishes; expects to get exactly these bytes and their digest. */
export async function expectContent(deposit: Deposit, expected: Buffer): Promise<void> {
  const content = await deposit.writer.finish();
  expect(content).toEqual({ sizeBytes: expected.length, sha256: sha256(expected) });
  await deposit.staged.publish();
  const reader = await openSealedReader({ ...deposit, ...content });
  expect((await reader.read({ start: 0, end: expected.length })).equals(expected)).toBe(true);
  await reader.close();
}

/** In lower-case hexadecimal. */
export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The stored form of a blob. */
export async function sealedBytes(store: BlobStore, blobId: string): Promise<Buffer> {
  const blob = await store.open(blobId);
  try {
    return await blob.read(0, blob.sizeBytes);
  } finally {
    await blob.close();
  }
}

/** Puts other stored bytes under a blob's id, as a failing disk or an intruder would. */
export async function replaceSealedBytes(store: BlobStore, blobId: string, bytes: Buffer): Promise<void> {
  await store.remove(blobId);
  const staged = await store.stage(blobId);
  await staged.write(bytes, 0);
  await staged.publish();
}

/** Bytes that differ from place to place, so that a misplaced piece shows. */
export function patterned(sizeBytes: number, seed = 0): Buffer {
  const bytes = Buffer.alloc(sizeBytes);
  for (let at = 0; at < sizeBytes; at += 1)
    bytes[at] = (at * 31 + (at >>> 8) * 17 + (at >>> 16) + seed) & 0xff;
  return bytes;
}
