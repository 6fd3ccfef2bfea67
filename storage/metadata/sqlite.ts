import { createRequire } from 'node:module';
import type { Knex } from 'knex';
import {
  createPreparedStatements,
  isPreparable,
  type PreparedStatements,
  type SqliteConnection,
  type SqliteQuery,
} from './prepared-statements.js';

const require = createRequire(import.meta.url);

/** `isDurable` false: committed without a sync of its own. */
export type TransactionSettings = Knex.TransactionConfig & { readonly isDurable: boolean };

interface KnexTransaction {
  query(connection: SyncedConnection, sql: string, status?: number, value?: unknown): Promise<unknown>;
  commit(connection: SyncedConnection, value: unknown): Promise<unknown>;
}

/** Remembers what its commits sync: a deposit's with FULL, the write-ahead log at every commit. */
interface SyncedConnection {
  syncLevel?: 'NORMAL' | 'FULL';
}

interface KnexClient {
  _query(connection: SqliteConnection, query: SqliteQuery & KnexQuery): Promise<unknown>;
  destroyRawConnection(connection: SqliteConnection): Promise<unknown>;
}

interface KnexQuery {
  readonly method?: string;
  readonly returning?: unknown;
}

type Constructor<Instance> = new (...settings: readonly unknown[]) => Instance;

/** Settings of a handle on an SQLite file. */
export function sqliteConfig(filename: string, pool: { min: number; max: number }): Knex.Config {
  return {
    client: sqliteClient(),
    connection: { filename },
    useNullAsDefault: true,
    pool: { ...pool, afterCreate: applyPragmas },
  };
}

/**
 * SQLite's plain BEGIN takes the write lock at the first writing statement; if another process wrote in between, that
 * statement fails at once whatever the busy timeout. BEGIN IMMEDIATE waits its turn at the start instead.
 */
function sqliteClient(): typeof Knex.Client {
  const Sqlite: Constructor<KnexClient> = require('knex/lib/dialects/sqlite3/index.js');
  const SqliteTransaction: Constructor<KnexTransaction> =
    require('knex/lib/dialects/sqlite3/execution/sqlite-transaction.js');
  class ImmediateTransaction extends SqliteTransaction {
    readonly #isDurable: boolean;

    constructor(client: unknown, container: unknown, settings: Partial<TransactionSettings>, outer: unknown) {
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
  // Not a private field: knex makes the client of a transaction from the prototype alone.
  const statements = new WeakMap<SqliteConnection, PreparedStatements>();
  return class ImmediateSqlite extends Sqlite {
    override _query(connection: SqliteConnection, query: SqliteQuery & KnexQuery) {
      if (!isPreparable(query.sql)) return super._query(connection, query);
      const prepared = statements.get(connection) ?? createPreparedStatements(connection);
      statements.set(connection, prepared);
      return prepared.query(query, givesRows(query) ? 'all' : 'run');
    }

    override destroyRawConnection(connection: SqliteConnection) {
      statements.get(connection)?.finalize();
      return super.destroyRawConnection(connection);
    }

    transaction(container: unknown, settings: TransactionSettings, outer: unknown) {
      return new ImmediateTransaction(this, container, settings, outer);
    }
  } as unknown as typeof Knex.Client;
}

/** As knex's own driver has it. */
function givesRows({ method, returning }: KnexQuery): boolean {
  if (method === 'insert' || method === 'update') return Boolean(returning);
  return method !== 'counter' && method !== 'del';
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
