import type { Knex } from 'knex';
import type { ActivityAction, ActivityOutcome, Door, EntryState, Side } from '../model.js';
import { laterDeposit } from './activity-report.js';
import { rowsOf, type Value } from './statements.js';

/** Rows of the log that share one indexed column. */
export interface HistoryStream {
  readonly column: 'group_id' | 'account_id' | 'entry_id';
  readonly value: string;
}

/** Where a stretch of the log begins, the row itself excluded: down from `before` (the newest without it), or up from `after`. */
export interface Stretch {
  readonly before?: number | undefined;
  readonly after?: number | undefined;
  readonly limit: number;
}

/** A row of the log with what decides who sees it. */
export interface HistoryRecord {
  readonly id: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly action: ActivityAction;
  readonly outcome: ActivityOutcome;
  readonly door: Door;
  readonly accountId: string | null;
  readonly side: Side | null;
  readonly groupId: string | null;
  readonly entryId: string | null;
  readonly sizeBytes: number | null;
  /** JSON; null once it was erased. */
  readonly payload: string | null;
  readonly state: EntryState | null;
  readonly privateTo: string | null;
  readonly ownerAccountId: string | null;
  readonly deletedAt: number | null;
}

/** Terms of one compound statement; SQLite takes 500. */
const STREAMS_PER_STATEMENT = 100;

/**
 * Ids of the next rows over all streams, in the stretch's order, each once: at most `limit` of them, for which at most
 * `limit` entries of an index are read for each stream.
 */
export async function idsOf(
  db: Knex,
  streams: readonly HistoryStream[],
  stretch: Stretch,
): Promise<number[]> {
  const ids = new Set<number>();
  for (let start = 0; start < streams.length; start += STREAMS_PER_STATEMENT) {
    const some = streams.slice(start, start + STREAMS_PER_STATEMENT);
    const text = some.map(({ column }) => termOf(column, stretch)).join(' UNION ');
    const values = some.flatMap(({ value }) => valuesOf(value, stretch));
    for (const { id } of await rowsOf<{ id: number }>(db, text, values)) ids.add(id);
  }
  const isUpward = stretch.after !== undefined;
  return [...ids].sort((one, other) => (isUpward ? one - other : other - one)).slice(0, stretch.limit);
}

function termOf(column: HistoryStream['column'], { before, after }: Stretch): string {
  const bounds = `${before === undefined ? '' : 'AND id < ?'} ${after === undefined ? '' : 'AND id > ?'}`;
  const order = after === undefined ? 'DESC' : 'ASC';
  return `SELECT id FROM (SELECT id FROM activity WHERE ${column} = ? ${bounds} ORDER BY id ${order} LIMIT ?) AS stretch`;
}

function valuesOf(value: string, { before, after, limit }: Stretch): Value[] {
  return [value, ...[before, after].filter((bound) => bound !== undefined), limit];
}

/** What a replacement may begin with, and by how many rows of the log it ends later at most. */
const STEPS = ['delete', 'move', 'deposit'];
const STEPS_APART = 5000;

/** These rows, in no promised order, without the steps of a replacement. */
export async function recordsOf(db: Knex, ids: readonly number[]): Promise<readonly HistoryRecord[]> {
  return db('activity as activity')
    .leftJoin('activity_payload as personal', 'personal.activity_id', 'activity.id')
    .leftJoin('entries as entry', 'entry.id', 'activity.entry_id')
    .leftJoin('accounts as account', 'account.id', 'activity.account_id')
    .whereIn('activity.id', [...ids])
    .where((row) => {
      // All other acts, downloads of a file by the thousand among them, ask nothing.
      row.whereNotIn('activity.action', STEPS);
      row.orWhereNotExists(laterDeposit(db).where('later.id', '<', db.raw('activity.id + ?', [STEPS_APART])));
    })
    .select({
      id: 'activity.id',
      at: 'activity.at',
      action: 'activity.action',
      outcome: 'activity.outcome',
      door: 'activity.door',
      accountId: 'activity.account_id',
      side: 'account.side',
      groupId: 'activity.group_id',
      entryId: 'activity.entry_id',
      sizeBytes: 'activity.size_bytes',
      payload: 'personal.payload',
      state: 'entry.state',
      privateTo: 'entry.private_to',
      ownerAccountId: 'entry.owner_account_id',
      deletedAt: 'entry.deleted_at',
    });
}

/** The first id from which on rows are of `at` (milliseconds since 1970) or later; ids follow time, so a few looks are enough. */
export async function firstIdSince(db: Knex, at: number): Promise<number> {
  const [last] = await rowsOf<{ id: number | null }>(db, 'SELECT MAX(id) AS id FROM activity');
  let low = 1;
  let high = (last?.id ?? 0) + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const text = 'SELECT id, at FROM activity WHERE id >= ? ORDER BY id LIMIT 1';
    const [row] = await rowsOf<{ id: number; at: number }>(db, text, [middle]);
    if (row === undefined || row.at >= at) high = middle;
    else low = row.id + 1;
  }
  return low;
}

/** Somebody who belongs to a group. */
export interface MemberRecord {
  readonly id: string;
  readonly name: string;
  readonly side: Side;
  readonly groupId: string;
}

/** Members of these groups by name, one row for each membership, at most `limit`. */
export async function membersOf(
  db: Knex,
  groupIds: readonly string[],
  limit: number,
): Promise<readonly MemberRecord[]> {
  return db('memberships as membership')
    .join('accounts as account', 'account.id', 'membership.account_id')
    .whereIn('membership.group_id', [...groupIds])
    .orderBy(['account.name', 'account.id'])
    .limit(limit)
    .select({ id: 'account.id', name: 'account.name', side: 'account.side', groupId: 'membership.group_id' });
}
