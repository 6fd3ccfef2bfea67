import { recordActivity } from '../activity.js';
import { isStorageError, StorageError } from '../errors.js';
import { newId } from '../ids.js';
import { findAccountById } from '../metadata/accounts.js';
import { deleteKey, findKey, insertKey, type KeyRecord, keysOf } from '../metadata/credentials.js';
import type { Transaction } from '../metadata/database.js';
import { readInstallation } from '../metadata/installation.js';
import { deleteOtherSessions, deleteSession, type SessionRecord, sessionsOf } from '../metadata/sessions.js';
import type { ActivityAction, Session } from '../model.js';
import type { OwnAccount, OwnKey, OwnSession } from '../own-account.js';
import type { Storage } from '../storage.js';
import { announcePasswordChange, endSessions, storePassword } from './account-changes.js';
import { type EnrolmentParts, performEnrolment } from './enrolment-acts.js';
import type { PasswordCheck } from './password-check.js';
import { assertGoodPassword } from './passwords.js';
import { keyTypeOf, parsePublicKeyLine } from './ssh-keys.js';
import { hasEnded } from './web-sessions.js';

/** More than anybody works with; a list stays one that is read. */
const MAX_KEYS = 20;

export interface OwnAccountParts extends EnrolmentParts {
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

  const record = (transaction: Transaction, at: Date, action: ActivityAction, target?: string) =>
    recordActivity(transaction, [lineOf(session, at, action, target)]);

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
      perform(async (transaction, now) => {
        const own = await sessionsOf(transaction, account.id);
        if (!own.some((row) => row.id === id))
          throw new StorageError('not-found', 'That session has ended already.');
        await deleteSession(transaction, id);
        await record(transaction, now, 'sign-out');
      }),

    endOtherSessions: () =>
      perform(async (transaction, now) => {
        const ended = await deleteOtherSessions(transaction, account.id, session.webSessionId ?? '');
        if (ended > 0) await record(transaction, now, 'sign-out');
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
        await record(transaction, now, 'account-password');
        await announcePasswordChange(transaction, clock, account.id);
      });
      return parts.signInAs(account.id, origin);
    },

    keys: async () => (await keysOf(database.reader, account.id)).map(keyOf),

    addKey(publicKeyLine) {
      const key = parsePublicKeyLine(publicKeyLine);
      return perform(async (transaction, now) => {
        if (await findKey(transaction, account.id, key.fingerprint, key.publicKey))
          throw new StorageError('already-exists', 'The account has this key already.', { reason: 'key' });
        if ((await keysOf(transaction, account.id)).length >= MAX_KEYS)
          throw new StorageError('too-large', 'An account has at most 20 keys.', { reason: 'key-count' });
        const row = { id: newId(now), accountId: account.id, ...key, createdAt: now.getTime() };
        await insertKey(transaction, row);
        await record(transaction, now, 'account-key-add', key.fingerprint);
        return keyOf({ ...row, lastUsedAt: null });
      });
    },

    async removeKey(fingerprint) {
      await perform(async (transaction, now) => {
        const key = (await keysOf(transaction, account.id)).find((one) => one.fingerprint === fingerprint);
        if (!key) throw new StorageError('not-found', 'The account has no key of that fingerprint.');
        await deleteKey(transaction, key.id);
        await endSessions(transaction, account.id);
        await record(transaction, now, 'account-key-remove', fingerprint);
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

function keyOf({ publicKey, fingerprint, label, createdAt, lastUsedAt }: KeyRecord): OwnKey {
  return {
    ...{ type: keyTypeOf(publicKey), fingerprint, label },
    addedAt: new Date(createdAt),
    lastUsedAt: lastUsedAt === null ? null : new Date(lastUsedAt),
  };
}

function lineOf({ account, origin }: Session, at: Date, action: ActivityAction, target: string | undefined) {
  return {
    ...{ at, action, outcome: 'ok' as const, door: origin.door, accountId: account.id },
    ...{ groupId: null, entryId: null, versionId: null, sizeBytes: null },
    personal: {
      account: account.login,
      accountName: account.name,
      address: origin.address,
      ...(action !== 'sign-out' && { subject: account.login }),
      target,
    },
  };
}

function sessionEnded(): StorageError {
  return new StorageError('unauthenticated', 'The session has ended.');
}
