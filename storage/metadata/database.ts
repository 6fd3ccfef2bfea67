import { createRequire } from 'node:module';
import knexFactory, { type Knex } from 'knex';
import { crashPoint } from '../crash-points.js';
import * as foundation from './migrations/0001-foundation.js';
import * as parkedUploads from './migrations/0002-parked-uploads.js';
import * as propertyLanguage from './migrations/0003-property-language.js';
import * as accountLimits from './migrations/0004-account-limits.js';
import * as batchManifests from './migrations/0005-batch-manifests.js';
import * as visits from './migrations/0007-visits.js';
import * as coveringOrder from './migrations/0010-covering-order.js';
import * as houseTexts from './migrations/0011-house-texts.js';
import { sqliteConfig } from './sqlite.js';
import { asTransaction, type Transaction } from './transaction.js';
import { createWriter, type Writer } from './writer.js';

const require = createRequire(import.meta.url);

export type { Transaction };
/** What queries run on: the reader, or a transaction where the answer must hold. */
export type Connection = Knex;

/**
 * Two handles on one database. SQLite has one writing connection; what is read outside a transaction goes through a pool of
 * its own, so that a query never waits behind the transaction that waits for it. Writes that wait together go out together,
 * with one sync: a refusal (StorageError) undoes its own work alone. @throws CommitError (database-errors.ts) when the commit fails
 */
export interface Database {
  readonly reader: Knex;
  /** Runs `work` in one transaction that is durable when the promise resolves; a throw rolls all of it back. */
  write<Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result>;
  /**
   * The same for what must survive the process but not a power cut: nothing is synced on its own, only with the next `write`.
   * For what is told to nobody yet, such as a transfer that begins.
   */
  writeRelaxed<Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result>;
  /** True after a failed commit, until the log was made whole again: nothing is written meanwhile. */
  isInDoubt(): boolean;
  /** Folds the write-ahead log into the file and empties it, so that what was overwritten is gone from both. */
  checkpoint(): Promise<void>;
  close(): Promise<void>;
}

/** The migrations, in order and for ever: a new one is appended, an old one never edited. */
const MIGRATIONS: Record<string, { up(knex: Knex): Promise<void> }> = {
  '0001-foundation': foundation,
  '0002-parked-uploads': parkedUploads,
  '0003-property-language': propertyLanguage,
  '0004-account-limits': accountLimits,
  '0005-batch-manifests': batchManifests,
  '0007-visits': visits,
  '0010-covering-order': coveringOrder,
  '0011-house-texts': houseTexts,
};

/**
 * Opens `sqlite:PATH` or `postgres://…` and brings the schema up to date. The caller closes it.
 * @param onFault told of every commit that fails
 */
export async function openDatabase(
  url: string,
  onFault: (error: unknown) => void = () => {},
): Promise<Database> {
  const database = url.startsWith('sqlite:')
    ? openSqlite(url.slice('sqlite:'.length), onFault)
    : openPostgres(url);
  try {
    await migrate(database.writer);
    crashPoint('migrations-committed');
  } catch (error) {
    await database.close();
    throw error;
  }
  return {
    reader: database.reader,
    write: (work) => database.run(work, { isDurable: true }),
    writeRelaxed: (work) => database.run(work, { isDurable: false }),
    isInDoubt: database.isInDoubt,
    checkpoint: database.checkpoint,
    close: database.close,
  };
}

interface Handles extends Writer {
  readonly writer: Knex;
  readonly reader: Knex;
  close(): Promise<void>;
}

function openSqlite(filename: string, onFault: (error: unknown) => void): Handles {
  const writer = knexFactory(sqliteConfig(filename, { min: 1, max: 1 }));
  const reader = knexFactory(sqliteConfig(filename, { min: 0, max: 4 }));
  return {
    writer,
    reader,
    ...createWriter(writer, onFault),
    async close() {
      await reader.destroy();
      await writer.destroy();
    },
  };
}

function openPostgres(url: string): Handles {
  const { types } = require('pg');
  const int8 = 20;
  // Byte counts and milliseconds stay below 2^53: plain numbers, as SQLite gives them.
  types.setTypeParser(int8, Number);
  const handle = knexFactory({ client: 'pg', connection: url, pool: { min: 0, max: 10 } });
  return {
    writer: handle,
    reader: handle,
    // PostgreSQL lets many transactions commit at once, and gathers their syncs itself.
    run: (work) => handle.transaction((transaction) => work(asTransaction(transaction))),
    isInDoubt: () => false,
    checkpoint: async () => {},
    close: () => handle.destroy(),
  };
}

async function migrate(knex: Knex): Promise<void> {
  await knex.migrate.latest({
    migrationSource: {
      getMigrations: async () => Object.keys(MIGRATIONS).sort(),
      getMigrationName: (name: unknown) => String(name),
      getMigration: async (name: unknown) => ({
        up: async (handle: Knex) => {
          await MIGRATIONS[String(name)]?.up(handle);
          crashPoint('migration-applied');
        },
        down: () => Promise.reject(new Error('Migrations go forward only.')),
      }),
    },
  });
}
