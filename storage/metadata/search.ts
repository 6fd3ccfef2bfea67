import type { Knex } from 'knex';
import { type EntryRecord, wholeEntry } from './entries.js';
import { type Viewer, whereVisible } from './visibility.js';

/**
 * Live entries of a space, its root left out, whose keys of order hold all these pieces, by name. What was deleted stays in the
 * table for the history and may be many times what lives: the index of what lives is walked, not the space's.
 */
export async function entriesHolding(
  db: Knex,
  spaceId: string,
  viewer: Viewer,
  pieces: readonly string[],
  limit: number,
): Promise<EntryRecord[]> {
  const query = wholeEntry(db('entries as entry'), 'entry')
    .whereNull('entry.deleted_at')
    .whereNotNull('entry.parent_id')
    // Put together, it is no column that an index of its own could be taken for.
    .whereRaw("entry.space_id || '' = ?", [spaceId])
    .andWhere(whereVisible('entry', viewer))
    .orderBy(['entry.sort_key', 'entry.id'])
    .limit(limit);
  for (const piece of pieces)
    query.whereRaw("entry.sort_key LIKE ? ESCAPE '!'", [`%${piece.replace(/[!%_]/gu, '!$&')}%`]);
  return query;
}
