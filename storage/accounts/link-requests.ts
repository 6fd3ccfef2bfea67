import type { Enrolment } from '../enrolment.js';
import { StorageError } from '../errors.js';
import { findAccount, findAccountById } from '../metadata/accounts.js';
import type { Transaction } from '../metadata/database.js';
import { membershipsOf } from '../metadata/memberships.js';
import { findThrottles, putThrottles } from '../metadata/throttle.js';
import type { TokenPurpose } from '../metadata/tokens.js';
import type { Origin } from '../model.js';
import { queueMail } from '../outbox-queue.js';
import { type EnrolmentParts, recordOwnAct } from './enrolment-acts.js';
import { sendInvitation } from './invitations.js';
import { addressKeyOf, normalizeLogin } from './logins.js';
import { networkOf } from './throttle.js';

/** Nobody fills another's mailbox by asking again and again. */
const LINK_EVERY_MS = 60_000;
const HOUR_MS = 3_600_000;
const REQUESTS_PER_HOUR = 30;

/** Asking for a link by mail. Nobody learns from the answer whether a mail went out. */
export function createLinkRequests(
  parts: EnrolmentParts,
): Pick<Enrolment, 'renewInvitation' | 'requestPasswordReset'> {
  const { database, clock, tokens } = parts;

  async function isTooSoon(transaction: Transaction, purpose: TokenPurpose, accountId: string, now: Date) {
    const issuedAt = await tokens.lastIssuedAt(transaction, purpose, accountId);
    return issuedAt !== null && now.getTime() - issuedAt.getTime() < LINK_EVERY_MS;
  }

  /** The count is written whatever follows: a request for nobody costs the same transaction as one for somebody. */
  function request(
    origin: Origin,
    answer: (transaction: Transaction, now: Date) => Promise<void>,
  ): Promise<void> {
    return database.write(async (transaction) => {
      const now = clock.now();
      await countRequest(transaction, `link:${networkOf(origin.address)}`, now.getTime());
      await answer(transaction, now);
    });
  }

  return {
    renewInvitation: (token, origin) =>
      request(origin, async (transaction, now) => {
        const found = await tokens.find(transaction, 'invitation', token);
        if (found.state === 'unknown' || found.accountId === null) return;
        const account = await findAccountById(transaction, found.accountId);
        if (account?.state !== 'invited') return;
        if (await isTooSoon(transaction, 'invitation', account.id, now)) return;
        const [group] = await membershipsOf(transaction, account.id);
        await sendInvitation(transaction, parts, account.id, group?.groupId ?? null);
        await recordOwnAct(transaction, now, 'invitation-send', account, origin);
      }),

    requestPasswordReset: (address, origin) =>
      request(origin, async (transaction, now) => {
        const login = normalizeLogin(address) ?? '';
        const account = await findAccount(transaction, login, addressKeyOf(login));
        if (account?.state !== 'active' || account.kind !== 'person') return;
        if (await isTooSoon(transaction, 'password-reset', account.id, now)) return;
        const { id } = await tokens.issue(transaction, 'password-reset', account.id);
        await queueMail(transaction, clock, {
          accountId: account.id,
          template: 'password-reset',
          props: { tokenId: id },
        });
      }),
  };
}

/** Apart from wrong passwords: asking for links never holds up a sign-in. @throws throttled */
async function countRequest(transaction: Transaction, key: string, now: number): Promise<void> {
  const [former] = await findThrottles(transaction, [key]);
  const isSameHour = former !== undefined && now - former.first_failure_at < HOUR_MS;
  const startedAt = isSameHour ? former.first_failure_at : now;
  const requests = (isSameHour ? former.failures : 0) + 1;
  if (requests > REQUESTS_PER_HOUR)
    throw new StorageError('throttled', 'Too many links were asked for. Try again later.', {
      reason: 'links-throttled',
      retryAfterSeconds: Math.ceil((startedAt + HOUR_MS - now) / 1000),
    });
  await putThrottles(transaction, [
    { key, failures: requests, first_failure_at: startedAt, blocked_until: null, updated_at: now },
  ]);
}
