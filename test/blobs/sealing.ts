import { randomBytes, randomUUID } from 'node:crypto';
import type { BlobStore } from '../../storage/blobs/blob-store.js';
import { createSealedWriter } from '../../storage/blobs/sealed-writer.js';

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
