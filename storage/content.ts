import { openSealedReader, type SealedReader } from './blobs/sealed-reader.js';
import { StorageError } from './errors.js';
import type { Foundations } from './foundations.js';
import { findBlob } from './metadata/blobs.js';

type BlobParts = Pick<Foundations, 'blobs' | 'masterKey'>;

/** Opens the bytes a version refers to; the caller closes the reader. @throws corrupt when they are missing or damaged */
export async function openContent(
  foundations: BlobParts & Pick<Foundations, 'database'>,
  blobId: string,
): Promise<SealedReader> {
  const row = await findBlob(foundations.database.reader, blobId);
  const { wrapped_key: wrappedKey = null, size_bytes: sizeBytes = 0 } = row ?? {};
  return openBlob(foundations, { blobId, wrappedKey, sizeBytes });
}

/** The same where its key and its plain size are known already. The key of a blob that has gone is null. */
export async function openBlob(
  foundations: BlobParts,
  blob: { readonly blobId: string; readonly wrappedKey: string | null; readonly sizeBytes: number },
): Promise<SealedReader> {
  const { blobId, wrappedKey, sizeBytes } = blob;
  if (wrappedKey === null)
    throw new StorageError('corrupt', 'The stored content is missing.', { reason: 'missing' });
  const key = foundations.masterKey.unwrap(wrappedKey, blobId);
  return openSealedReader({ store: foundations.blobs, blobId, key, sizeBytes });
}
