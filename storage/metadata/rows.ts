import type { Knex } from 'knex';
import type { Transaction } from './database.js';

/** SQLite allows 500 rows in a compound statement and 32,766 bound values; our widest row has some twenty. */
const ROWS_PER_STATEMENT = 500;

/** Inserts any number of rows, one statement per 500. Without rows it asks nothing. */
export async function insertRows(
  transaction: Transaction,
  table: string,
  rows: readonly object[],
): Promise<void> {
  for (const page of pagesOf(rows)) await transaction(table).insert([...page]);
}

/** Cuts what a statement is about into pieces that one statement takes. */
export function* pagesOf<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  for (let start = 0; start < items.length; start += ROWS_PER_STATEMENT)
    yield items.slice(start, start + ROWS_PER_STATEMENT);
}

/** Runs a statement given as text, with `?` for its values, and gives its rows, whichever database it is. */
export async function rawRows(db: Knex, text: string, values: readonly Knex.Value[]) {
  const answer = await db.raw(text, [...values]);
  // PostgreSQL's driver wraps them.
  return Array.isArray(answer) ? answer : answer.rows;
}
