import type { Transaction } from './database.js';
import { insertReturning, insertRows } from './rows.js';

export interface ActivityRecord {
  readonly at: number;
  readonly action: string;
  readonly outcome: string;
  readonly door: string;
  readonly account_id: string | null;
  readonly group_id: string | null;
  readonly entry_id: string | null;
  readonly version_id: string | null;
  readonly act_id: string;
  readonly size_bytes: number | null;
  readonly leaf_hash: string;
}

export interface PayloadRecord {
  readonly salt: string;
  readonly payload: string;
}

/** Inserts log rows and their erasable halves, two statements per 500 rows. */
export async function insertActivity(
  transaction: Transaction,
  rows: readonly { readonly record: ActivityRecord; readonly payload: PayloadRecord }[],
): Promise<void> {
  const inserted = await insertReturning<{ id: number; leaf_hash: string }>(
    transaction,
    'activity',
    rows.map(({ record }) => record),
    'id, leaf_hash',
  );
  // The order of RETURNING is not promised; the salted hash tells the rows apart.
  const ids = new Map(inserted.map((row) => [row.leaf_hash, row.id]));
  await insertRows(
    transaction,
    'activity_payload',
    rows.map(({ record, payload }) => ({ activity_id: ids.get(record.leaf_hash) ?? null, ...payload })),
  );
}
