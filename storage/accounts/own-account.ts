import { isStorageError, StorageError } from '../errors.js';
import { findAccountById } from '../metadata/accounts.js';
import { keysOf } from '../metadata/credentials.js';
import type { Transaction } from '../metadata/database.js';
import { readInstallation } from '../metadata/installation.js';
import { deleteOtherSessions, deleteSession, type SessionRecord, sessionsOf } from '../metadata/sessions.js';
import type { Session } from '../model.js';
import type { OwnAccount, OwnSession } from '../own-account.js';
import type { Storage } from '../storage.js';
import { announcePasswordChange, endSessions, storePassword } from './account-changes.js';
import { giveKey, keySummaryOf, takeKey } from './account-keys.js';
import { type EnrolmentParts, performEnrolment, recordOwnAct } from './enrolment-acts.js';
import type { PasswordCheck } from './password-check.js';
import { assertGoodPassword } from './passwords.js';
import { sessionEnded } from './session-hub.js';
import type { SignInLog } from './sign-in-log.js';
import { parsePublicKeyLine } from './ssh-keys.js';
import { hasEnded } from './web-sessions.js';

/** More than anybody works with; a list stays one that is read. */
const MAX_KEYS = 20;

export interface OwnAccountParts extends EnrolmentParts, Pick<SignInLog, 'signedOut'> {
  readonly checkPassword: PasswordCheck;
  readonly signInAs: Storage['signInAs'];
}

export function createOwnAccount(parts: OwnAccountParts, session: Session): OwnAccount {
  const { database, clock, passwords, tokens } = parts;
  const { account, origin } = session;

  /** One transaction, with the account as it stands in it. */
  function perform<Result>(work: (transaction: Transaction, now: Date) => Promise<Result>): Promise<Result> {
    if (session.signal.aborted) throw sessionEnded();
    return performEnrolment(parts, async (transaction, now) => {
      const standing = await findAccountById(transaction, account.id);
      if (standing?.state !== 'active' || standing.epoch !== session.accountEpoch) throw sessionEnded();
      return work(transaction, now);
    });
  }

  async function assertCurrent(password: string): Promise<void> {
    try {
      const { settle } = await parts.checkPassword(account.login, password, origin, 'pages');
      if (settle) await database.write(settle);
    } catch (error) {
      if (!isStorageError(error, 'unauthenticated')) throw error;
      throw new StorageError('invalid-input', 'This is not the current password.', {
        reason: 'password-current',
      });
    }
  }

  return {
    async sessions() {
      const now = clock.now().getTime();
      const rows = await sessionsOf(database.reader, account.id);
      return rows.filter((row) => !hasEnded(row, now)).map((row) => sessionOf(row, session));
    },

    endSession: (id) =>
      perform(async (transaction) => {
        const own = await sessionsOf(transaction, account.id);
        if (!own.some((row) => row.id === id))
          throw new StorageError('not-found', 'That session has ended already.');
        await deleteSession(transaction, id);
        await parts.signedOut(transaction, account, origin);
      }),

    endOtherSessions: () =>
      perform(async (transaction) => {
        const ended = await deleteOtherSessions(transaction, account.id, session.webSessionId ?? '');
        if (ended > 0) await parts.signedOut(transaction, account, origin);
      }),

    async changePassword(current, password) {
      await assertCurrent(current);
      const { houseName } = await readInstallation(database.reader);
      assertGoodPassword(password, { address: account.login, organisation: houseName });
      const secretHash = await passwords.hash(password);
      await perform(async (transaction, now) => {
        await storePassword(transaction, now, account.id, secretHash);
        await endSessions(transaction, account.id);
        await tokens.revoke(transaction, 'password-reset', account.id);
        await recordOwnAct(transaction, now, 'account-password', account, origin);
        await announcePasswordChange(transaction, clock, account.id);
      });
      return parts.signInAs(account.id, origin);
    },

    keys: async () => (await keysOf(database.reader, account.id)).map(keySummaryOf),

    async addKey(publicKeyLine) {
      const key = parsePublicKeyLine(publicKeyLine);
      const { fingerprint } = key;
      await perform(async (transaction, now) => {
        await giveKey(transaction, now, account.id, key);
        if ((await keysOf(transaction, account.id)).length > MAX_KEYS)
          throw new StorageError('too-large', 'An account has at most 20 keys.', { reason: 'key-count' });
        await recordOwnAct(transaction, now, 'account-key-add', account, origin, fingerprint);
      });
      return { fingerprint };
    },

    async removeKey(fingerprint) {
      await perform(async (transaction, now) => {
        await takeKey(transaction, account.id, fingerprint);
        await recordOwnAct(transaction, now, 'account-key-remove', account, origin, fingerprint);
      });
      return parts.signInAs(account.id, origin);
    },
  };
}

function sessionOf(row: SessionRecord, asking: Session): OwnSession {
  return {
    id: row.id,
    startedAt: new Date(row.created_at),
    lastSeenAt: new Date(row.last_seen_at),
    address: row.address,
    userAgent: row.user_agent,
    isThis: row.id === asking.webSessionId,
  };
}
