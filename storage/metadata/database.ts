import { createRequire } from 'node:module';
import knexFactory, { type Knex } from 'knex';
import { crashPoint } from '../crash-points.js';
import * as foundation from './migrations/0001-foundation.js';

const require = createRequire(import.meta.url);

export type Transaction = Knex.Transaction;
/** What queries run on: the reader, or a transaction where the answer must hold. */
export type Connection = Knex;

/**
 * Two handles on one database. SQLite has one writing connection; what is read outside a transaction goes through a pool of
 * its own, so that a query never waits behind the transaction that waits for it.
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
  /** Folds the write-ahead log into the file and empties it, so that what was overwritten is gone from both. */
  checkpoint(): Promise<void>;
  close(): Promise<void>;
}

/** The migrations, in order and for ever: a new one is appended, an old one never edited. */
const MIGRATIONS: Record<string, { up(knex: Knex): Promise<void> }> = { '0001-foundation': foundation };

/** Opens `sqlite:PATH` or `postgres://…` and brings the schema up to date. The caller closes it. */
export async function openDatabase(url: string): Promise<Database> {
  const database = url.startsWith('sqlite:') ? openSqlite(url.slice('sqlite:'.length)) : openPostgres(url);
  try {
    await migrate(database.writer);
    crashPoint('migrations-committed');
  } catch (error) {
    await database.close();
    throw error;
  }
  return {
    reader: database.reader,
    write: (work) => database.writer.transaction(work, DURABLE),
    writeRelaxed: (work) => database.writer.transaction(work, RELAXED),
    checkpoint: database.checkpoint,
    close: database.close,
  };
}

interface Handles {
  checkpoint(): Promise<void>;
  readonly writer: Knex;
  readonly reader: Knex;
  close(): Promise<void>;
}

function openSqlite(filename: string): Handles {
  const writer = knexFactory(sqliteConfig(filename, { min: 1, max: 1 }));
  const reader = knexFactory(sqliteConfig(filename, { min: 0, max: 4 }));
  return {
    writer,
    reader,
    async checkpoint() {
      await writer.raw('PRAGMA wal_checkpoint(TRUNCATE)');
    },
    async close() {
      await reader.destroy();
      await writer.destroy();
    },
  };
}

function sqliteConfig(filename: string, pool: { min: number; max: number }): Knex.Config {
  return {
    client: sqliteClient(),
    connection: { filename },
    useNullAsDefault: true,
    pool: { ...pool, afterCreate: applyPragmas },
  };
}

type TransactionSettings = Knex.TransactionConfig & { readonly isDurable?: boolean };

const DURABLE: TransactionSettings = { isDurable: true };
const RELAXED: TransactionSettings = { isDurable: false };

interface KnexTransaction {
  query(connection: SyncedConnection, sql: string): Promise<unknown>;
}

/** Remembers what its commits sync: a deposit's with FULL, the write-ahead log at every commit. */
interface SyncedConnection {
  syncLevel?: 'NORMAL' | 'FULL';
}

type Constructor<Instance> = new (...settings: readonly unknown[]) => Instance;

/**
 * SQLite's plain BEGIN takes the write lock at the first writing statement; if another process wrote in between, that
 * statement fails at once whatever the busy timeout. BEGIN IMMEDIATE waits its turn at the start instead.
 */
function sqliteClient(): typeof Knex.Client {
  const Sqlite: Constructor<object> = require('knex/lib/dialects/sqlite3/index.js');
  const SqliteTransaction: Constructor<KnexTransaction> =
    require('knex/lib/dialects/sqlite3/execution/sqlite-transaction.js');
  class ImmediateTransaction extends SqliteTransaction {
    readonly #isDurable: boolean;

    constructor(client: unknown, container: unknown, settings: TransactionSettings, outer: unknown) {
      super(client, container, settings, outer);
      this.#isDurable = settings.isDurable !== false;
    }

    async begin(connection: SyncedConnection) {
      const level = this.#isDurable ? 'FULL' : 'NORMAL';
      // Heeded from the next transaction on, and only outside of one.
      if (connection.syncLevel !== level) await this.query(connection, `PRAGMA synchronous = ${level};`);
      connection.syncLevel = level;
      return this.query(connection, 'BEGIN IMMEDIATE;');
    }
  }
  return class ImmediateSqlite extends Sqlite {
    transaction(container: unknown, settings: TransactionSettings, outer: unknown) {
      return new ImmediateTransaction(this, container, settings, outer);
    }
  } as unknown as typeof Knex.Client;
}

const PRAGMAS = [
  'busy_timeout = 10000',
  'journal_mode = WAL',
  // An acknowledged deposit survives a power cut: every commit is synced.
  'synchronous = FULL',
  'foreign_keys = ON',
  'trusted_schema = OFF',
  // Freed pages are overwritten: a destroyed key is gone from the file.
  'secure_delete = ON',
  'temp_store = MEMORY',
];

interface RawSqlite {
  exec(sql: string, done: (error: Error | null) => void): void;
}

function applyPragmas(
  connection: RawSqlite,
  done: (error: Error | null, connection: RawSqlite) => void,
): void {
  connection.exec(PRAGMAS.map((pragma) => `PRAGMA ${pragma};`).join(' '), (error) => done(error, connection));
}

function openPostgres(url: string): Handles {
  const { types } = require('pg');
  const int8 = 20;
  // Byte counts and milliseconds stay below 2^53: plain numbers, as SQLite gives them.
  types.setTypeParser(int8, Number);
  const handle = knexFactory({ client: 'pg', connection: url, pool: { min: 0, max: 10 } });
  return { writer: handle, reader: handle, checkpoint: async () => {}, close: () => handle.destroy() };
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
