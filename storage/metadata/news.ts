import type { Knex } from 'knex';
import { type EntryRecord, WHOLE_ENTRY } from './entries.js';
import { rowsOf } from './statements.js';

/** Since when something in a group is new to somebody; milliseconds since 1970. */
export interface NewSince {
  readonly spaceId: string;
  readonly since: number;
}

/**
 * The files that others deposited in these groups since then and that the account has not downloaded whole, the newest first.
 * Led by the moments of deposits: a group of a hundred thousand files is not walked for the three that came today. SQLite takes
 * a cross join in the order it is written.
 */
export async function newFiles(
  db: Knex,
  accountId: string,
  groups: readonly NewSince[],
  limit: number,
): Promise<readonly EntryRecord[]> {
  if (groups.length === 0) return [];
  const each = groups.map(() => '(entry.space_id = ? AND version.deposited_at > ?)').join(' OR ');
  const text = `SELECT ${WHOLE_ENTRY} FROM versions AS version
    CROSS JOIN entries AS entry LEFT JOIN accounts AS depositor ON depositor.id = version.depositor_account_id
    WHERE version.deposited_at > ? AND entry.id = version.entry_id AND entry.version_id = version.id
      AND entry.deleted_at IS NULL AND entry.state = 'published' AND entry.private_to = '' AND (${each})
      AND version.depositor_account_id <> ?
      AND NOT EXISTS (SELECT 1 FROM coverage WHERE coverage.version_id = version.id AND coverage.account_id = ?
        AND coverage.completed_at IS NOT NULL)
    ORDER BY version.deposited_at DESC, version.id DESC LIMIT ?`;
  const earliest = Math.min(...groups.map(({ since }) => since));
  const bound = groups.flatMap(({ spaceId, since }) => [spaceId, since]);
  return rowsOf<EntryRecord>(db, text, [earliest, ...bound, accountId, accountId, limit]);
}
