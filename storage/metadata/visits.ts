import type { Knex } from 'knex';
import type { Transaction } from './database.js';
import { insertRows, replacing } from './rows.js';

export interface VisitRecord {
  readonly account_id: string;
  readonly space_id: string;
  /** Milliseconds since 1970, as the others: what was deposited later is new. */
  readonly new_since: number;
  readonly last_seen_at: number;
}

/** An account's visits, of all groups it ever looked at. */
export async function visitsOf(db: Knex, accountId: string): Promise<readonly VisitRecord[]> {
  return db('visits').where('account_id', accountId);
}

export async function saveVisits(transaction: Transaction, rows: readonly VisitRecord[]): Promise<void> {
  const ending = replacing('account_id, space_id', ['new_since', 'last_seen_at']);
  await insertRows(transaction, 'visits', rows, ending);
}
