import type { Knex } from 'knex';
import type { Transaction } from './database.js';

/** A session of the pages; instants in milliseconds since 1970. */
export interface SessionRecord {
  /** SHA-256 of the cookie's secret, hexadecimal. */
  readonly id: string;
  readonly account_id: string;
  readonly account_epoch: number;
  readonly created_at: number;
  readonly last_seen_at: number;
  readonly expires_at: number;
  readonly address: string;
  readonly user_agent: string | null;
}

export async function insertSession(transaction: Transaction, row: SessionRecord): Promise<void> {
  await transaction('sessions').insert(row);
}

export async function findSession(db: Knex, id: string): Promise<SessionRecord | undefined> {
  return db('sessions').where('id', id).first();
}

export async function touchSession(transaction: Transaction, id: string, seenAt: number): Promise<void> {
  await transaction('sessions').where('id', id).update({ last_seen_at: seenAt });
}

/** @returns whether it was there */
export async function deleteSession(transaction: Transaction, id: string): Promise<boolean> {
  return (await transaction('sessions').where('id', id).delete()) > 0;
}

/** An account's, the last used first; ended ones may be among them. */
export async function sessionsOf(db: Knex, accountId: string): Promise<readonly SessionRecord[]> {
  return db('sessions').where('account_id', accountId).orderBy('last_seen_at', 'desc');
}

/** @returns how many there were */
export async function deleteOtherSessions(
  transaction: Transaction,
  accountId: string,
  kept: string,
): Promise<number> {
  return transaction('sessions').where('account_id', accountId).whereNot('id', kept).delete();
}

export async function deleteSessionsOf(transaction: Transaction, accountId: string): Promise<void> {
  await transaction('sessions').where('account_id', accountId).delete();
}

/** Removes at most 200 sessions whose absolute end has passed. */
export async function deleteEndedSessions(transaction: Transaction, now: number): Promise<void> {
  const ended = transaction('sessions').where('expires_at', '<', now).select('id').limit(200);
  await transaction('sessions').whereIn('id', ended).delete();
}
