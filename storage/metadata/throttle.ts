import type { Knex } from 'knex';
import type { Transaction } from './database.js';

/** Failures counted under one key; instants in milliseconds since 1970. */
export interface ThrottleRecord {
  readonly key: string;
  readonly failures: number;
  readonly first_failure_at: number;
  readonly blocked_until: number | null;
  readonly updated_at: number;
}

export async function findThrottles(db: Knex, keys: readonly string[]): Promise<readonly ThrottleRecord[]> {
  return db('throttle').whereIn('key', keys);
}

export async function putThrottles(transaction: Transaction, rows: readonly ThrottleRecord[]): Promise<void> {
  await transaction('throttle')
    .insert([...rows])
    .onConflict('key')
    .merge();
}

export async function deleteThrottle(transaction: Transaction, key: string): Promise<void> {
  await transaction('throttle').where('key', key).delete();
}

/** Removes at most 200 rows that nothing was added to since that moment. */
export async function deleteStaleThrottles(transaction: Transaction, updatedBefore: number): Promise<void> {
  const stale = transaction('throttle').where('updated_at', '<', updatedBefore).select('key').limit(200);
  await transaction('throttle').whereIn('key', stale).delete();
}
