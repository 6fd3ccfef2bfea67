import { createRequire } from 'node:module';
import type { Knex } from 'knex';
import {
  createPreparedStatements,
  isPreparable,
  type PreparedStatements,
  type SqliteConnection,
  type SqliteQuery,
} from './prepared-statements.js';
import type { Value } from './statements.js';

const require = createRequire(import.meta.url);

interface KnexTransaction {
  query(connection: SqliteConnection, sql: string): Promise<unknown>;
}

interface KnexClient {
  _query(connection: SqliteConnection, query: SqliteQuery & KnexQuery): Promise<unknown>;
  destroyRawConnection(connection: SqliteConnection): Promise<unknown>;
  acquireConnection(): Promise<SqliteConnection>;
  releaseConnection(connection: SqliteConnection): Promise<void>;
  emit(event: 'query', query: SqliteQuery): void;
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

/** Knex's client for SQLite, with statements that are compiled once and a way past its builder (statements.ts). */
function sqliteClient(): typeof Knex.Client {
  const Sqlite: Constructor<KnexClient> = require('knex/lib/dialects/sqlite3/index.js');
  const SqliteTransaction: Constructor<KnexTransaction> =
    require('knex/lib/dialects/sqlite3/execution/sqlite-transaction.js');
  /** As the writer begins its own (writer.ts): knex uses this one to migrate. */
  class ImmediateTransaction extends SqliteTransaction {
    begin(connection: SqliteConnection) {
      return this.query(connection, 'BEGIN IMMEDIATE;');
    }
  }
  // Not a private field: knex makes the client of a transaction from the prototype alone.
  const statements = new WeakMap<SqliteConnection, PreparedStatements>();
  const statementsOf = (connection: SqliteConnection) => {
    const prepared = statements.get(connection) ?? createPreparedStatements(connection);
    statements.set(connection, prepared);
    return prepared;
  };
  return class PreparingSqlite extends Sqlite {
    override _query(connection: SqliteConnection, query: SqliteQuery & KnexQuery) {
      if (!isPreparable(query.sql)) return super._query(connection, query);
      return statementsOf(connection).query(query, givesRows(query) ? 'all' : 'run');
    }

    async direct(sql: string, bindings: readonly Value[], method: 'all' | 'run') {
      const connection = await this.acquireConnection();
      try {
        const query: SqliteQuery = { sql, bindings };
        this.emit('query', query);
        return await statementsOf(connection).run(sql, bindings, method);
      } finally {
        void this.releaseConnection(connection);
      }
    }

    override destroyRawConnection(connection: SqliteConnection) {
      statements.get(connection)?.finalize();
      return super.destroyRawConnection(connection);
    }

    transaction(container: unknown, settings: unknown, outer: unknown) {
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
