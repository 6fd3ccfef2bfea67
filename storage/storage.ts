import { statfs } from 'node:fs/promises';
import { createCredentialCache } from './accounts/credential-cache.js';
import { createEnrolment } from './accounts/enrolment.js';
import { createEpochWatch } from './accounts/epoch-watch.js';
import { createPasswords } from './accounts/passwords.js';
import { createSessionHub } from './accounts/session-hub.js';
import { createAccess } from './accounts/sign-in.js';
import { createTokens } from './accounts/tokens.js';
import { createAdministration } from './administration/create-administration.js';
import type { Administration } from './administration.js';
import { createDiskBlobStore } from './blobs/disk.js';
import { loadOrCreateMasterKey } from './blobs/master-key.js';
import { checkBlobs } from './check.js';
import type { Clock } from './clock.js';
import type { Enrolment } from './enrolment.js';
import { StorageError } from './errors.js';
import type { Foundations } from './foundations.js';
import { type Database, openDatabase } from './metadata/database.js';
import { readInstallation } from './metadata/installation.js';
import { type Membership, membershipsOf } from './metadata/memberships.js';
import type { Origin, Session } from './model.js';
import type { Outbox } from './outbox.js';
import { createOutbox } from './outbox.js';
import { recover } from './recovery.js';
import { createSweeper } from './sweeper.js';
import type { Workspace } from './workspace.js';
import { createWorkspace } from './workspace.js';

export type Credential =
  | { readonly kind: 'password'; readonly login: string; readonly password: string }
  /** `publicKey` is the key blob of RFC 4253 section 6.6; the door has verified, or will verify, its signature. */
  | { readonly kind: 'ssh-key'; readonly login: string; readonly publicKey: Buffer }
  /** The secret of a session cookie. */
  | { readonly kind: 'web-session'; readonly secret: string };

/** A damage found by reading every blob back. */
export interface Fault {
  readonly blobId: string;
  readonly problem: 'missing' | 'damaged' | 'wrong-size' | 'wrong-digest' | 'orphan';
  /** A path that shows it, where there is one. */
  readonly path: string | null;
  readonly detail: string;
}

export interface Health {
  readonly isHealthy: boolean;
  readonly problems: readonly string[];
}

/** The whole of storage as the doors and the appliance see it. */
export interface Storage {
  /**
   * One verification for every door. Records a refused sign-in. @throws unauthenticated (the same for an unknown, suspended
   * or invited account and a wrong password, after the same work), throttled with retryAfterSeconds
   */
  authenticate(credential: Credential, origin: Origin): Promise<Session>;
  /** Whether that key may sign in for that login, before any signature was made (SSH's first round). Records nothing. */
  acceptsKey(login: string, publicKey: Buffer): Promise<boolean>;
  /** Signs in for the pages: a session row and the secret for its cookie. Throws as authenticate. */
  signIn(login: string, password: string, origin: Origin): Promise<{ session: Session; secret: string }>;
  /** A session without a password, right after activation, set-up or reset. */
  signInAs(accountId: string, origin: Origin): Promise<{ session: Session; secret: string }>;
  signOut(session: Session): Promise<void>;
  open(session: Session): Workspace;
  /** @throws forbidden unless the account administers */
  administer(session: Session): Administration;
  /** The operator's own commands: whoever can read the master key. */
  operate(): Administration;
  readonly enrolment: Enrolment;
  readonly outbox: Outbox;
  /** The house's name as shown on pages and in mails. */
  houseName(): Promise<string>;
  /** Reads every blob back; yields one fault per damaged one. `onProgress` counts blobs read. */
  check(onProgress?: (blobs: number) => void): AsyncIterable<Fault>;
  health(): Promise<Health>;
  /** The file the master key lies in, and whether it was made just now: the operator is to save it. */
  readonly masterKey: { readonly file: string; readonly created: boolean };
  /** Clears away what a crash left, then starts the sweeper and the watch on epochs: the daemon does, commands do not. */
  start(): Promise<{ readonly uploads: number; readonly downloads: number }>;
  close(): Promise<void>;
}

export interface StorageOptions {
  /** `sqlite:PATH` or `postgres://…`. */
  readonly databaseUrl: string;
  /** Holds `staging/` and `blobs/`. */
  readonly dataDir: string;
  readonly masterKeyFile: string;
  readonly clock: Clock;
  readonly settings: {
    /** A group's mail leaves this long after the last deposit, 15 minutes after the first at the latest. */
    readonly quietSeconds: number;
  };
  /** Told of background jobs that failed. */
  readonly onError?: (job: string, error: unknown) => void;
}

