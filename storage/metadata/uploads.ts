import type { Knex } from 'knex';
import type { Door } from '../model.js';
import type { Transaction } from './database.js';

export interface UploadRecord {
  readonly id: string;
  readonly account_id: string;
  readonly space_id: string;
  readonly parent_id: string;
  readonly name: string;
  readonly blob_id: string;
  readonly wrapped_key: string;
  readonly key_id: string;
  readonly door: Door;
  readonly state: 'open' | 'parked';
  readonly declared_size_bytes: number | null;
  readonly received_bytes: number;
  readonly reserved_bytes: number;
  readonly created_at: number;
  readonly updated_at: number;
}

export async function insertUpload(transaction: Transaction, upload: UploadRecord): Promise<void> {
  await transaction('uploads').insert(upload);
}

/** @returns how many of them were still there */
export async function deleteUploads(transaction: Transaction, ids: readonly string[]): Promise<number> {
  return ids.length === 0
    ? 0
    : transaction('uploads')
        .whereIn('id', [...ids])
        .delete();
}

/** @returns false when the upload has ended */
export async function updateUpload(
  db: Knex | Transaction,
  id: string,
  change: Partial<Pick<UploadRecord, 'received_bytes' | 'reserved_bytes' | 'updated_at'>>,
): Promise<boolean> {
  return (await db('uploads').where('id', id).update(change)) === 1;
}

export async function openUploads(db: Knex): Promise<UploadRecord[]> {
  return db('uploads').where('state', 'open');
}
