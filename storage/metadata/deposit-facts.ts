import type { Knex } from 'knex';
import type { ManifestSwitch, Role } from '../model.js';
import { type EntryRecord, WHOLE_ENTRY, WITH_VERSION } from './entries.js';
import { marks, rowsOf } from './statements.js';

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
  const { ids, names } = wanted;
  // Each with its own IS NULL: so that SQLite uses the index of live names for every one of them.
  const places = names.map(
    () => 'OR entry.parent_id = ? AND entry.name_key = ? AND entry.deleted_at IS NULL',
  );
  const text = `${LOCKED_ENTRIES} WHERE entry.id IN ${marks(ids.length)} AND entry.deleted_at IS NULL ${places.join(' ')}`;
  const bindings = [now, ...ids, ...names.flatMap(({ parentId, nameKey }) => [parentId, nameKey])];
  const rows = await rowsOf<EntryRow>(db, text, bindings);
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

const LOCKED_ENTRIES = `SELECT ${WHOLE_ENTRY}, lock.token AS lock_token, lock.account_id AS lock_account_id,
  lock.is_deep AS lock_is_deep
  FROM entries AS entry ${WITH_VERSION}
  LEFT JOIN locks AS lock ON lock.entry_id = entry.id AND lock.expires_at > ?`;

/** An account in a group this instant; `epochValue` counts the administrative acts so far. */
export interface Standing {
  readonly accountId: string;
  readonly groupId: string | null;
  readonly epoch: number;
  readonly state: string;
  readonly role: Role | null;
  readonly archivedAt: number | null;
  readonly manifests: ManifestSwitch | null;
  readonly epochValue: number;
}

/** Each account in each group; without a role where it is no member. */
export async function standingsNow(
  db: Knex,
  wanted: { readonly accountIds: readonly string[]; readonly groupIds: readonly string[] },
): Promise<readonly Standing[]> {
  const { accountIds, groupIds } = wanted;
  return rowsOf<Standing>(
    db,
    `SELECT account.id AS "accountId", account.epoch AS epoch, account.state AS state, grp.id AS "groupId",
      grp.archived_at AS "archivedAt", grp.manifests AS manifests, membership.role AS role,
      (SELECT value FROM epochs WHERE name = 'accounts') AS "epochValue"
    FROM accounts AS account
    LEFT JOIN memberships AS membership ON membership.account_id = account.id
      AND membership.group_id IN ${marks(groupIds.length)}
    LEFT JOIN "groups" AS grp ON grp.id = membership.group_id
    WHERE account.id IN ${marks(accountIds.length)}`,
    [...groupIds, ...accountIds],
  );
}