const LATEST_SECONDS = 15 * 60;
/** Kept free for the database and the log, so that reading, deleting and signing in go on when the disk is full. */
const DISK_RESERVE_BYTES = 256 * 1024 * 1024;
const SWEEP_INTERVAL_MS = 15_000;

/**
 * Opens the database and the blobs and builds everything on them. The caller closes it.
 * @throws MasterKeyError when the key file cannot be used
 */
export async function createStorage(options: StorageOptions): Promise<Storage> {
  const { clock, dataDir, onError = () => {} } = options;
  const masterKey = await loadOrCreateMasterKey(options.masterKeyFile);
  const blobs = await createDiskBlobStore(dataDir);
  const database = await openDatabase(options.databaseUrl);
  const memory = createMemory(database);
  const foundations: Foundations = {
    database,
    blobs,
    masterKey,
    clock,
    quietWindow: { quietSeconds: options.settings.quietSeconds, latestSeconds: LATEST_SECONDS },
    memberships: memory.memberships,
    houseName: memory.houseName,
    freeBytes: () => freeBytes(dataDir),
  };
  const tokenKey = masterKey.derive('mail-tokens');
  const passwords = createPasswords();
  const cache = createCredentialCache(clock);
  const hub = createSessionHub();
  const watch = createEpochWatch({
    database,
    hub,
    cache,
    onChange: memory.forget,
    onError: (error) => onError('epochs', error),
  });
  const tokens = createTokens(tokenKey, clock);
  const sweeper = createSweeper(foundations, onError);
  const sweeping = createTimer(SWEEP_INTERVAL_MS, () => sweeper.runDueJobs());
  const access = createAccess({ database, clock, passwords, cache, hub });
  const parts = { database, clock, passwords, tokens, changed: () => watch.now() };
  return {
    ...access,
    open: (session) => createWorkspace({ ...foundations, session }),
    administer(session) {
      if (session.account.isAdministrator) return createAdministration(parts, session);
      throw new StorageError('forbidden', 'Only administrators may do this.', { reason: 'administrator' });
    },
    operate: () => createAdministration(parts, 'operator'),
    enrolment: createEnrolment(parts),
    outbox: createOutbox(foundations, tokenKey),
    houseName: memory.houseName,
    check: (onProgress) => checkBlobs(foundations, onProgress),
    health: () => health(foundations),
    masterKey: { file: options.masterKeyFile, created: masterKey.created },
    async start() {
      const found = await recover(foundations);
      await watch.start();
      sweeping.start();
      return found;
    },
    async close() {
      await sweeping.stop();
      await watch.stop();
      await database.close();
    },
  };
}

/** What every request asks and only an administrative act changes: kept until one happens. */
function createMemory(database: Database) {
  const memberships = new Map<string, Promise<readonly Membership[]>>();
  let houseName: Promise<string> | undefined;
  return {
    memberships(accountId: string): Promise<readonly Membership[]> {
      const known = memberships.get(accountId);
      if (known) return known;
      const asked = membershipsOf(database.reader, accountId);
      memberships.set(accountId, asked);
      asked.catch(() => memberships.delete(accountId));
      return asked;
    },
    houseName(): Promise<string> {
      houseName ??= readInstallation(database.reader).then((installation) => installation.houseName);
      houseName.catch(() => {
        houseName = undefined;
      });
      return houseName;
    },
    forget(): void {
      memberships.clear();
      houseName = undefined;
    },
  };
}

function createTimer(intervalMs: number, work: () => Promise<void>) {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  return {
    start(): void {
      timer = setInterval(() => {
        running = running.then(work).catch(() => {});
      }, intervalMs);
      timer.unref();
    },
    async stop(): Promise<void> {
      clearInterval(timer);
      await running;
    },
  };
}

async function freeBytes(directory: string): Promise<number> {
  const disk = await statfs(directory);
  return Math.max(0, disk.bavail * disk.bsize - DISK_RESERVE_BYTES);
}

async function health(foundations: Foundations): Promise<Health> {
  const problems: string[] = [];
  await foundations.database.reader
    .raw('SELECT 1')
    .catch(() => problems.push('The database does not answer.'));
  if ((await foundations.freeBytes().catch(() => 0)) === 0) problems.push('The disk is full.');
  return { isHealthy: problems.length === 0, problems };
}
