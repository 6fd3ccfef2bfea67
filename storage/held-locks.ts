import { assertLive, confirmMembership } from './admission.js';
import { type CoveringLock, coveringLocks, toLock } from './covering-locks.js';
import { StorageError } from './errors.js';
import type { Visit } from './foundations.js';
import type { Connection } from './metadata/database.js';
import { endLock, extendLock, lapsedLocks } from './metadata/locks.js';
import type { Lock } from './model.js';
import type { VirtualPath } from './paths.js';
import { assertExists, findPlace, type Place } from './places.js';

const MAX_TIMEOUT_SECONDS = 3600;
/** A document left open over lunch, or on a computer that slept, can still be saved. */
export const LAPSED_MS = 12 * 3_600_000;

/** Gives the lock that one of the tokens names a new time, a lapsed one too. */
export async function refreshLock(
  visit: Visit,
  path: VirtualPath,
  tokens: readonly string[],
  timeoutSeconds: number,
): Promise<Lock> {
  assertLive(visit);
  return visit.database.write(async (transaction) => {
    const place = assertExists(await findPlace(transaction, visit, path));
    await confirmMembership(transaction, visit, place.membership);
    const usable = await usableLocks(transaction, visit, place);
    const held = usable.find(
      ({ record }) => tokens.includes(record.token) && record.account_id === visit.session.account.id,
    );
    if (!held) throw noSuchLock();
    const timeout_seconds = grantedSeconds(timeoutSeconds);
    const expires_at = visit.clock.now().getTime() + timeout_seconds * 1000;
    await extendLock(transaction, held.record.token, { timeout_seconds, expires_at });
    const renewed = { ...held.record, timeout_seconds, expires_at };
    return toLock(renewed, held.root, { visit, membership: place.membership });
  });
}

/** Frees a lock: one's own, or as the group's manager anyone's. */
export async function unlock(visit: Visit, path: VirtualPath, token: string): Promise<void> {
  assertLive(visit);
  await visit.database.write(async (transaction) => {
    const place = assertExists(await findPlace(transaction, visit, path));
    const membership = await confirmMembership(transaction, visit, place.membership);
    const covering = await coveringLocks(transaction, visit, place);
    const held = covering.find(({ record }) => record.token === token);
    if (!held) throw noSuchLock();
    if (held.record.account_id !== visit.session.account.id && membership.role !== 'manager')
      throw new StorageError('forbidden', 'This lock is held by somebody else.', { reason: 'lock-owner' });
    await endLock(transaction, token, visit.clock.now().getTime());
  });
}

/**
 * What a client may name as its lock at a path: those that cover it, and one's own lapsed ones as long as nobody else locked
 * or changed the file since. To keep a lock does not oblige anybody to be in time (RFC 4918, section 6.6, lets a server decide).
 */
export async function usableLocksOn(visit: Visit, path: VirtualPath): Promise<Lock[]> {
  assertLive(visit);
  if (path.segments.length === 0) return [];
  const { reader } = visit.database;
  const place = await findPlace(reader, visit, path);
  const usable = await usableLocks(reader, visit, place);
  return usable.map(({ record, root }) => toLock(record, root, { visit, membership: place.membership }));
}

async function usableLocks(db: Connection, visit: Visit, place: Place): Promise<readonly CoveringLock[]> {
  const covering = await coveringLocks(db, visit, place);
  const { entry } = place;
  const { id } = visit.session.account;
  if (!entry || covering.length > 0) return covering;
  const now = visit.clock.now().getTime();
  const lapsed = await lapsedLocks(db, entry.id, id, { after: now - LAPSED_MS, until: now });
  return lapsed
    .filter(({ created_at }) => entry.depositor_account_id === id || (entry.deposited_at ?? 0) <= created_at)
    .map((record) => ({ record, root: place.path }));
}

/** Asked for, and at most an hour. */
export function grantedSeconds(askedSeconds: number): number {
  return Math.min(Math.max(1, askedSeconds), MAX_TIMEOUT_SECONDS);
}

function noSuchLock(): StorageError {
  return new StorageError('precondition-failed', 'No such lock is held here.', { reason: 'lock-token' });
}
