import { join } from 'node:path';
import { createDiskBlobStore } from '../../storage/blobs/disk.js';
import { loadOrCreateMasterKey } from '../../storage/blobs/master-key.js';
import { createDeposits } from '../../storage/deposits.js';
import { createFolderHints } from '../../storage/folder-hints.js';
import type { Foundations } from '../../storage/foundations.js';
import { type Clock, createStorage, type Session, type Storage, systemClock } from '../../storage/index.js';
import { createAwaited } from '../../storage/manifests/awaited.js';
import { openDatabase } from '../../storage/metadata/database.js';
import { membershipsOf } from '../../storage/metadata/memberships.js';
import { accountsWithParked } from '../../storage/metadata/uploads.js';
import { createParkedAccounts } from '../../storage/parked-accounts.js';
import { createReadingLog } from '../../storage/reading-log.js';
import { createReplacements } from '../../storage/replacements.js';
import { createSweeper } from '../../storage/sweeper.js';
import { createWorkspace, type Workspace } from '../../storage/workspace.js';
import type { TestStorage } from '../support/appliance.js';

/** What a test's storage stands on, opened a second time beside it. The caller closes it before the storage. */
export interface Parts extends Foundations {
  /** Runs every background job that is due. */
  sweep(): Promise<void>;
  /** A workspace on these parts; `changes` replaces some of them. */
  open(session: Session, changes?: Partial<Foundations>): Workspace;
  /** Live and ended rows of a table. */
  rows(table: string): Promise<Record<string, unknown>[]>;
  run(sql: string, ...values: readonly (string | number | null)[]): Promise<void>;
  close(): Promise<void>;
}

export async function openParts(
  test: Pick<TestStorage, 'directory'>,
  options: { clock?: Clock; quietSeconds?: number; databaseUrl?: string } = {},
): Promise<Parts> {
  const { clock = systemClock, quietSeconds = 0 } = options;
  const database = await openDatabase(options.databaseUrl ?? `sqlite:${join(test.directory, 'peps.sqlite')}`);
  const quietWindow = { quietSeconds, latestSeconds: 900 };
  const foundations: Foundations = {
    database,
    folderHints: createFolderHints(),
    replacements: createReplacements(),
    awaited: createAwaited(),
    deposits: createDeposits({ database, clock, quietWindow }),
    readings: createReadingLog({ database }),
    blobs: await createDiskBlobStore(test.directory),
    masterKey: await loadOrCreateMasterKey(join(test.directory, 'master.key')),
    clock,
    quietWindow,
    memberships: (accountId) => membershipsOf(database.reader, accountId),
    parkedAccounts: createParkedAccounts(() => accountsWithParked(database.reader)),
    houseName: async () => 'La CAF',
    freeBytes: async () => 1024 ** 4,
  };
  const failures: unknown[] = [];
  const sweeper = createSweeper(foundations, (_, error) => failures.push(error));
  return {
    ...foundations,
    async sweep() {
      await sweeper.runDueJobs();
      const [failure] = failures.splice(0);
      if (failure !== undefined) throw failure;
    },
    open: (session, changes = {}) => createWorkspace({ ...foundations, ...changes, session }),
    rows: (table) => database.reader(table),
    async run(sql, ...values) {
      await database.write(async (transaction) => {
        await transaction.raw(sql, [...values]);
      });
    },
    close: () => database.close(),
  };
}

/** The same folder opened as the operator's commands do, beside the daemon. The caller closes it. */
export function openAsCommand(
  test: Pick<TestStorage, 'directory'>,
  clock: Clock = systemClock,
): Promise<Storage> {
  return createStorage({
    databaseUrl: `sqlite:${join(test.directory, 'peps.sqlite')}`,
    dataDir: test.directory,
    masterKeyFile: join(test.directory, 'master.key'),
    clock,
    settings: { quietSeconds: 0 },
  });
}
