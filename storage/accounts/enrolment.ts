import type { Enrolment, LinkView } from '../enrolment.js';
import { StorageError } from '../errors.js';
import { termsToAccept } from '../house-texts.js';
import { type AccountRecord, findAccountById } from '../metadata/accounts.js';
import type { Transaction } from '../metadata/database.js';
import { noteAcceptedTerms } from '../metadata/house-texts.js';
import { readInstallation } from '../metadata/installation.js';
import type { AccountView } from '../model.js';
import { activateAccount, announcePasswordChange, endSessions, storePassword } from './account-changes.js';
import { accountViewOf } from './account-views.js';
import { type EnrolmentParts, performEnrolment, recordOwnAct } from './enrolment-acts.js';
import { createLinkRequests } from './link-requests.js';
import { assertGoodPassword } from './passwords.js';
import { createSetUp } from './set-up.js';
import { linkGone } from './tokens.js';

export type { EnrolmentParts } from './enrolment-acts.js';

/** A link works only while its account is in this state. */
const STATE_FOR = { invitation: 'invited', 'password-reset': 'active' } as const;

type LinkPurpose = keyof typeof STATE_FOR;

export function createEnrolment(parts: EnrolmentParts): Enrolment {
  const { database, clock, passwords, tokens } = parts;

  async function look(purpose: LinkPurpose, token: string) {
    const found = await tokens.find(database.reader, purpose, token);
    if (found.state === 'unknown' || found.accountId === null) return { state: 'unknown' } as const;
    const account = await findAccountById(database.reader, found.accountId);
    const isUsable = found.state !== 'valid' || account?.state === STATE_FOR[purpose];
    return account && isUsable
      ? { state: found.state, id: found.id, account }
      : ({ state: 'unknown' } as const);
  }

  async function view(purpose: LinkPurpose, token: string): Promise<LinkView> {
    const link = await look(purpose, token);
    if (link.state === 'unknown') return link;
    const { login, name, language } = link.account;
    return { state: link.state, account: { login, name, language } };
  }

  /** The one act with a link: it is used up and the password set, or neither. */
  async function choosePassword(
    purpose: LinkPurpose,
    token: string,
    password: string,
    finish: (transaction: Transaction, now: Date, account: AccountRecord) => Promise<void>,
  ): Promise<AccountView> {
    const link = await look(purpose, token);
    if (link.state !== 'valid') throw linkGone(link.state);
    const { houseName } = await readInstallation(database.reader);
    assertGoodPassword(password, { address: link.account.login, organisation: houseName });
    const secretHash = await passwords.hash(password);
    return performEnrolment(parts, async (transaction, now) => {
      await tokens.consume(transaction, link.id);
      const account = await findAccountById(transaction, link.account.id);
      if (account?.state !== STATE_FOR[purpose]) throw linkGone('unknown');
      await storePassword(transaction, now, account.id, secretHash);
      await finish(transaction, now, account);
      return { ...accountViewOf(account), state: 'active' };
    });
  }

  return {
    ...createSetUp(parts),
    ...createLinkRequests(parts),

    invitation: (token) => view('invitation', token),
    passwordReset: (token) => view('password-reset', token),

    termsToAccept: () => termsToAccept(database.reader),

    activate: (token, password, origin, acceptedTerms) =>
      choosePassword('invitation', token, password, async (transaction, now, account) => {
        const terms = await termsToAccept(transaction);
        if (terms !== undefined && terms !== acceptedTerms)
          throw new StorageError('invalid-input', 'The terms of use must be accepted.', { reason: 'terms' });
        await activateAccount(transaction, now, account);
        if (terms !== undefined) await noteAcceptedTerms(transaction, account.id, terms, now.getTime());
        await recordOwnAct(transaction, now, 'account-activate', account, origin, terms?.toString());
      }),

    resetPassword: (token, password, origin) =>
      choosePassword('password-reset', token, password, async (transaction, now, account) => {
        await endSessions(transaction, account.id);
        await recordOwnAct(transaction, now, 'account-password', account, origin);
        await announcePasswordChange(transaction, clock, account.id);
      }),
  };
}
