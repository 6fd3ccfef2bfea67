import type { Knex } from 'knex';
import { pagesOf } from './rows.js';
import { marks, rowsOf } from './statements.js';

/** A folder on the way from a group's root to a file. */
export interface Above {
  readonly id: string;
  readonly parent_id: string | null;
  readonly name: string;
}

/** These folders and all above them. */
export async function foldersAbove(db: Knex, ids: readonly string[]): Promise<ReadonlyMap<string, Above>> {
  const found = new Map<string, Above>();
  for (const page of pagesOf([...new Set(ids)])) {
    const text = `WITH RECURSIVE above (id, parent_id, name) AS (
      SELECT id, parent_id, name FROM entries WHERE id IN ${marks(page.length)}
      UNION SELECT entry.id, entry.parent_id, entry.name FROM above CROSS JOIN entries AS entry
      WHERE entry.id = above.parent_id) SELECT id, parent_id, name FROM above`;
    for (const row of await rowsOf<Above>(db, text, [...page])) found.set(row.id, row);
  }
  return found;
}
