import { openSealedReader, type SealedReader } from './blobs/sealed-reader.js';
import { StorageError } from './errors.js';
import type { Foundations } from './foundations.js';
import { findBlob } from './metadata/blobs.js';

/** Opens the bytes a version refers to; the caller closes the reader. @throws corrupt when they are missing or damaged */
export async function openContent(
  foundations: Pick<Foundations, 'database' | 'blobs' | 'masterKey'>,
  blobId: string,
): Promise<SealedReader> {
  const row = await findBlob(foundations.database.reader, blobId);
  if (!row) throw new StorageError('corrupt', 'The stored content is missing.', { reason: 'missing' });
  const key = foundations.masterKey.unwrap(row.wrapped_key, row.id);
  return openSealedReader({ store: foundations.blobs, blobId: row.id, key, sizeBytes: row.size_bytes });
}
