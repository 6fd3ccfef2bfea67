import type { Knex } from 'knex';

/** What a statement binds to its question marks. */
export type Value = string | number | boolean | null;

/** Our SQLite client (sqlite.ts): runs a text without knex's builder, which costs several times what the statement does. */
interface DirectClient {
  direct<Row>(
    sql: string,
    values: readonly Value[],
    method: 'all' | 'run',
  ): Promise<{ readonly rows: readonly Row[]; readonly changes: number }>;
}

/* For what every request asks; everything else is put together by knex, and easier to read. */

/** Runs a statement given as text, with `?` for its values, and gives its rows, whichever database it is. */
export async function rowsOf<Row = Record<string, unknown>>(
  db: Knex,
  text: string,
  values: readonly Value[] = [],
): Promise<readonly Row[]> {
  if (isDirect(db.client)) return (await db.client.direct<Row>(text, values, 'all')).rows;
  return (await db.raw(text, [...values])).rows;
}

/** The same for a statement without rows. @returns how many rows it changed */
export async function changesOf(db: Knex, text: string, values: readonly Value[] = []): Promise<number> {
  if (isDirect(db.client)) return (await db.client.direct(text, values, 'run')).changes;
  return (await db.raw(text, [...values])).rowCount;
}

/** A row of question marks; for no value one that `IN` never finds, because PostgreSQL takes no empty row. */
export function marks(count: number): string {
  return count === 0 ? '(NULL)' : `(${Array(count).fill('?').join(', ')})`;
}

function isDirect(client: object): client is DirectClient {
  return 'direct' in client;
}
