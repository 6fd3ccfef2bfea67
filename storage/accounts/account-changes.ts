import type { Clock } from '../clock.js';
import { newId } from '../ids.js';
import { bumpAccountEpoch, updateAccount } from '../metadata/accounts.js';
import { replacePassword } from '../metadata/credentials.js';
import type { Transaction } from '../metadata/database.js';
import { markSetUp } from '../metadata/installation.js';
import { deleteSessionsOf } from '../metadata/sessions.js';
import { queueMail } from '../outbox-queue.js';

/** Sets the one password of an account. */
export function storePassword(
  transaction: Transaction,
  now: Date,
  accountId: string,
  secretHash: string,
): Promise<void> {
  return replacePassword(transaction, { id: newId(now), accountId, secretHash, createdAt: now.getTime() });
}

/** Makes an invited account active; the first active administrator ends the set-up. */
export async function activateAccount(
  transaction: Transaction,
  now: Date,
  account: { readonly id: string; readonly isAdministrator: boolean },
): Promise<void> {
  await updateAccount(transaction, account.id, { state: 'active', activatedAt: now.getTime() });
  if (account.isAdministrator) await markSetUp(transaction, now.getTime());
}

/** Ends what the account has open, on every door. */
export async function endSessions(transaction: Transaction, accountId: string): Promise<void> {
  await bumpAccountEpoch(transaction, accountId);
  await deleteSessionsOf(transaction, accountId);
}

/** Tells the owner, in case it was not him. */
export function announcePasswordChange(
  transaction: Transaction,
  clock: Clock,
  accountId: string,
): Promise<void> {
  return queueMail(transaction, clock, {
    accountId,
    template: 'password-changed',
    props: {},
  });
}
