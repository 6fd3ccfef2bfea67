import type { Knex } from 'knex';
import type { ActivityAction, ActivityOutcome, Door } from '../model.js';

export interface ActivityQuery {
  readonly groupId?: string;
  readonly accountId?: string;
  readonly entryId?: string;
  readonly action?: string;
  /** Ids below this one. */
  readonly before?: number;
  /** Ids above this one; the page then starts with the oldest. */
  readonly after?: number;
  /** Without rows that a deposit of the same act and entry came after. */
  readonly isFolded: boolean;
  readonly limit: number;
}

/** A row of the log with its personal half, null once that was erased. */
export interface ActivityReportRow {
  readonly id: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly action: ActivityAction;
  readonly outcome: ActivityOutcome;
  readonly door: Door;
  readonly entryId: string | null;
  readonly sizeBytes: number | null;
  /** JSON. */
  readonly payload: string | null;
}

/** One page, newest first; with `after`, oldest first. */
export async function reportActivity(db: Knex, query: ActivityQuery): Promise<readonly ActivityReportRow[]> {
  const { groupId, accountId, entryId, action, before, after, isFolded, limit } = query;
  return db('activity as activity')
    .leftJoin('activity_payload as personal', 'personal.activity_id', 'activity.id')
    .where({
      ...(groupId !== undefined && { 'activity.group_id': groupId }),
      ...(accountId !== undefined && { 'activity.account_id': accountId }),
      ...(entryId !== undefined && { 'activity.entry_id': entryId }),
      ...(action !== undefined && { 'activity.action': action }),
    })
    .modify((rows) => {
      if (before !== undefined) rows.where('activity.id', '<', before);
      if (after !== undefined) rows.where('activity.id', '>', after);
      if (isFolded) rows.whereNotExists(laterDeposit(db));
    })
    .orderBy('activity.id', after === undefined ? 'desc' : 'asc')
    .limit(limit)
    .select(
      'activity.id as id',
      'activity.at as at',
      'activity.action as action',
      'activity.outcome as outcome',
      'activity.door as door',
      'activity.entry_id as entryId',
      'activity.size_bytes as sizeBytes',
      'personal.payload as payload',
    );
}

/** For NOT EXISTS: the deposit that a step of a replacement, a row of `activity`, came before. */
export function laterDeposit(db: Knex): Knex.QueryBuilder {
  return db('activity as later')
    .whereRaw(
      'later.entry_id = activity.entry_id AND later.act_id = activity.act_id AND later.id > activity.id',
    )
    .where({ 'later.action': 'deposit', 'later.outcome': 'ok' })
    .select(db.raw('1'));
}
