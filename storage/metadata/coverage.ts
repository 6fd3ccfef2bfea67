import type { Knex } from 'knex';
import type { Side } from '../model.js';
import type { Transaction } from './database.js';
import { insertRows, pagesOf, replacing } from './rows.js';

export interface CoverageRecord {
  readonly account_id: string;
  readonly version_id: string;
  /** JSON of coverage.ts's Coverage: what has arrived, and what left before a connection broke. */
  readonly intervals: string;
  readonly completed_at: number | null;
  readonly updated_at: number;
}

/** Of these pairs of account and version, those that have a row; one statement per 500. */
export async function findCoverages(
  db: Knex | Transaction,
  keys: readonly Pick<CoverageRecord, 'account_id' | 'version_id'>[],
): Promise<CoverageRecord[]> {
  const found: CoverageRecord[] = [];
  for (const page of pagesOf(keys)) {
    const pairs = page.map((key) => [key.account_id, key.version_id]);
    found.push(...(await db('coverage').whereIn(['account_id', 'version_id'], pairs)));
  }
  return found;
}

/** Inserts or replaces rows of different keys. Without rows it asks nothing. */
export async function saveCoverages(
  transaction: Transaction,
  rows: readonly CoverageRecord[],
): Promise<void> {
  const changed = ['intervals', 'completed_at', 'updated_at'];
  await insertRows(transaction, 'coverage', rows, replacing('account_id, version_id', changed));
}

/** Whether somebody of the side other than `side` has downloaded one of these versions whole. */
export async function pickedUpVersions(
  db: Knex | Transaction,
  versionIds: readonly string[],
  side: Side,
): Promise<Set<string>> {
  const found = new Set<string>();
  for (let start = 0; start < versionIds.length; start += 500) {
    const rows: readonly { version_id: string }[] = await db('coverage')
      .join('accounts', 'accounts.id', 'coverage.account_id')
      .whereIn('coverage.version_id', versionIds.slice(start, start + 500))
      .whereNotNull('coverage.completed_at')
      .whereNot('accounts.side', side)
      .distinct('coverage.version_id');
    for (const row of rows) found.add(row.version_id);
  }
  return found;
}
