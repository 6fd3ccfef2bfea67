import type { Knex } from 'knex';
import type { Transaction } from './database.js';
import { insertRows } from './rows.js';

export interface BlobRecord {
  readonly id: string;
  readonly wrapped_key: string;
  readonly key_id: string;
  readonly size_bytes: number;
  readonly stored_at: number;
}

export async function insertBlobs(transaction: Transaction, blobs: readonly BlobRecord[]): Promise<void> {
  await insertRows(transaction, 'blobs', blobs);
}

export async function findBlob(db: Knex, id: string): Promise<BlobRecord | undefined> {
  return db('blobs').where('id', id).first();
}

/** A page of all blobs by id, each with one version that shows what it should hold. */
export async function pageOfBlobs(
  db: Knex,
  after: string,
  limit: number,
): Promise<(BlobRecord & { sha256: string | null; entry_id: string | null })[]> {
  return db('blobs as blob').where('blob.id', '>', after).orderBy('blob.id').limit(limit).select(
    'blob.*',
    // Every version of a blob has the same digest: copies share it.
    db('versions').whereRaw('versions.blob_id = blob.id').min('sha256').as('sha256'),
    db('versions').whereRaw('versions.blob_id = blob.id').max('entry_id').as('entry_id'),
  );
}

/** Removes the rows, and with them the wrapped keys, of blobs no version refers to any more; returns the ids that went. */
export async function deleteUnreferenced(
  transaction: Transaction,
  ids: readonly string[],
): Promise<string[]> {
  // Knex gives a count, not rows, for DELETE … RETURNING on SQLite.
  const gone: readonly { id: string }[] = await transaction('blobs')
    .whereIn('id', [...ids])
    .whereNotExists(transaction('versions').whereRaw('versions.blob_id = blobs.id'))
    .select('id');
  const goneIds = gone.map((row) => row.id);
  await transaction('blobs').whereIn('id', goneIds).delete();
  return goneIds;
}

export async function knownBlobs(db: Knex, ids: readonly string[]): Promise<Set<string>> {
  const rows: readonly { id: string }[] = await db('blobs')
    .whereIn('id', [...ids])
    .select('id');
  return new Set(rows.map((row) => row.id));
}
