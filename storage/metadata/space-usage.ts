import type { Knex } from 'knex';
import type { Transaction } from './database.js';

export interface SpaceUsage {
  readonly quota_bytes: number | null;
  readonly used_bytes: number;
  readonly reserved_bytes: number;
}

export async function spaceUsage(db: Knex, spaceId: string): Promise<SpaceUsage | undefined> {
  return db('spaces').where('id', spaceId).first('quota_bytes', 'used_bytes', 'reserved_bytes');
}

/** Sets bytes aside for an upload unless the quota is short. @returns false when it is */
export async function reserveBytes(db: Knex | Transaction, spaceId: string, bytes: number): Promise<boolean> {
  // Replacing by as much or less is no growth: it is taken even where the quota was lowered below what is there.
  if (bytes === 0) return true;
  const changed = await db('spaces')
    .where('id', spaceId)
    .whereRaw('(quota_bytes IS NULL OR used_bytes + reserved_bytes + ? <= quota_bytes)', [bytes])
    .increment('reserved_bytes', bytes);
  return changed === 1;
}

export async function releaseBytes(db: Knex | Transaction, spaceId: string, bytes: number): Promise<void> {
  if (bytes !== 0) await db('spaces').where('id', spaceId).decrement('reserved_bytes', bytes);
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
  const query = transaction('spaces').where('id', spaceId);
  if (change.usedBytes > 0)
    query.whereRaw('(quota_bytes IS NULL OR used_bytes + reserved_bytes + ? <= quota_bytes)', [
      change.usedBytes - change.reservedBytes,
    ]);
  const changed = await query.update({
    used_bytes: transaction.raw('used_bytes + ?', [change.usedBytes]),
    reserved_bytes: transaction.raw('reserved_bytes - ?', [change.reservedBytes]),
  });
  return changed === 1;
}

/** At start no upload is under way: only what the parked ones need is set aside. */
export async function recountReservations(transaction: Transaction): Promise<void> {
  const needed = transaction.raw(
    '(SELECT coalesce(sum(uploads.reserved_bytes), 0) FROM uploads WHERE uploads.space_id = spaces.id)',
  );
  await transaction('spaces').where('reserved_bytes', '<>', needed).update({ reserved_bytes: needed });
}
