import type { Knex } from 'knex';
import type { Transaction } from './database.js';
import { changesOf, marks, rowsOf, type Value } from './statements.js';

/** SQLite allows 500 rows in a compound statement and 32,766 bound values; our widest row has some twenty. */
const ROWS_PER_STATEMENT = 500;

/**
 * Inserts any number of rows, one statement per 500; without rows it asks nothing. All of them have the first one's columns, and
 * values as a statement binds them. `ending` is what follows the rows, such as ON CONFLICT.
 */
export async function insertRows(
  transaction: Transaction,
  table: string,
  rows: readonly object[],
  ending = '',
): Promise<void> {
  for (const page of pagesOf(rows)) {
    const { text, values } = insertion(table, page);
    await changesOf(transaction, `${text} ${ending}`, values);
  }
}

/** An ending for `insertRows`: a row whose key is there already gets the new values of these columns. */
export function replacing(key: string, columns: readonly string[]): string {
  const changes = columns.map((column) => `${column} = excluded.${column}`);
  return `ON CONFLICT (${key}) DO UPDATE SET ${changes.join(', ')}`;
}

/** As `insertRows`, with the columns that `returning` lists of each row, in no promised order. */
export async function insertReturning<Returned>(
  transaction: Transaction,
  table: string,
  rows: readonly object[],
  returning: string,
): Promise<readonly Returned[]> {
  const returned: Returned[] = [];
  for (const page of pagesOf(rows)) {
    const { text, values } = insertion(table, page);
    returned.push(...(await rowsOf<Returned>(transaction, `${text} RETURNING ${returning}`, values)));
  }
  return returned;
}

function insertion(table: string, rows: readonly object[]) {
  const columns = Object.keys(rows[0] ?? {});
  const places = rows.map(() => marks(columns.length)).join(', ');
  return {
    text: `INSERT INTO ${table} (${columns.join(', ')}) VALUES ${places}`,
    values: rows.flatMap((row) => columns.map((column) => boundValue(row, column))),
  };
}

function boundValue(row: object, column: string): Value {
  return Reflect.get(row, column) ?? null;
}

/** Cuts what a statement is about into pieces that one statement takes. */
export function* pagesOf<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  for (let start = 0; start < items.length; start += ROWS_PER_STATEMENT)
    yield items.slice(start, start + ROWS_PER_STATEMENT);
}

/** Rows as they were read: a line for each, in the order of the query. */
export interface RowLines {
  readonly count: number;
  /** Each line a JSON array of the columns; empty without rows. */
  readonly text: string;
}

/**
 * Reads these columns of all rows as one text: of ten thousand rows the driver takes a fifth of the time that fourteen columns
 * each would, and half of what a text for each would. JSON holds no line end of its own.
 */
export async function rowLines(
  db: Knex,
  query: Knex.QueryBuilder,
  columns: readonly string[],
): Promise<RowLines> {
  const list = columns.join(', ');
  const [line, lines] =
    db.client.config.client === 'pg'
      ? [`json_build_array(${list})::text AS line`, "string_agg(line, E'\\n') AS text"]
      : [`json_array(${list}) AS line`, 'group_concat(line, char(10)) AS text'];
  const [row] = await db
    .from(query.select(db.raw(line)).as('page'))
    .select(db.raw(lines))
    .count('* as count');
  return { count: Number(row.count), text: row.text ?? '' };
}
