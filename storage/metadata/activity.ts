import type { Transaction } from './database.js';
import { pagesOf } from './rows.js';

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
  for (const page of pagesOf(rows)) {
    const inserted: readonly { id: number; leaf_hash: string }[] = await transaction('activity')
      .insert(page.map((row) => row.record))
      .returning(['id', 'leaf_hash']);
    // The order of RETURNING is not promised; the salted hash tells the rows apart.
    const ids = new Map(inserted.map((row) => [row.leaf_hash, row.id]));
    await transaction('activity_payload').insert(
      page.map((row) => ({ activity_id: ids.get(row.record.leaf_hash), ...row.payload })),
    );
  }
}
