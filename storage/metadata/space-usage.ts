import type { Knex } from 'knex';
import type { Transaction } from './database.js';
import { changesOf } from './statements.js';

/** The quota has room for that many bytes more. */
const TAKES_BYTES = '(quota_bytes IS NULL OR used_bytes + reserved_bytes + ? <= quota_bytes)';

export interface SpaceUsage {
  readonly quota_bytes: number | null;
  readonly used_bytes: number;
  readonly reserved_bytes: number;
}

export async function spaceUsages(db: Knex, spaceIds: readonly string[]): Promise<readonly SpaceUsage[]> {
  return db('spaces')
    .whereIn('id', [...spaceIds])
    .select('quota_bytes', 'used_bytes', 'reserved_bytes');
}

/** Sets bytes aside for an upload unless the quota is short. @returns false when it is */
export async function reserveBytes(db: Knex | Transaction, spaceId: string, bytes: number): Promise<boolean> {
  // Replacing by as much or less is no growth: it is taken even where the quota was lowered below what is there.
  if (bytes === 0) return true;
  const changed = await changesOf(
    db,
    `UPDATE spaces SET reserved_bytes = reserved_bytes + ? WHERE id = ? AND ${TAKES_BYTES}`,
    [bytes, spaceId, bytes],
  );
  return changed === 1;
}

export async function releaseBytes(db: Knex | Transaction, spaceId: string, bytes: number): Promise<void> {
  if (bytes !== 0)
    await changesOf(db, 'UPDATE spaces SET reserved_bytes = reserved_bytes - ? WHERE id = ?', [
      bytes,
      spaceId,
    ]);
}

/**
 * Turns a reservation into use, or only changes the use (`reservedBytes` 0). Growth beyond the quota is refused here, whatever was
 * decided earlier. @returns false when the quota is short
 */
export async function settleBytes(
  transaction: Transaction,
  spaceId: string,
  change: { readonly usedBytes: number; readonly reservedBytes: number },
): Promise<boolean> {
  const { usedBytes, reservedBytes } = change;
  const text =
    'UPDATE spaces SET used_bytes = used_bytes + ?, reserved_bytes = reserved_bytes - ? WHERE id = ?';
  const values = [usedBytes, reservedBytes, spaceId];
  const changed = await (usedBytes > 0
    ? changesOf(transaction, `${text} AND ${TAKES_BYTES}`, [...values, usedBytes - reservedBytes])
    : changesOf(transaction, text, values));
  return changed === 1;
}

/** Counts what the appliance itself puts there, or takes away: a quota never refuses it. */
export async function addUse(transaction: Transaction, spaceId: string, bytes: number): Promise<void> {
  await changesOf(transaction, 'UPDATE spaces SET used_bytes = used_bytes + ? WHERE id = ?', [
    bytes,
    spaceId,
  ]);
}

/** At start no upload is under way: only what the parked ones need is set aside. */
export async function recountReservations(transaction: Transaction): Promise<void> {
  const needed = transaction.raw(
    '(SELECT coalesce(sum(uploads.reserved_bytes), 0) FROM uploads WHERE uploads.space_id = spaces.id)',
  );
  await transaction('spaces').where('reserved_bytes', '<>', needed).update({ reserved_bytes: needed });
}
