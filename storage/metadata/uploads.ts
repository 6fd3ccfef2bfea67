import type { Knex } from 'knex';
import type { Door } from '../model.js';
import type { Transaction } from './database.js';
import { insertRows } from './rows.js';
import { changesOf, marks } from './statements.js';

export interface UploadRecord {
  readonly id: string;
  readonly account_id: string;
  /** The SSH key it came with: a service account's uploads are resumed with the same one only. */
  readonly credential_id: string | null;
  readonly space_id: string;
  readonly parent_id: string;
  readonly name: string;
  readonly blob_id: string;
  readonly wrapped_key: string;
  readonly key_id: string;
  readonly door: Door;
  readonly state: 'open' | 'parked';
  readonly declared_size_bytes: number | null;
  /** Of a parked one all there is; else what had come when more space was set aside, without gaps. */
  readonly received_bytes: number;
  readonly reserved_bytes: number;
  /** What the name held when the upload began; null where it was free. */
  readonly base_version_id: string | null;
  /** Bytes taken over from that content. */
  readonly base_size_bytes: number;
  /** What was there when it was parked last; 0 for one that never was. */
  readonly kept_bytes: number;
  /** False once a byte came before its turn or a second time: after a crash nobody can tell what is there. */
  readonly is_in_order: boolean;
  readonly created_at: number;
  readonly updated_at: number;
  /** Of a parked one. */
  readonly expires_at: number | null;
}

export async function insertUpload(transaction: Transaction, upload: UploadRecord): Promise<void> {
  await insertRows(transaction, 'uploads', [upload]);
}

/** @returns how many of them were still there */
export async function deleteUploads(transaction: Transaction, ids: readonly string[]): Promise<number> {
  return ids.length === 0
    ? 0
    : changesOf(transaction, `DELETE FROM uploads WHERE id IN ${marks(ids.length)}`, ids);
}

/** @returns false when the upload has ended */
export async function updateUpload(
  db: Knex | Transaction,
  id: string,
  change: Partial<Pick<UploadRecord, 'received_bytes' | 'reserved_bytes' | 'is_in_order' | 'updated_at'>>,
): Promise<boolean> {
  return (await db('uploads').where('id', id).update(change)) === 1;
}

export async function openUploads(db: Knex): Promise<UploadRecord[]> {
  return uploadsWhere(db, { state: 'open' });
}

/** @returns false when it is not open any more */
export async function parkUpload(
  transaction: Transaction,
  id: string,
  change: Pick<UploadRecord, 'received_bytes' | 'updated_at' | 'expires_at'>,
): Promise<boolean> {
  const changed = await transaction('uploads')
    .where({ id, state: 'open' })
    .update({ ...change, kept_bytes: change.received_bytes, state: 'parked' });
  return changed === 1;
}

/** Takes a parked one up again; of several that try, one does. @returns false for the others */
export async function reopenUpload(transaction: Transaction, id: string, now: number): Promise<boolean> {
  const changed = await transaction('uploads')
    .where({ id, state: 'parked' })
    .update({ state: 'open', is_in_order: true, expires_at: null, updated_at: now });
  return changed === 1;
}

/** @returns false when somebody took it up or ended it meanwhile */
export async function deleteParkedUpload(transaction: Transaction, id: string): Promise<boolean> {
  return (await transaction('uploads').where({ id, state: 'parked' }).delete()) === 1;
}

/** Those of one account, the oldest first. */
export async function uploadsOf(
  db: Knex,
  accountId: string,
  state?: UploadRecord['state'],
): Promise<UploadRecord[]> {
  return uploadsWhere(db, { account_id: accountId, ...(state && { state }) });
}

export async function findUpload(db: Knex, id: string): Promise<UploadRecord | undefined> {
  return (await uploadsWhere(db, { id }))[0];
}

/** Parked ones whose time was over by then, the oldest first. */
export async function expiredUploads(db: Knex, by: number, limit: number): Promise<UploadRecord[]> {
  const rows = db('uploads').where('state', 'parked').where('expires_at', '<=', by);
  return (await rows.orderBy('expires_at').limit(limit)).map(recordOf);
}

/** The accounts that have something parked. */
export async function accountsWithParked(db: Knex): Promise<string[]> {
  const rows: readonly { account_id: string }[] = await db('uploads')
    .where('state', 'parked')
    .distinct('account_id');
  return rows.map((row) => row.account_id);
}

/** The staging files that parked uploads need. */
export async function parkedBlobs(db: Knex): Promise<ReadonlySet<string>> {
  return new Set((await uploadsWhere(db, { state: 'parked' })).map((upload) => upload.blob_id));
}

async function uploadsWhere(db: Knex, where: Partial<UploadRecord>): Promise<UploadRecord[]> {
  return (await db('uploads').where(where).orderBy(['created_at', 'id'])).map(recordOf);
}

function recordOf(row: UploadRecord): UploadRecord {
  return { ...row, is_in_order: Boolean(row.is_in_order) };
}
