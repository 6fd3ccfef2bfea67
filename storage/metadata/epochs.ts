import type { Knex } from 'knex';
import type { Transaction } from './database.js';

/** Tells every process that accounts, groups or memberships changed: each administrative transaction bumps it. */
export async function bumpEpoch(transaction: Transaction): Promise<void> {
  await transaction('epochs').where('name', 'accounts').increment('value', 1);
}

export async function readEpoch(db: Knex): Promise<number> {
  const row: { value: number } | undefined = await db('epochs').where('name', 'accounts').first('value');
  return row?.value ?? 0;
}
