import { statfs } from 'node:fs/promises';
import { createCredentialCache } from './accounts/credential-cache.js';
import { createEnrolment } from './accounts/enrolment.js';
import { createEpochWatch, type EpochWatch } from './accounts/epoch-watch.js';
import { createOwnAccount } from './accounts/own-account.js';
import { createPasswords } from './accounts/passwords.js';
import { createSessionHub } from './accounts/session-hub.js';
import { createAccess } from './accounts/sign-in.js';
import { createTokens } from './accounts/tokens.js';
import { createAdministration } from './administration/create-administration.js';
import { createDiskBlobStore } from './blobs/disk.js';
import { loadOrCreateMasterKey } from './blobs/master-key.js';
import { checkBlobs } from './check.js';
import type { Clock } from './clock.js';
import { createDeposits } from './deposits.js';
import { StorageError } from './errors.js';
import { createFolderHints } from './folder-hints.js';
import type { Foundations } from './foundations.js';
import { readHouseText } from './house-texts.js';
import { createAwaited } from './manifests/awaited.js';
import { settleAll } from './manifests/settling.js';
import { type Database, openDatabase } from './metadata/database.js';
import { readInstallation } from './metadata/installation.js';
import { type Membership, membershipsOf } from './metadata/memberships.js';
import { accountsWithParked } from './metadata/uploads.js';
import { createOutbox } from './outbox.js';
import { createParkedAccounts } from './parked-accounts.js';
import { createReadingLog } from './reading-log.js';
import { recover } from './recovery.js';
import { createReplacements } from './replacements.js';
import type { Health, Storage, StorageOptions } from './storage.js';
import { createSweeper } from './sweeper.js';
import { createWorkspace } from './workspace.js';

const LATEST_SECONDS = 15 * 60;
/** Kept free for the database and the log, so that reading, deleting and signing in go on when the disk is full. */
const DISK_RESERVE_BYTES = 256 * 1024 * 1024;
const SWEEP_INTERVAL_MS = 15_000;
/** More than any disk takes in in a second. */
const PLENTY_BYTES = 16 * 1024 ** 3;
const PLENTY_MS = 1000;

/**
 * Opens the database and the blobs and builds everything on them. The caller closes it.
 * @throws MasterKeyError when the key file cannot be used
 */
export async function createStorage(options: StorageOptions): Promise<Storage> {
  const { clock, dataDir, onError = () => {} } = options;
  const masterKey = await loadOrCreateMasterKey(options.masterKeyFile);
  const blobs = await createDiskBlobStore(dataDir);
  const database = await openDatabase(options.databaseUrl, (error) => onError('database', error));
  const memory = createMemory(database);
  const quietWindow = { quietSeconds: options.settings.quietSeconds, latestSeconds: LATEST_SECONDS };
  const foundations: Foundations = {
    database,
    blobs,
    masterKey,
    clock,
    quietWindow,
    folderHints: createFolderHints(),
    replacements: createReplacements(),
    awaited: createAwaited(),
    deposits: createDeposits({ database, clock, quietWindow }),
    readings: createReadingLog({ database }),
    memberships: memory.memberships,
    parkedAccounts: createParkedAccounts(() => accountsWithParked(database.reader)),
    houseName: memory.houseName,
    freeBytes: rememberFreeBytes(dataDir, clock),
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
  const sweeping = createTimer(SWEEP_INTERVAL_MS, () =>
    sweeper.runDueJobs().catch((error: unknown) => onError('sweeper', error)),
  );
  const { checkPassword, signedOut, ...access } = createAccess({ database, clock, passwords, cache, hub });
  const parts = { database, clock, passwords, tokens, changed: () => heed(watch, onError) };
  return {
    ...access,
    open: (session) => createWorkspace({ ...foundations, session }),
    account: (session) =>
      createOwnAccount({ ...parts, checkPassword, signedOut, signInAs: access.signInAs }, session),
    administer(session) {
      if (session.account.isAdministrator) return createAdministration(parts, session);
      throw new StorageError('forbidden', 'Only administrators may do this.', { reason: 'administrator' });
    },
    operate: () => createAdministration(parts, 'operator'),
    enrolment: createEnrolment(parts),
    outbox: createOutbox(foundations, tokenKey),
    houseName: memory.houseName,
    houseText: (name, language) => readHouseText(database.reader, name, language),
    check: (onProgress) => checkBlobs(foundations, onProgress),
    health: () => health(foundations),
    masterKey: { file: options.masterKeyFile, created: masterKey.created },
    async start() {
      const found = await recover(foundations);
      // What a crash kept from being noticed as complete; the background job tries again what fails.
      await settleAll(foundations).catch((error: unknown) => onError('manifests', error));
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

/** The act is durable already: should this look fail, the next one a second later does the same. */
async function heed(watch: EpochWatch, onError: (job: string, error: unknown) => void): Promise<void> {
  await watch.now().catch((error: unknown) => onError('epochs', error));
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

/** A brief deposit should not ask the disk each time: what was plenty a moment ago is enough now. */
function rememberFreeBytes(directory: string, clock: Clock): () => Promise<number> {
  let known = 0;
  let knownAt = 0;
  return async () => {
    const now = clock.now().getTime();
    if (known > PLENTY_BYTES && Math.abs(now - knownAt) < PLENTY_MS) return known;
    known = await freeBytes(directory);
    knownAt = now;
    return known;
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
  if (foundations.database.isInDoubt()) problems.push('The database could not commit.');
  if ((await foundations.freeBytes().catch(() => 0)) === 0) problems.push('The disk is full.');
  return { isHealthy: problems.length === 0, problems };
}
