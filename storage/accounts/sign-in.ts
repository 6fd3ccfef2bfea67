import type { Clock } from '../clock.js';
import { type AccountRecord, accountStandings, findAccount, findAccountById } from '../metadata/accounts.js';
import { findKey, markCredentialUsed } from '../metadata/credentials.js';
import type { Connection, Database } from '../metadata/database.js';
import type { Origin, Session } from '../model.js';
import type { Credential, Storage } from '../storage.js';
import { refusalByLimits } from './account-limits.js';
import { accountViewOf } from './account-views.js';
import type { CredentialCache, VerifiedAccount } from './credential-cache.js';
import { addressKeyOf, normalizeLogin } from './logins.js';
import { createPasswordCheck, type PasswordCheck, wrongCredentials } from './password-check.js';
import type { Passwords } from './passwords.js';
import type { SessionHub } from './session-hub.js';
import { createSignInLog, type SignInLog, type SignInRefusal } from './sign-in-log.js';
import { identityOf } from './ssh-keys.js';
import { createThrottle } from './throttle.js';
import { createWebSessions } from './web-sessions.js';

/** The part of Storage that lets people in; its comments there are the contract. */
export type Access = Pick<Storage, 'authenticate' | 'acceptsKey' | 'signIn' | 'signInAs' | 'signOut'>;

export interface AccessParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly passwords: Passwords;
  readonly cache: CredentialCache;
  readonly hub: SessionHub;
}

