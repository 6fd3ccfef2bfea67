import { createHash, randomBytes } from 'node:crypto';
import { newId } from './ids.js';
import { type ActivityRecord, insertActivity } from './metadata/activity.js';
import type { Transaction } from './metadata/database.js';
import type { ActivityAction, ActivityOutcome, Door } from './model.js';

/** What is personal in a row: kept with a random salt in its own, erasable table. Absent values are left out. */
export interface PersonalPart {
  readonly account?: string | undefined;
  readonly accountName?: string | undefined;
  readonly address?: string | undefined;
  readonly group?: string | undefined;
  readonly path?: string | undefined;
  readonly target?: string | undefined;
  readonly sha256?: string | undefined;
  readonly reason?: string | undefined;
  /** Whom an administrative act was about. */
  readonly subject?: string | undefined;
}

export interface NewActivity {
  readonly at: Date;
  readonly action: ActivityAction;
  readonly outcome: ActivityOutcome;
  readonly door: Door;
  readonly accountId: string | null;
  readonly groupId: string | null;
  readonly entryId: string | null;
  readonly versionId: string | null;
  readonly sizeBytes: number | null;
  /** Ties the rows of one act together; a row alone gets one of its own. */
  readonly actId?: string;
  readonly personal: PersonalPart;
}

/**
 * Writes finished acts to the insert-only log, in the transaction of the acts themselves. Each row's `leaf_hash` is
 * SHA-256(public part ‖ SHA-256(salt ‖ payload)), so that the payload can be erased later and the row still be proven.
 */
export async function recordActivity(transaction: Transaction, rows: readonly NewActivity[]): Promise<void> {
  if (rows.length > 0) await insertActivity(transaction, rows.map(sealRow));
}

function sealRow(row: NewActivity) {
  const salt = randomBytes(16).toString('hex');
  const payload = JSON.stringify(row.personal);
  const open = {
    at: row.at.getTime(),
    action: row.action,
    outcome: row.outcome,
    door: row.door,
    account_id: row.accountId,
    group_id: row.groupId,
    entry_id: row.entryId,
    version_id: row.versionId,
    act_id: row.actId ?? newId(row.at),
    size_bytes: row.sizeBytes,
  };
  const record: ActivityRecord = { ...open, leaf_hash: leafHash(open, salt, payload) };
  return { record, payload: { salt, payload } };
}

/** The commitment of one row; a verifier recomputes it from the row and, while it lasts, its payload. */
export function leafHash(open: Omit<ActivityRecord, 'leaf_hash'>, salt: string, payload: string): string {
  const personal = createHash('sha256').update(Buffer.from(salt, 'hex')).update(payload).digest('hex');
  const publicPart = JSON.stringify([
    open.at,
    open.action,
    open.outcome,
    open.door,
    open.account_id,
    open.group_id,
    open.entry_id,
    open.version_id,
    open.act_id,
    open.size_bytes,
  ]);
  return createHash('sha256').update(publicPart).update(personal).digest('hex');
}
