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

/** Ends a lock; its row stays a while, because a placeholder lives on for some time after its last lock. */
export async function endLock(transaction: Transaction, token: string, at: number): Promise<void> {
  await transaction('locks').where('token', token).update({ expires_at: at });
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
