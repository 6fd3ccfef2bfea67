import type { Knex } from 'knex';
import type { Transaction } from './database.js';
import { type EntryRecord, wholeEntry } from './entries.js';
import { insertRows, pagesOf, replacing } from './rows.js';
import { changesOf, marks } from './statements.js';

/** A file that waits for a manifest, or a manifest that waits for its files. */
export interface HeldRecord extends EntryRecord {
  readonly version_id: string;
  /** Where it was sent from. */
  readonly address: string | null;
  /** When it was told that it waits for too long. */
  readonly told_at: number | null;
}

/** Notes where what waits came from; what was told of a version before is forgotten. */
export async function insertHeldVersions(
  transaction: Transaction,
  versions: readonly { readonly versionId: string; readonly address: string }[],
): Promise<void> {
  const rows = versions.map(({ versionId, address }) => ({ version_id: versionId, address, told_at: null }));
  await insertRows(transaction, 'held_versions', rows, replacing('version_id', ['address', 'told_at']));
}

/** What waits, by id: SQLite takes the index of what waits only where the state stands in the text. */
export function heldEntries(db: Knex): Knex.QueryBuilder {
  return wholeEntry(db('entries as entry'), 'entry')
    .leftJoin('held_versions as held', 'held.version_id', 'entry.version_id')
    .select('held.address as address', 'held.told_at as told_at')
    .whereRaw("entry.state = 'held'")
    .whereNull('entry.deleted_at')
    .orderBy('entry.id');
}

export async function findHeld(db: Knex, ids: readonly string[]): Promise<HeldRecord[]> {
  const found: HeldRecord[] = [];
  for (const page of pagesOf(ids)) found.push(...(await heldEntries(db).whereIn('entry.id', [...page])));
  return found;
}

/** A manifest, whether it waits or was answered. */
export async function findManifest(db: Knex, id: string): Promise<HeldRecord | undefined> {
  return wholeEntry(db('entries as entry'), 'entry')
    .leftJoin('held_versions as held', 'held.version_id', 'entry.version_id')
    .select('held.address as address', 'held.told_at as told_at')
    .where('entry.id', id)
    .whereIn('entry.state', ['held', 'settled'])
    .whereNull('entry.deleted_at')
    .first();
}

/** A page, by id, of what was deposited by then (milliseconds since 1970) and not told of yet. */
export async function lateHeld(
  db: Knex,
  by: number,
  page: { readonly afterId: string; readonly limit: number },
): Promise<HeldRecord[]> {
  return heldEntries(db)
    .where('entry.id', '>', page.afterId)
    .where('version.deposited_at', '<=', by)
    .whereNull('held.told_at')
    .limit(page.limit);
}

export async function noteTold(
  transaction: Transaction,
  versionIds: readonly string[],
  at: number,
): Promise<void> {
  const rows = versionIds.map((version_id) => ({ version_id, address: null, told_at: at }));
  await insertRows(transaction, 'held_versions', rows, replacing('version_id', ['told_at']));
}

export async function forgetHeldVersions(
  transaction: Transaction,
  versionIds: readonly string[],
): Promise<void> {
  for (const page of pagesOf(versionIds))
    await changesOf(transaction, `DELETE FROM held_versions WHERE version_id IN ${marks(page.length)}`, page);
}

/**
 * Keeps entries from being changed by anybody else until the end of the transaction.
 * @returns how many of them are there
 */
export async function lockEntries(transaction: Transaction, ids: readonly string[]): Promise<number> {
  let count = 0;
  for (const page of pagesOf(ids)) {
    const text = `UPDATE entries SET state = state WHERE id IN ${marks(page.length)} AND deleted_at IS NULL`;
    count += await changesOf(transaction, text, page);
  }
  return count;
}

/** Ends a manifest's waiting, if it did wait. @returns false when it is not what it was any more */
export async function settleEntry(
  transaction: Transaction,
  { id, version_id, state }: Pick<HeldRecord, 'id' | 'version_id' | 'state'>,
): Promise<boolean> {
  const changed = await transaction('entries')
    .where({ id, version_id, state })
    .whereNull('deleted_at')
    .update({ state: 'settled' });
  return changed === 1;
}

/** Whether something waits in a space. */
export async function hasHeld(db: Knex, spaceId: string): Promise<boolean> {
  return (await heldEntries(db).where('entry.space_id', spaceId).first()) !== undefined;
}

/** Forgets what was noted of what waits no more, and what manifests deposited before `before` said that were answered. */
export async function deleteStaleHeld(transaction: Transaction, before: number): Promise<void> {
  await changesOf(
    transaction,
    `DELETE FROM held_versions WHERE NOT EXISTS (SELECT 1 FROM versions AS version
      JOIN entries AS entry ON entry.id = version.entry_id AND entry.version_id = version.id
      WHERE version.id = held_versions.version_id AND entry.state = 'held' AND entry.deleted_at IS NULL)`,
  );
  await changesOf(
    transaction,
    `DELETE FROM manifests WHERE NOT EXISTS (SELECT 1 FROM entries AS entry
      JOIN versions AS version ON version.id = entry.version_id
      WHERE entry.id = manifests.entry_id AND entry.version_id = manifests.version_id AND entry.deleted_at IS NULL
        AND (entry.state = 'held' OR entry.state = 'settled' AND version.deposited_at >= ?))`,
    [before],
  );
  await changesOf(
    transaction,
    'DELETE FROM manifest_lines WHERE version_id NOT IN (SELECT version_id FROM manifests)',
  );
}
