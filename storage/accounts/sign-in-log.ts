import { recordActivity } from '../activity.js';
import type { Clock } from '../clock.js';
import { type AccountRecord, updateAccount } from '../metadata/accounts.js';
import type { Transaction } from '../metadata/database.js';
import type { AccountView, Origin } from '../model.js';
import type { LimitRefusal } from './account-limits.js';
import { createFirstSeen } from './first-seen.js';
import { networkOf } from './throttle.js';

const DRIVE_SIGN_IN_EVERY_MS = 12 * 3_600_000;
const REFUSAL_EVERY_MS = 60_000;

export type SignInRefusal =
  | 'unknown-account'
  | 'wrong-password'
  | 'unknown-key'
  | 'not-active'
  | 'no-pages'
  | LimitRefusal
  | 'throttled';

/** The lines of the history about signing in. */
export interface SignInLog {
  /**
   * Whether this use is a line: every SFTP sign-in is. A drive sends its password with each request: a line for an account and
   * address once in 12 h, and never for what was remembered.
   */
  isDue(account: AccountView, origin: Origin, isRemembered: boolean): boolean;
  signedIn(transaction: Transaction, account: AccountView, origin: Origin): Promise<void>;
  signedOut(transaction: Transaction, account: AccountView, origin: Origin): Promise<void>;
  /**
   * Whether a refusal that may come in floods is to be recorded: once a minute for a network and, where one is given, account.
   * Never by what was typed: random logins would fill the history.
   */
  isRefusalDue(reason: SignInRefusal, account: AccountView | undefined, origin: Origin): boolean;
  /** What was typed is recorded only when it is a known account: people type passwords into that field. */
  refused(
    transaction: Transaction,
    account: AccountRecord | undefined,
    origin: Origin,
    reason: SignInRefusal,
  ): Promise<void>;
}

export function createSignInLog(clock: Clock): SignInLog {
  const driveSignIns = createFirstSeen(clock, DRIVE_SIGN_IN_EVERY_MS);
  const refusals = createFirstSeen(clock, REFUSAL_EVERY_MS);

  function line(
    action: 'sign-in' | 'sign-out' | 'sign-in-refused',
    account: AccountView | undefined,
    origin: Origin,
    reason?: SignInRefusal,
  ) {
    return {
      at: clock.now(),
      action,
      outcome: reason === undefined ? ('ok' as const) : ('refused' as const),
      door: origin.door,
      accountId: account?.id ?? null,
      groupId: null,
      entryId: null,
      versionId: null,
      sizeBytes: null,
      personal: { account: account?.login, accountName: account?.name, address: origin.address, reason },
    };
  }

  return {
    isDue: (account, origin, isRemembered) =>
      origin.door === 'sftp' || (!isRemembered && driveSignIns.isNew(`${account.id} ${origin.address}`)),
    async signedIn(transaction, account, origin) {
      await updateAccount(transaction, account.id, { lastSignInAt: clock.now().getTime() });
      await recordActivity(transaction, [line('sign-in', account, origin)]);
    },
    signedOut: (transaction, account, origin) =>
      recordActivity(transaction, [line('sign-out', account, origin)]),
    isRefusalDue: (reason, account, origin) =>
      refusals.isNew(`${networkOf(origin.address)} ${reason} ${account?.id ?? ''}`),
    refused: (transaction, account, origin, reason) =>
      recordActivity(transaction, [line('sign-in-refused', account, origin, reason)]),
  };
}
