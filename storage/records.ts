import { type NewActivity, recordActivity } from './activity.js';
import { StorageError } from './errors.js';
import type { Visit } from './foundations.js';
import type { Membership } from './metadata/memberships.js';
import type { ActivityAction, ActivityOutcome } from './model.js';
import { formatPath, type VirtualPath } from './paths.js';

export interface ActFacts {
  readonly action: ActivityAction;
  readonly outcome?: ActivityOutcome;
  readonly at: Date;
  readonly path: VirtualPath;
  readonly target?: VirtualPath;
  readonly entryId?: string | null;
  readonly versionId?: string | null;
  readonly sizeBytes?: number | null;
  readonly sha256?: string | null;
  readonly reason?: string;
  readonly actId?: string;
}

/** A row of the log for something this visit's account did in a group. */
export function activityOf(visit: Visit, membership: Membership, facts: ActFacts): NewActivity {
  const { account, origin } = visit.session;
  return {
    at: facts.at,
    action: facts.action,
    outcome: facts.outcome ?? 'ok',
    door: origin.door,
    accountId: account.id,
    groupId: membership.groupId,
    entryId: facts.entryId ?? null,
    versionId: facts.versionId ?? null,
    sizeBytes: facts.sizeBytes ?? null,
    ...(facts.actId === undefined ? {} : { actId: facts.actId }),
    personal: {
      account: account.login,
      accountName: account.name,
      address: origin.address,
      group: membership.groupName,
      path: formatPath(facts.path),
      target: facts.target && formatPath(facts.target),
      sha256: facts.sha256 ?? undefined,
      reason: facts.reason,
    },
  };
}

/** Runs an act; a refusal by right, quota or content becomes a line of its own before it goes on to the client. */
export async function withRefusals<Result>(
  visit: Visit,
  membership: Membership,
  facts: Omit<ActFacts, 'at' | 'outcome'>,
  act: () => Promise<Result>,
): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    if (isRecorded(error))
      await visit.database.write((transaction) =>
        recordActivity(transaction, [
          activityOf(visit, membership, {
            ...facts,
            at: visit.clock.now(),
            outcome: error.code === 'aborted' ? 'aborted' : 'refused',
            reason: error.reason ?? error.code,
          }),
        ]),
      );
    throw error;
  }
}

const RECORDED = new Set(['forbidden', 'no-space', 'too-large', 'invalid-input', 'aborted']);

function isRecorded(error: unknown): error is StorageError {
  return error instanceof StorageError && RECORDED.has(error.code);
}
