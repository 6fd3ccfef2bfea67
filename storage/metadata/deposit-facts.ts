import type { Knex } from 'knex';
import type { Role } from '../model.js';
import { type EntryRecord, wholeEntry } from './entries.js';

/* What many deposits must know before any of them is decided, in two statements for all of them. */

/** A write lock in force, as far as it matters to somebody else's act. */
export interface BindingLock {
  readonly token: string;
  readonly entry_id: string;
  readonly account_id: string;
  readonly is_deep: boolean | number;
}

export interface LockedEntry {
  readonly record: EntryRecord;
  readonly locks: readonly BindingLock[];
}

/** A name in a folder; `nameKey` as names.ts makes it. */
export interface NameInFolder {
  readonly parentId: string;
  readonly nameKey: string;
}

interface EntryRow extends EntryRecord {
  readonly lock_token: string | null;
  readonly lock_account_id: string | null;
  readonly lock_is_deep: boolean | number | null;
}

/** Live entries by id, and whatever holds one of the names, seen or unseen, each with its locks. */
export async function entriesWithLocks(
  db: Knex,
  wanted: { readonly ids: readonly string[]; readonly names: readonly NameInFolder[] },
  now: number,
): Promise<LockedEntry[]> {
  const rows: readonly EntryRow[] = await lockedEntries(db, now).where((either) => {
    either.orWhere((byId) => byId.whereIn('entry.id', [...wanted.ids]).whereNull('entry.deleted_at'));
    // Each with its own IS NULL: so that SQLite uses the index of live names for every one of them.
    for (const { parentId, nameKey } of wanted.names)
      either.orWhere((byName) =>
        byName
          .where({ 'entry.parent_id': parentId, 'entry.name_key': nameKey })
          .whereNull('entry.deleted_at'),
      );
  });
  const found = new Map<string, { record: EntryRecord; locks: Map<string, BindingLock> }>();
  for (const row of rows) {
    const entry = found.get(row.id) ?? { record: row, locks: new Map() };
    found.set(row.id, entry);
    if (row.lock_token === null) continue;
    entry.locks.set(row.lock_token, {
      token: row.lock_token,
      entry_id: row.id,
      account_id: row.lock_account_id ?? '',
      is_deep: row.lock_is_deep ?? false,
    });
  }
  return [...found.values()].map(({ record, locks }) => ({ record, locks: [...locks.values()] }));
}

function lockedEntries(db: Knex, now: number): Knex.QueryBuilder {
  return wholeEntry(db('entries as entry'), 'entry')
    .leftJoin('locks as lock', (join) => {
      join.on('lock.entry_id', 'entry.id').andOnVal('lock.expires_at', '>', now);
    })
    .select('lock.token as lock_token', 'lock.account_id as lock_account_id', 'lock.is_deep as lock_is_deep');
}

/** An account in a group this instant; `epochValue` counts the administrative acts so far. */
export interface Standing {
  readonly accountId: string;
  readonly groupId: string | null;
  readonly epoch: number;
  readonly state: string;
  readonly role: Role | null;
  readonly archivedAt: number | null;
  readonly epochValue: number;
}

/** Each account in each group; without a role where it is no member. */
export async function standingsNow(
  db: Knex,
  wanted: { readonly accountIds: readonly string[]; readonly groupIds: readonly string[] },
): Promise<Standing[]> {
  return db('accounts as account')
    .leftJoin('memberships as membership', (join) => {
      join.on('membership.account_id', 'account.id').andOnIn('membership.group_id', [...wanted.groupIds]);
    })
    .leftJoin('groups as group', 'group.id', 'membership.group_id')
    .whereIn('account.id', [...wanted.accountIds])
    .select(
      'account.id as accountId',
      'account.epoch as epoch',
      'account.state as state',
      'group.id as groupId',
      'group.archived_at as archivedAt',
      'membership.role as role',
      db('epochs').where('name', 'accounts').select('value').as('epochValue'),
    );
}