/** With the one check of passwords, which counts failures wherever one is asked for, and the line of a session's end. */
export function createAccess({
  database,
  clock,
  passwords,
  cache,
  hub,
}: AccessParts): Access & { readonly checkPassword: PasswordCheck } & Pick<SignInLog, 'signedOut'> {
  const log = createSignInLog(clock);
  const throttle = createThrottle(clock);
  const checkPassword = createPasswordCheck({ database, passwords, throttle, log });
  const webSessions = createWebSessions(database, clock);
  const underWay = new Map<string, Promise<VerifiedAccount>>();

  function sessionOf({ account, epoch }: VerifiedAccount, origin: Origin, proof: SessionProof = {}): Session {
    const signal = hub.signalFor(account.id, epoch);
    if (signal.aborted) throw wrongCredentials();
    return { account, accountEpoch: epoch, origin, signal, ...proof };
  }

  /**
   * What was read of the account may be over by the time it is verified. Its signal is registered first: a change that this
   * look does not see finds it there.
   */
  async function assertCurrent(db: Connection, { account, epoch }: VerifiedAccount): Promise<void> {
    const signal = hub.signalFor(account.id, epoch);
    const standing = (await accountStandings(db, [account.id])).get(account.id);
    if (signal.aborted || standing?.epoch !== epoch || standing.state !== 'active') throw wrongCredentials();
  }

  /** Verified before and not revoked since. */
  function remembered(key: string): VerifiedAccount | undefined {
    const verified = cache.get(key);
    return verified && !hub.signalFor(verified.account.id, verified.epoch).aborted ? verified : undefined;
  }

  /** Its limits may let an account in from one place and not from another; a full verification then says so. */
  function allowed(verified: VerifiedAccount | undefined, { address }: Origin): VerifiedAccount | undefined {
    return verified && refusalByLimits(verified.limits, { isKey: false, address }) === null
      ? verified
      : undefined;
  }

  async function verifyPassword(key: string, login: string, password: string, origin: Origin) {
    const { account, settle } = await checkPassword(login, password, origin, 'files');
    if (settle) await database.write(settle);
    const verified = verifiedAccount(account);
    await assertCurrent(database.reader, verified);
    cache.put(key, verified);
    return verified;
  }

  /** A drive opens many connections at once with the same password: they share one verification. */
  function verifyOnce(
    key: string,
    login: string,
    password: string,
    origin: Origin,
  ): Promise<VerifiedAccount> {
    const turn = `${key} ${origin.door} ${origin.address}`;
    const former = underWay.get(turn);
    if (former) return former;
    const verification = verifyPassword(key, login, password, origin).finally(() => underWay.delete(turn));
    underWay.set(turn, verification);
    return verification;
  }

  async function byPassword(login: string, password: string, origin: Origin): Promise<Session> {
    const key = cache.keyOf(addressKeyOf(normalizeLogin(login) ?? ''), password);
    const known = allowed(remembered(key), origin);
    const verified = known ?? (await verifyOnce(key, login, password, origin));
    if (log.isDue(verified.account, origin, known !== undefined))
      await database.write((transaction) => log.signedIn(transaction, verified.account, origin));
    return sessionOf(verified, origin);
  }

  async function findKeyOwner(typedLogin: string, publicKey: Buffer) {
    const login = normalizeLogin(typedLogin) ?? '';
    const identity = identityOf(publicKey);
    const account = await findAccount(database.reader, login, addressKeyOf(login));
    const key = await findKey(database.reader, account?.id ?? '', identity.fingerprint, identity.publicKey);
    return { account, key };
  }

  async function byKey(typedLogin: string, publicKey: Buffer, origin: Origin): Promise<Session> {
    const { account, key } = await findKeyOwner(typedLogin, publicKey);
    const limit = account && refusalByLimits(account, { isKey: true, address: origin.address });
    if (account?.state === 'active' && key && !limit) {
      const verified = verifiedAccount(account);
      await database.write(async (transaction) => {
        await assertCurrent(transaction, verified);
        await markCredentialUsed(transaction, key.id, clock.now().getTime());
        await log.signedIn(transaction, account, origin);
      });
      return sessionOf(verified, origin, { credentialId: key.id });
    }
    // Keys cannot be guessed and an agent offers several: refusals are recorded but no penalty follows.
    const reason = refusalOfKey(account, key !== undefined, limit ?? null);
    if (log.isRefusalDue(reason, account, origin))
      await database.write((transaction) => log.refused(transaction, account, origin, reason));
    throw wrongCredentials();
  }

  async function byWebSession(secret: string, origin: Origin): Promise<Session> {
    const resumed = await webSessions.resume(secret);
    if (!resumed) throw wrongCredentials();
    const verified = verifiedAccount(resumed.account);
    await assertCurrent(database.reader, verified);
    return sessionOf(verified, origin, { webSessionId: resumed.id });
  }

  async function beginWebSession(
    account: AccountRecord,
    origin: Origin,
    settle: Awaited<ReturnType<typeof checkPassword>>['settle'],
  ) {
    const verified = verifiedAccount(account);
    const { id, secret } = await database.write(async (transaction) => {
      await assertCurrent(transaction, verified);
      await settle?.(transaction);
      await log.signedIn(transaction, account, origin);
      return webSessions.begin(transaction, account, origin);
    });
    return { session: sessionOf(verified, origin, { webSessionId: id }), secret };
  }

  return {
    checkPassword,
    signedOut: log.signedOut,
    authenticate(credential: Credential, origin: Origin): Promise<Session> {
      switch (credential.kind) {
        case 'password':
          return byPassword(credential.login, credential.password, origin);
        case 'ssh-key':
          return byKey(credential.login, credential.publicKey, origin);
        case 'web-session':
          return byWebSession(credential.secret, origin);
      }
    },
    async acceptsKey(login, publicKey) {
      const { account, key } = await findKeyOwner(login, publicKey);
      return account?.state === 'active' && key !== undefined;
    },
    async signIn(login, password, origin) {
      const { account, settle } = await checkPassword(login, password, origin, 'pages');
      return beginWebSession(account, origin, settle);
    },
    async signInAs(accountId, origin) {
      const account = await findAccountById(database.reader, accountId);
      if (account?.state !== 'active' || account.kind !== 'person') throw wrongCredentials();
      return beginWebSession(account, origin, null);
    },
    async signOut({ account, origin, webSessionId }) {
      if (webSessionId === undefined) return;
      await database.write(async (transaction) => {
        if (await webSessions.end(transaction, webSessionId))
          await log.signedOut(transaction, account, origin);
      });
    },
  };
}

function refusalOfKey(
  account: AccountRecord | undefined,
  hasKey: boolean,
  limit: SignInRefusal | null,
): SignInRefusal {
  if (!account) return 'unknown-account';
  if (!hasKey) return 'unknown-key';
  return account.state === 'active' && limit ? limit : 'not-active';
}

type SessionProof = Pick<Session, 'webSessionId' | 'credentialId'>;

function verifiedAccount(record: AccountRecord): VerifiedAccount {
  const { epoch, keysOnly, networks } = record;
  return { account: accountViewOf(record), epoch, limits: { keysOnly, networks } };
}
