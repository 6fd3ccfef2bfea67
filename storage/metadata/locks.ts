import type { Knex } from 'knex';
import type { LockScope } from '../model.js';
import type { Transaction } from './database.js';
import { pagesOf } from './rows.js';

/** A write lock on an entry. Expired rows count for nothing; the sweeper takes them away. */
export interface LockRecord {
  readonly token: string;
  readonly entry_id: string;
  readonly scope: LockScope;
  readonly is_deep: boolean | number;
  readonly account_id: string;
  readonly owner_xml: string;
  readonly timeout_seconds: number;
  readonly created_at: number;
  readonly expires_at: number;
}

export async function insertLock(transaction: Transaction, lock: LockRecord): Promise<void> {
  await transaction('locks').insert(lock);
}

/** Locks in force on any of these entries. */
export async function locksOnEntries(
  db: Knex | Transaction,
  entryIds: readonly string[],
  now: number,
): Promise<LockRecord[]> {
  if (entryIds.length > 500) {
    const first = await locksOnEntries(db, entryIds.slice(0, 500), now);
    return [...first, ...(await locksOnEntries(db, entryIds.slice(500), now))];
  }
  return db('locks')
    .whereIn('entry_id', [...entryIds])
    .where('expires_at', '>', now)
    .orderBy('created_at');
}

/** Locks in force on any of these entries, and on the children of a folder. */
export async function locksOnEntriesAndChildren(
  db: Knex,
  entryIds: readonly string[],
  parentId: string,
  now: number,
): Promise<LockRecord[]> {
  // From the locks to the children, not from the children: of those there may be ten thousand.
  const isOnChild = db('entries')
    .where({ id: db.ref('locks.entry_id'), parent_id: parentId })
    .whereNull('deleted_at');
  return db('locks')
    .where((either) => either.whereIn('entry_id', [...entryIds]).orWhereExists(isOnChild))
    .where('expires_at', '>', now)
    .orderBy('created_at');
}

export async function countLocks(
  db: Knex | Transaction,
  accountId: string,
  now: number,
): Promise<{ own: number; all: number }> {
  const row = await db('locks')
    .where('expires_at', '>', now)
    .first(
      db.raw('count(*) as "all"'),
      db.raw('sum(CASE WHEN account_id = ? THEN 1 ELSE 0 END) as own', [accountId]),
    );
  return { all: Number(row?.all ?? 0), own: Number(row?.own ?? 0) };
}

export async function extendLock(
  transaction: Transaction,
  token: string,
  change: { readonly timeout_seconds: number; readonly expires_at: number },
): Promise<void> {
  await transaction('locks').where('token', token).update(change);
}

/** An account's locks on an entry that ran out between two instants; not those it gave back. */
export async function lapsedLocks(
  db: Knex | Transaction,
  entryId: string,
  accountId: string,
  { after, until }: { readonly after: number; readonly until: number },
): Promise<LockRecord[]> {
  return db('locks')
    .where({ entry_id: entryId, account_id: accountId })
    .where('timeout_seconds', '>', 0)
    .where('expires_at', '>', after)
    .where('expires_at', '<=', until)
    .orderBy('created_at');
}

/**
 * Ends a lock for good, which a time of zero says; its row stays a while, because a placeholder lives on for some time after
 * its last lock.
 */
export async function endLock(transaction: Transaction, token: string, at: number): Promise<void> {
  await transaction('locks').where('token', token).update({ expires_at: at, timeout_seconds: 0 });
}

/** Ends all locks of an account, or those in one group. */
export async function endLocksOf(
  transaction: Transaction,
  accountId: string,
  at: number,
  groupId?: string,
): Promise<void> {
  const inGroup = transaction('entries')
    .join('groups', 'groups.space_id', 'entries.space_id')
    .where('groups.id', groupId ?? '')
    .select('entries.id');
  const locks = transaction('locks').where('account_id', accountId).where('expires_at', '>', at);
  await (groupId === undefined ? locks : locks.whereIn('entry_id', inGroup)).update({
    expires_at: at,
    timeout_seconds: 0,
  });
}

/** A lock as administrators see it. */
export interface ReportedLock {
  readonly token: string;
  readonly scope: LockScope;
  readonly isDeep: boolean | number;
  /** Login. */
  readonly account: string;
  readonly groupId: string;
  readonly group: string;
  readonly directory: string;
  readonly entryId: string;
  /** Milliseconds since 1970, as the other. */
  readonly createdAt: number;
  readonly expiresAt: number;
}

/** All locks in force, the oldest first, or the one of that token. */
export async function reportLocks(
  db: Knex | Transaction,
  now: number,
  token?: string,
): Promise<ReportedLock[]> {
  const locks = db('locks as lock')
    .join('accounts as account', 'account.id', 'lock.account_id')
    .join('entries as entry', 'entry.id', 'lock.entry_id')
    .join('groups as group', 'group.space_id', 'entry.space_id')
    .where('lock.expires_at', '>', now)
    .orderBy(['lock.created_at', 'lock.token'])
    .select({
      token: 'lock.token',
      scope: 'lock.scope',
      isDeep: 'lock.is_deep',
      account: 'account.login',
      groupId: 'group.id',
      group: 'group.name',
      directory: 'group.directory',
      entryId: 'lock.entry_id',
      createdAt: 'lock.created_at',
      expiresAt: 'lock.expires_at',
    });
  return token === undefined ? locks : locks.where('lock.token', token);
}

/** Locks do not outlive the name they were taken on (RFC 4918, sections 7.6 and 9.6). */
export async function deleteLocksOn(transaction: Transaction, entryIds: readonly string[]): Promise<void> {
  for (const page of pagesOf(entryIds))
    await transaction('locks')
      .whereIn('entry_id', [...page])
      .delete();
}

export async function deleteExpiredLocks(transaction: Transaction, before: number): Promise<void> {
  await transaction('locks').where('expires_at', '<', before).delete();
}
