import type { Knex } from 'knex';
import type { Side } from '../model.js';
import type { Transaction } from './database.js';
import { type EntryRecord, WHOLE_ENTRY, WITH_VERSION } from './entries.js';
import { pagesOf } from './rows.js';
import { changesOf, marks, rowsOf } from './statements.js';

/** The top of what one act of deletion took away. */
export interface DeletionRecord extends EntryRecord {
  /** Milliseconds since 1970; the same for all that went with it. */
  readonly deleted_at: number;
  readonly deleter_id: string | null;
  readonly deleter_name: string | null;
  readonly deleter_side: Side | null;
  /** Personal half of the act's line; null once it was erased. */
  readonly payload: string | null;
}

/** Files and folders that others saw; only these have a line of their own, which bears the moment they went. */
const DELETED = `SELECT ${WHOLE_ENTRY}, entry.deleted_at AS deleted_at, deleter.id AS deleter_id,
  deleter.name AS deleter_name, deleter.side AS deleter_side, personal.payload AS payload
  FROM entries AS entry ${WITH_VERSION}
  JOIN activity AS act ON act.entry_id = entry.id AND act.at = entry.deleted_at
    AND act.action = 'delete' AND act.outcome = 'ok'
  LEFT JOIN activity_payload AS personal ON personal.activity_id = act.id
  LEFT JOIN accounts AS deleter ON deleter.id = act.account_id
  WHERE entry.state = 'published' AND entry.private_to = ''`;

/**
 * What was deleted of a space since `since`, the newest first: of a folder that went with all it held, the folder alone.
 * `deleterId`: only what that account deleted.
 */
export async function deletionsSince(
  db: Knex,
  wanted: { readonly spaceId: string; readonly since: number; readonly deleterId?: string | undefined },
  limit: number,
): Promise<readonly DeletionRecord[]> {
  const { spaceId, since, deleterId } = wanted;
  return rowsOf<DeletionRecord>(
    db,
    // Put together, the space is no column that an index of its own could be taken for: what went lately is far less.
    `${DELETED} AND entry.deleted_at >= ? AND entry.space_id || '' = ?
      ${deleterId === undefined ? '' : 'AND act.account_id = ?'}
      AND NOT EXISTS (SELECT 1 FROM entries AS above WHERE above.id = entry.parent_id
        AND above.deleted_at = entry.deleted_at)
      ORDER BY entry.deleted_at DESC, entry.sort_key, entry.id LIMIT ?`,
    [since, spaceId, ...(deleterId === undefined ? [] : [deleterId]), limit],
  );
}

/** One of them by its id; also what went with the folder it lay in. */
export async function findDeletion(db: Knex, entryId: string): Promise<DeletionRecord | undefined> {
  const [found] = await rowsOf<DeletionRecord>(db, `${DELETED} AND entry.id = ?`, [entryId]);
  return found;
}

/** All that others saw of a space and that went at that moment, in no promised order. */
export async function deletedAt(db: Knex, spaceId: string, at: number): Promise<readonly EntryRecord[]> {
  return rowsOf<EntryRecord>(
    db,
    `SELECT ${WHOLE_ENTRY} FROM entries AS entry ${WITH_VERSION}
      WHERE entry.deleted_at = ? AND entry.space_id || '' = ? AND entry.state = 'published' AND entry.private_to = ''`,
    [at, spaceId],
  );
}

/** Entries and their versions live again. @returns how many of the versions still had their bytes, or never had any */
export async function reviveTree(
  transaction: Transaction,
  entryIds: readonly string[],
  versionIds: readonly string[],
): Promise<number> {
  for (const page of pagesOf(entryIds))
    await changesOf(
      transaction,
      `UPDATE entries SET deleted_at = NULL WHERE id IN ${marks(page.length)}`,
      page,
    );
  let revived = 0;
  for (const page of pagesOf(versionIds))
    revived += await changesOf(
      transaction,
      `UPDATE versions SET ended_at = NULL WHERE id IN ${marks(page.length)}
        AND (blob_id IS NOT NULL OR size_bytes = 0)`,
      page,
    );
  return revived;
}
