import type { Knex } from 'knex';
import type { Transaction } from './database.js';

/** A queued mail as administrators see it; instants in milliseconds since 1970. What it says is not part of it. */
export interface OutboxReportRow {
  readonly id: string;
  readonly to: string;
  readonly template: string;
  readonly group: string | null;
  readonly state: 'waiting' | 'sending' | 'sent' | 'failed';
  readonly attempts: number;
  readonly error: string | null;
  readonly createdAt: number;
  readonly dueAt: number;
  readonly sentAt: number | null;
}

/** The youngest mails first. */
export async function reportOutbox(
  db: Knex,
  query: { readonly state?: string; readonly limit: number },
): Promise<readonly OutboxReportRow[]> {
  return db('outbox as mail')
    .join('accounts as account', 'account.id', 'mail.account_id')
    .leftJoin('addresses as address', (join) =>
      join.on('address.account_id', 'account.id').andOnVal('address.is_main', true),
    )
    .leftJoin('groups as group', 'group.id', 'mail.group_id')
    .where(query.state === undefined ? {} : { 'mail.state': query.state })
    .orderBy([
      { column: 'mail.created_at', order: 'desc' },
      { column: 'mail.id', order: 'desc' },
    ])
    .limit(query.limit)
    .select(
      'mail.id as id',
      db.raw('coalesce(??, ??) as ??', ['address.address', 'account.login', 'to']),
      'mail.template as template',
      'group.name as group',
      'mail.state as state',
      'mail.attempts as attempts',
      'mail.error as error',
      'mail.created_at as createdAt',
      'mail.due_at as dueAt',
      'mail.sent_at as sentAt',
    );
}

/** Makes a failed or waiting mail due now. @returns its state before, or undefined when there is none */
export async function makeMailDue(
  transaction: Transaction,
  id: string,
  now: number,
): Promise<OutboxReportRow['state'] | undefined> {
  const mail: { state: OutboxReportRow['state'] } | undefined = await transaction('outbox')
    .where('id', id)
    .first('state');
  if (mail?.state === 'failed' || mail?.state === 'waiting')
    await transaction('outbox').where('id', id).update({ state: 'waiting', due_at: now, lease_until: null });
  return mail?.state;
}
