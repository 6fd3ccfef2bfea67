import type { Knex } from 'knex';
import type { Side } from '../model.js';
import type { Transaction } from './database.js';

export interface CoverageRecord {
  readonly account_id: string;
  readonly version_id: string;
  /** JSON of coverage.ts's Coverage: what has arrived, and what left before a connection broke. */
  readonly intervals: string;
  readonly completed_at: number | null;
  readonly updated_at: number;
}

export async function findCoverage(
  db: Knex | Transaction,
  accountId: string,
  versionId: string,
): Promise<CoverageRecord | undefined> {
  return db('coverage').where({ account_id: accountId, version_id: versionId }).first();
}

export async function saveCoverage(transaction: Transaction, row: CoverageRecord): Promise<void> {
  await transaction('coverage').insert(row).onConflict(['account_id', 'version_id']).merge();
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
