import type { Knex } from 'knex';
import type { Side } from '../model.js';
import type { Transaction } from './database.js';
import { insertRows } from './rows.js';
import { type Viewer, whereVisible } from './visibility.js';

export interface OutboxRecord {
  readonly id: string;
  readonly account_id: string;
  readonly group_id: string | null;
  readonly template: string;
  readonly props: string;
  readonly collect_key: string | null;
  readonly state: 'waiting' | 'sending' | 'sent' | 'failed';
  readonly attempts: number;
  readonly error: string | null;
  readonly created_at: number;
  readonly due_at: number;
  readonly latest_at: number;
  readonly lease_until: number | null;
  readonly sent_at: number | null;
}

export type NewOutboxRecord = Pick<
  OutboxRecord,
  | 'id'
  | 'account_id'
  | 'group_id'
  | 'template'
  | 'props'
  | 'collect_key'
  | 'created_at'
  | 'due_at'
  | 'latest_at'
>;

/** Queues a mail; one whose id is there already is queued already. */
export async function insertMail(transaction: Transaction, row: NewOutboxRecord): Promise<void> {
  await transaction('outbox')
    .insert({ ...row, state: 'waiting' })
    .onConflict('id')
    .ignore();
}

/** Opens a gathering mail per row, or pushes the one that waits already to a later moment, never past its `latest_at`. */
export async function gatherMails(transaction: Transaction, rows: readonly NewOutboxRecord[]): Promise<void> {
  await insertRows(
    transaction,
    'outbox',
    rows.map((row) => ({ ...row, state: 'waiting' })),
    `ON CONFLICT (collect_key) WHERE state = 'waiting' AND attempts = 0 DO UPDATE SET due_at =
      CASE WHEN excluded.due_at < outbox.latest_at THEN excluded.due_at ELSE outbox.latest_at END`,
  );
}

export async function insertNotificationItems(
  transaction: Transaction,
  items: readonly { id: string; collect_key: string; version_id: string; created_at: number }[],
): Promise<void> {
  await insertRows(transaction, 'notification_items', items);
}

/** Due mails and those whose worker died with the lease, oldest first; the caller's transaction keeps others off. */
export async function leaseDueMails(
  transaction: Transaction,
  now: number,
  limit: number,
  leaseUntil: number,
): Promise<OutboxRecord[]> {
  const due: OutboxRecord[] = await transaction('outbox')
    .where((where) => where.where('state', 'waiting').andWhere('due_at', '<=', now))
    .orWhere((where) => where.where('state', 'sending').andWhere('lease_until', '<=', now))
    .orderBy('due_at')
    .limit(limit);
  if (due.length > 0)
    await transaction('outbox')
      .whereIn(
        'id',
        due.map((row) => row.id),
      )
      .update({ state: 'sending', lease_until: leaseUntil, attempts: transaction.raw('attempts + 1') });
  return due.map((row) => ({ ...row, attempts: row.attempts + 1 }));
}

/** Ties the items gathered so far to the mail that is about to carry them. */
export async function attachItems(
  transaction: Transaction,
  collectKey: string,
  outboxId: string,
): Promise<void> {
  await transaction('notification_items')
    .where('collect_key', collectKey)
    .whereNull('outbox_id')
    .update({ outbox_id: outboxId });
}

export interface AnnouncedVersion {
  readonly entry_id: string;
  readonly version_id: string;
  readonly size_bytes: number;
  readonly deposited_at: number;
  readonly depositor_account_id: string;
  readonly depositor_name: string;
  readonly depositor_side: Side;
}

/** What a mail announces: the versions still current and live, oldest first. */
export async function announcedVersions(
  db: Knex,
  outboxId: string,
  viewer: Viewer,
): Promise<AnnouncedVersion[]> {
  return db('notification_items as item')
    .join('versions as version', 'version.id', 'item.version_id')
    .join('entries as entry', 'entry.version_id', 'version.id')
    .join('accounts as depositor', 'depositor.id', 'version.depositor_account_id')
    .where('item.outbox_id', outboxId)
    .where('entry.state', 'published')
    .whereNull('entry.deleted_at')
    .andWhere(whereVisible('entry', viewer))
    .orderBy('version.deposited_at')
    .select(
      'entry.id as entry_id',
      'version.id as version_id',
      'version.size_bytes',
      'version.deposited_at',
      'version.depositor_account_id',
      'depositor.name as depositor_name',
      'depositor.side as depositor_side',
    );
}

export async function updateMail(
  db: Knex | Transaction,
  id: string,
  change: Partial<OutboxRecord>,
): Promise<number> {
  return db('outbox').where('id', id).update(change);
}

export async function deleteMail(transaction: Transaction, id: string): Promise<void> {
  await transaction('notification_items').where('outbox_id', id).delete();
  await transaction('outbox').where('id', id).delete();
}

/** When the next mail is due, or the next lease of a worker that died ends; null when nothing waits. */
export async function nextDue(db: Knex): Promise<number | null> {
  const waiting = await db('outbox').where('state', 'waiting').min({ at: 'due_at' }).first();
  const sending = await db('outbox').where('state', 'sending').min({ at: 'lease_until' }).first();
  const instants = [waiting?.at, sending?.at].filter((at) => typeof at === 'number');
  return instants.length === 0 ? null : Math.min(...instants);
}
