/** The part of the driver's connection that is used here. */
export interface SqliteConnection {
  prepare(sql: string, done: (error: Error | null) => void): SqliteStatement;
}

interface SqliteStatement {
  all(values: unknown, done: (this: Changes, error: Error | null, rows?: unknown) => void): void;
  run(values: unknown, done: (this: Changes, error: Error | null) => void): void;
  finalize(): void;
}

/** What the driver counts for `run`. */
interface Changes {
  readonly changes: number;
}

/** As knex hands it to its driver, and as it wants it back: with rows, and what tells of changes. */
export interface SqliteQuery {
  readonly sql: string;
  readonly bindings?: unknown;
  response?: unknown;
  context?: unknown;
}

/** Statements of one connection, compiled once: the same few texts come back with every request. */
export interface PreparedStatements {
  /** Runs one; a text that is not worth keeping, or may not be kept, is compiled for this time. `all` gives rows, `run` counts changes. */
  run(
    sql: string,
    values: unknown,
    method: 'all' | 'run',
  ): Promise<{ readonly rows: unknown; readonly changes: number }>;
  /** The same as knex wants it: fills in `response` and `context`. */
  query(query: SqliteQuery, method: 'all' | 'run'): Promise<SqliteQuery>;
  /** Gives them all up; a connection cannot be closed before. */
  finalize(): void;
}

/** Beyond this many texts the one unused for longest goes. */
const MAX_STATEMENTS = 200;

/** Longer texts insert many rows at once, and hardly the same number again. */
const MAX_CHARACTERS = 4096;

/** Whether a text is worth keeping, and may be kept: a PRAGMA acts while it is compiled, and would act once only. */
export function isPreparable(sql: string): boolean {
  return (
    sql.length <= MAX_CHARACTERS &&
    /^\s*(?:select|with|insert|update|delete|begin|commit|savepoint|release)\b/i.test(sql)
  );
}

/** One connection runs one query at a time: a statement is never asked for twice at once. */
export function createPreparedStatements(connection: SqliteConnection): PreparedStatements {
  // Insertion order is the order of use.
  const known = new Map<string, SqliteStatement>();

  function compile(sql: string): Promise<SqliteStatement> {
    return new Promise((resolve, reject) => {
      const statement = connection.prepare(sql, (error) => (error ? reject(error) : resolve(statement)));
    });
  }

  async function statementOf(sql: string): Promise<SqliteStatement> {
    const statement = known.get(sql) ?? (await compile(sql));
    known.delete(sql);
    known.set(sql, statement);
    if (known.size <= MAX_STATEMENTS) return statement;
    const [oldest] = known.entries();
    oldest?.[1].finalize();
    if (oldest) known.delete(oldest[0]);
    return statement;
  }

  /** `answered` sees what the driver tells of changes, and rows. */
  async function execute<Answer>(
    sql: string,
    values: unknown,
    method: 'all' | 'run',
    answered: (changes: Changes, rows: unknown) => Answer,
  ): Promise<Answer> {
    const isKept = isPreparable(sql);
    const statement = isKept ? await statementOf(sql) : await compile(sql);
    return new Promise((resolve, reject) => {
      statement[method](values, function (error: Error | null, rows?: unknown) {
        // Where it stopped it may still hold its locks; a COMMIT that failed would keep the transaction from being undone.
        if (error && isKept) known.delete(sql);
        if (error || !isKept) statement.finalize();
        if (error) reject(error);
        else resolve(answered(this, rows));
      });
    });
  }

  return {
    run: (sql, values, method) => execute(sql, values, method, ({ changes }, rows) => ({ rows, changes })),
    query: (query, method) =>
      execute(query.sql, query.bindings ?? [], method, (changes, rows) => {
        query.response = rows;
        // Knex reads `lastID` and `changes` from it, at once.
        query.context = changes;
        return query;
      }),
    finalize() {
      for (const statement of known.values()) statement.finalize();
      known.clear();
    },
  };
}
