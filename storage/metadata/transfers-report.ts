import type { Knex } from 'knex';
import type { Door } from '../model.js';

interface ReportedTransfer {
  readonly id: string;
  /** Login. */
  readonly account: string;
  readonly group: string;
  readonly door: Door;
  /** Milliseconds since 1970, as the others. */
  readonly startedAt: number;
  readonly updatedAt: number;
}

/** An upload under way or parked, as administrators see it. */
export interface ReportedUpload extends ReportedTransfer {
  readonly state: 'open' | 'parked';
  readonly directory: string;
  readonly parentId: string;
  readonly name: string;
  readonly receivedBytes: number;
  readonly declaredSizeBytes: number | null;
  readonly expiresAt: number | null;
}

/** A reading under way. */
export interface ReportedDownload extends ReportedTransfer {
  readonly path: string;
  readonly deliveredBytes: number;
}

/** All uploads, the oldest first. */
export async function reportUploads(db: Knex): Promise<readonly ReportedUpload[]> {
  return transfersIn(db, 'uploads').orderBy(['transfer.created_at', 'transfer.id']).select({
    state: 'transfer.state',
    directory: 'group.directory',
    parentId: 'transfer.parent_id',
    name: 'transfer.name',
    receivedBytes: 'transfer.received_bytes',
    declaredSizeBytes: 'transfer.declared_size_bytes',
    startedAt: 'transfer.created_at',
    expiresAt: 'transfer.expires_at',
  });
}

/** All readings under way, the oldest first. */
export async function reportDownloads(db: Knex): Promise<readonly ReportedDownload[]> {
  return transfersIn(db, 'transfers')
    .where('transfer.state', 'open')
    .orderBy(['transfer.started_at', 'transfer.id'])
    .select({
      path: 'transfer.path',
      deliveredBytes: 'transfer.delivered_bytes',
      startedAt: 'transfer.started_at',
    });
}

function transfersIn(db: Knex, table: 'uploads' | 'transfers') {
  return db(`${table} as transfer`)
    .join('accounts as account', 'account.id', 'transfer.account_id')
    .join('groups as group', 'group.space_id', 'transfer.space_id')
    .select({
      id: 'transfer.id',
      account: 'account.login',
      group: 'group.name',
      door: 'transfer.door',
      updatedAt: 'transfer.updated_at',
    });
}
