import type { Knex } from 'knex';
import type { Door } from '../model.js';
import type { Transaction } from './database.js';
import { insertRows, pagesOf, replacing } from './rows.js';
import { changesOf, marks } from './statements.js';

export interface NewVersion {
  readonly id: string;
  readonly entryId: string;
  readonly blobId: string | null;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly depositorAccountId: string;
  readonly door: Door;
  readonly depositedAt: number;
  readonly modifiedAt: number;
}

export async function insertVersions(
  transaction: Transaction,
  versions: readonly NewVersion[],
): Promise<void> {
  await insertRows(transaction, 'versions', versions.map(rowOf));
}

/** Versions that are there get the entry and the moment of deposit that are given. */
export async function publishVersions(
  transaction: Transaction,
  versions: readonly NewVersion[],
): Promise<void> {
  const ending = replacing('id', ['entry_id', 'deposited_at']);
  await insertRows(transaction, 'versions', versions.map(rowOf), ending);
}

function rowOf(version: NewVersion) {
  return {
    id: version.id,
    entry_id: version.entryId,
    blob_id: version.blobId,
    size_bytes: version.sizeBytes,
    sha256: version.sha256,
    depositor_account_id: version.depositorAccountId,
    door: version.door,
    deposited_at: version.depositedAt,
    modified_at: version.modifiedAt,
  };
}

/** From `at` on these are no longer current: replaced or deleted. */
export async function endVersions(
  transaction: Transaction,
  ids: readonly string[],
  at: number,
): Promise<void> {
  for (const page of pagesOf(ids))
    await changesOf(transaction, `UPDATE versions SET ended_at = ? WHERE id IN ${marks(page.length)}`, [
      at,
      ...page,
    ]);
}

/** A version published under a final name after all: it becomes the named entry's, deposited now by who named it. */
export async function adoptVersion(
  transaction: Transaction,
  id: string,
  change: {
    readonly entryId: string;
    readonly depositorAccountId: string;
    readonly door: Door;
    readonly depositedAt: number;
  },
): Promise<void> {
  await transaction('versions').where('id', id).update({
    entry_id: change.entryId,
    depositor_account_id: change.depositorAccountId,
    door: change.door,
    deposited_at: change.depositedAt,
  });
}

export async function setVersionModifiedAt(
  transaction: Transaction,
  id: string,
  modifiedAt: number,
): Promise<void> {
  await transaction('versions').where('id', id).update({ modified_at: modifiedAt });
}

/** Of each entry the ended versions beyond the newest `keep`, and every one that ended before `endedBefore`. */
export async function findExpiredVersions(
  db: Knex,
  limits: { readonly endedBefore: number; readonly keep: number },
  limit: number,
): Promise<{ id: string; blob_id: string }[]> {
  return db('versions as version')
    .whereNotNull('version.ended_at')
    .whereNotNull('version.blob_id')
    .andWhere((either) => {
      either.where('version.ended_at', '<', limits.endedBefore).orWhereRaw(
        `(SELECT count(*) FROM versions AS newer WHERE newer.entry_id = version.entry_id
          AND (newer.ended_at, newer.id) > (version.ended_at, version.id)) >= ?`,
        [limits.keep],
      );
    })
    .limit(limit)
    .select('version.id', 'version.blob_id');
}

/** Forgets which bytes ended versions had, so that the blob's last reference can go; one that lives again keeps them. */
export async function detachBlobs(transaction: Transaction, versionIds: readonly string[]): Promise<void> {
  await transaction('versions')
    .whereIn('id', [...versionIds])
    .whereNotNull('ended_at')
    .update({ blob_id: null });
}
