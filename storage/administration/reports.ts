import type { ActivityFilter, ActivityRow, Administration, OutboxRow } from '../administration.js';
import { StorageError } from '../errors.js';
import { type ActivityReportRow, reportActivity } from '../metadata/activity-report.js';
import { makeMailDue, type OutboxReportRow, reportOutbox } from '../metadata/outbox-report.js';
import type { Acts } from './acts.js';
import { accountNamed, groupNamed } from './lookups.js';

type Reports = Pick<Administration, 'activity' | 'outbox' | 'retryMail'>;

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 500;

/** What administrators read: the history and the mail queue. */
export function createReports(acts: Acts): Reports {
  const { database } = acts.parts;
  return {
    async activity(filter = {}) {
      acts.assertLive();
      const { group, account, entryId, action, before, after, isFolded = false } = filter;
      const rows = await reportActivity(database.reader, {
        ...(group !== undefined && { groupId: (await groupNamed(database.reader, group)).id }),
        ...(account !== undefined && { accountId: (await accountNamed(database.reader, account)).id }),
        ...(entryId !== undefined && { entryId }),
        ...(action !== undefined && { action }),
        ...(before !== undefined && { before }),
        ...(after !== undefined && { after }),
        isFolded,
        limit: limitOf(filter.limit),
      });
      return inOrder(rows.map(activityRowOf), filter);
    },

    async outbox(filter = {}) {
      acts.assertLive();
      const { state } = filter;
      const limit = limitOf(filter.limit);
      const rows = await reportOutbox(database.reader, state === undefined ? { limit } : { state, limit });
      return rows.map(outboxRowOf);
    },

    async retryMail(id) {
      const state = await acts.perform(({ transaction, now }) => makeMailDue(transaction, id, now.getTime()));
      if (state === undefined)
        throw new StorageError('not-found', 'There is no such mail.', { reason: 'mail', subject: id });
      if (state === 'sent')
        throw new StorageError('precondition-failed', 'The mail was sent already.', { reason: 'mail-sent' });
    },
  };
}

function limitOf(limit = DEFAULT_LIMIT): number {
  return Math.min(Math.max(1, Math.trunc(limit)), MAX_LIMIT);
}

function inOrder(rows: ActivityRow[], { after, order = 'desc' }: ActivityFilter): ActivityRow[] {
  const isAscending = after !== undefined;
  return isAscending === (order === 'asc') ? rows : rows.reverse();
}

function activityRowOf(row: ActivityReportRow): ActivityRow {
  const personal = personalOf(row.payload);
  const text = (key: string) => personal.get(key) ?? null;
  return {
    id: row.id,
    at: new Date(row.at),
    action: row.action,
    outcome: row.outcome,
    account: text('account'),
    accountName: text('accountName'),
    protocol: row.door,
    address: text('address'),
    group: text('group'),
    subject: text('subject'),
    path: text('path'),
    target: text('target'),
    entryId: row.entryId,
    sizeBytes: row.sizeBytes,
    sha256: text('sha256'),
    reason: text('reason'),
  };
}

/** The texts of a row's personal half; none once it was erased. */
function personalOf(payload: string | null): ReadonlyMap<string, string> {
  const fields: unknown = payload === null ? null : JSON.parse(payload);
  const entries = typeof fields === 'object' && fields !== null ? Object.entries(fields) : [];
  return new Map(entries.flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : [])));
}

function outboxRowOf(row: OutboxReportRow): OutboxRow {
  const { id, to, template, group, state, attempts, error } = row;
  return {
    ...{ id, to, template, group, state, attempts, error },
    createdAt: new Date(row.createdAt),
    nextAttemptAt: state === 'waiting' ? new Date(row.dueAt) : null,
    sentAt: row.sentAt === null ? null : new Date(row.sentAt),
  };
}
