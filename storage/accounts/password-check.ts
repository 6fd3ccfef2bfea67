import { isStorageError, StorageError } from '../errors.js';
import { type AccountRecord, findAccount } from '../metadata/accounts.js';
import { findPassword, type PasswordRecord, upgradePassword } from '../metadata/credentials.js';
import type { Database, Transaction } from '../metadata/database.js';
import type { Origin } from '../model.js';
import { refusalByLimits } from './account-limits.js';
import { addressKeyOf, normalizeLogin } from './logins.js';
import type { Passwords } from './passwords.js';
import type { SignInLog, SignInRefusal } from './sign-in-log.js';
import { type Attempt, networkOf, type Throttle } from './throttle.js';

export interface PasswordCheckParts {
  readonly database: Database;
  readonly passwords: Passwords;
  readonly throttle: Throttle;
  readonly log: SignInLog;
}

export interface CheckedPassword {
  readonly account: AccountRecord;
  /** What the success leaves to write: failures forgotten, a stronger hash. Null when there is nothing. */
  readonly settle: ((transaction: Transaction) => Promise<void>) | null;
}

/**
 * Verifies a login and password, whoever asks. @throws unauthenticated after exactly one hash, the same for every cause;
 * throttled with retryAfterSeconds; unavailable when too many wait
 */
export type PasswordCheck = (
  typedLogin: string,
  password: string,
  origin: Origin,
  purpose: 'files' | 'pages',
) => Promise<CheckedPassword>;

export function createPasswordCheck({
  database,
  passwords,
  throttle,
  log,
}: PasswordCheckParts): PasswordCheck {
  const inTurn = createTurns();

  async function refuse(
    attempt: Attempt,
    account: AccountRecord | undefined,
    origin: Origin,
    reason: SignInRefusal,
  ): Promise<never> {
    await database.write(async (transaction) => {
      await throttle.fail(transaction, attempt);
      if (account || log.isRefusalDue(reason, undefined, origin))
        await log.refused(transaction, account, origin, reason);
    });
    throw wrongCredentials();
  }

  async function assertNotThrottled(attempt: Attempt, login: string, origin: Origin) {
    try {
      return await throttle.check(database.reader, attempt);
    } catch (error) {
      if (isStorageError(error, 'throttled') && log.isRefusalDue('throttled', undefined, origin)) {
        const account = await findAccount(database.reader, login, attempt.login);
        await database.write((transaction) => log.refused(transaction, account, origin, 'throttled'));
      }
      throw error;
    }
  }

  async function settlement(
    attempt: Attempt,
    hasFailures: boolean,
    outdated: PasswordRecord | null,
    password: string,
  ) {
    if (!hasFailures && !outdated) return null;
    const stronger = outdated && (await passwords.hash(password));
    return async (transaction: Transaction) => {
      if (hasFailures) await throttle.clear(transaction, attempt);
      if (outdated && stronger) await upgradePassword(transaction, outdated, stronger);
    };
  }

  return (typedLogin, password, origin, purpose) => {
    const login = normalizeLogin(typedLogin) ?? '';
    const attempt = { login: addressKeyOf(login), address: origin.address };
    // Guesses from one place go one after the other, whatever the logins: none slips in before the former one was counted.
    return inTurn(networkOf(origin.address), async () => {
      const { hasFailures } = await assertNotThrottled(attempt, login, origin);
      const account = await findAccount(database.reader, login, attempt.login);
      const stored = await findPassword(database.reader, account?.id ?? '');
      const { isValid, isOutdated } = await passwords.verify(stored?.secretHash ?? null, password);
      const reason = refusalOf(account, isValid, purpose, origin);
      if (!account || !stored || reason) return refuse(attempt, account, origin, reason ?? 'unknown-account');
      return {
        account,
        settle: await settlement(attempt, hasFailures, isOutdated ? stored : null, password),
      };
    });
  };
}

function refusalOf(
  account: AccountRecord | undefined,
  isValid: boolean,
  purpose: 'files' | 'pages',
  { address }: Origin,
): SignInRefusal | null {
  if (!account) return 'unknown-account';
  if (account.state !== 'active') return 'not-active';
  if (!isValid) return 'wrong-password';
  if (purpose === 'pages' && account.kind === 'service') return 'no-pages';
  return refusalByLimits(account, { isKey: false, address });
}

/** One sentence for every cause, so that nobody learns which accounts exist. */
export function wrongCredentials(): StorageError {
  return new StorageError('unauthenticated', 'The login or the password is not right.');
}

type Turns = <Result>(key: string, work: () => Promise<Result>) => Promise<Result>;

/** Runs the works of one key one after the other. */
function createTurns(): Turns {
  const last = new Map<string, Promise<unknown>>();
  return async (key, work) => {
    const turn = (last.get(key) ?? Promise.resolve()).then(work, work);
    last.set(key, turn);
    try {
      return await turn;
    } finally {
      if (last.get(key) === turn) last.delete(key);
    }
  };
}
