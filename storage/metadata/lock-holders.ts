import type { Knex } from 'knex';
import type { Side } from '../model.js';
import { rowsOf } from './statements.js';

/** A lock in force, and whose it is. */
export interface LockHolderRecord {
  readonly entry_id: string;
  readonly account_id: string;
  readonly name: string;
  readonly side: Side;
  /** Milliseconds since 1970. */
  readonly created_at: number;
}

/** Locks in force on an entry that others see and on what they see below it, the latest first; of locks there are few. */
export async function holdersIn(
  db: Knex,
  entryId: string,
  now: number,
): Promise<readonly LockHolderRecord[]> {
  return rowsOf<LockHolderRecord>(
    db,
    `SELECT lock.entry_id AS entry_id, account.id AS account_id, account.name AS name, account.side AS side,
      lock.created_at AS created_at
    FROM locks AS lock
    CROSS JOIN entries AS entry
    CROSS JOIN accounts AS account
    WHERE lock.expires_at > ? AND entry.id = lock.entry_id AND account.id = lock.account_id
      AND entry.state = 'published' AND entry.private_to = '' AND entry.deleted_at IS NULL
      AND (entry.id = ? OR entry.parent_id = ?)
    ORDER BY lock.created_at DESC, lock.token`,
    [now, entryId, entryId],
  );
}
