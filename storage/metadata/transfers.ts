import type { Knex } from 'knex';
import type { Door } from '../model.js';
import type { Transaction } from './database.js';
import { insertRows } from './rows.js';
import { changesOf } from './statements.js';

export interface TransferRecord {
  readonly id: string;
  /** `view`: to look at it on a page. */
  readonly direction: 'get' | 'view';
  readonly account_id: string;
  readonly space_id: string;
  readonly entry_id: string;
  readonly version_id: string;
  readonly path: string;
  readonly door: Door;
  readonly address: string | null;
  readonly delivered_bytes: number;
  readonly state: 'open' | 'ended';
  readonly started_at: number;
  readonly updated_at: number;
}

export async function insertTransfer(transaction: Transaction, transfer: TransferRecord): Promise<void> {
  await insertRows(transaction, 'transfers', [transfer]);
}

/** Ends an open transfer. @returns false when it had ended already */
export async function endTransfer(
  transaction: Transaction,
  id: string,
  change: { readonly delivered_bytes: number; readonly updated_at: number },
): Promise<boolean> {
  const changed = await changesOf(
    transaction,
    "UPDATE transfers SET state = 'ended', delivered_bytes = ?, updated_at = ? WHERE id = ? AND state = 'open'",
    [change.delivered_bytes, change.updated_at, id],
  );
  return changed === 1;
}

export async function openTransfers(db: Knex): Promise<TransferRecord[]> {
  return db('transfers').where('state', 'open');
}

export async function deleteEndedTransfers(transaction: Transaction, before: number): Promise<void> {
  await transaction('transfers').where('state', 'ended').where('updated_at', '<', before).delete();
}
