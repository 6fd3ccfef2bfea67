import { recordActivity } from '../activity.js';
import type { Clock } from '../clock.js';
import type { Database, Transaction } from '../metadata/database.js';
import { bumpEpoch } from '../metadata/epochs.js';
import type { AccountView, Origin } from '../model.js';
import type { Passwords } from './passwords.js';
import type { Tokens } from './tokens.js';

export interface EnrolmentParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly passwords: Passwords;
  readonly tokens: Tokens;
  /** Called after each act, once it is durable: what it revoked is ended before the act resolves. */
  readonly changed: () => Promise<void>;
}

/** Runs an act in one transaction that every process is told of. */
export async function performEnrolment<Result>(
  { database, clock, changed }: EnrolmentParts,
  work: (transaction: Transaction, now: Date) => Promise<Result>,
): Promise<Result> {
  const result = await database.write(async (transaction) => {
    await bumpEpoch(transaction);
    return work(transaction, clock.now());
  });
  await changed();
  return result;
}

type OwnAct =
  | 'set-up'
  | 'account-activate'
  | 'account-password'
  | 'account-key-add'
  | 'account-key-remove'
  | 'invitation-send';

/** The line of what somebody did to his own account. `target`: of a key, its fingerprint; of an activation, the version of the terms that were accepted. */
export function recordOwnAct(
  transaction: Transaction,
  at: Date,
  action: OwnAct,
  account: AccountView,
  origin: Origin,
  target?: string,
): Promise<void> {
  return recordActivity(transaction, [
    {
      at,
      action,
      outcome: 'ok',
      door: origin.door,
      accountId: account.id,
      groupId: null,
      entryId: null,
      versionId: null,
      sizeBytes: null,
      personal: {
        account: account.login,
        accountName: account.name,
        address: origin.address,
        subject: account.login,
        target,
      },
    },
  ]);
}
