import { assertLive } from './admission.js';
import type { Visit } from './foundations.js';
import { type LockRecord, locksOnEntries } from './metadata/locks.js';
import type { Membership } from './metadata/memberships.js';
import type { Lock } from './model.js';
import type { VirtualPath } from './paths.js';
import { findPlace, type Place } from './places.js';

/** Locks that cover a path, those of folders above included. */
export async function locksOn(visit: Visit, path: VirtualPath): Promise<Lock[]> {
  assertLive(visit);
  if (path.segments.length === 0) return [];
  const place = await findPlace(visit.database.reader, visit, path);
  const covering = await coveringLocks(visit.database.reader, visit, place);
  return covering.map(({ record, root }) => toLock(record, root, { visit, membership: place.membership }));
}

export interface LockViewer {
  readonly visit: Visit;
  readonly membership: Membership;
}

/** Office writes `DOMAIN\\user` into the owner element: partners read it only where the group shows house people. */
export function toLock(record: LockRecord, root: VirtualPath, { visit, membership }: LockViewer): Lock {
  const { account } = visit.session;
  const showsOwner =
    record.account_id === account.id || account.side === 'house' || membership.showsHousePeople;
  return {
    token: record.token,
    scope: record.scope,
    isDeep: Boolean(record.is_deep),
    root,
    accountId: record.account_id,
    ownerXml: showsOwner ? record.owner_xml : '',
    timeoutSeconds: record.timeout_seconds,
    expiresAt: new Date(record.expires_at),
  };
}

export interface CoveringLock {
  readonly record: LockRecord;
  readonly root: VirtualPath;
}

/** Locks on the entry itself and deep ones on the folders above it. */
export async function coveringLocks(
  db: Visit['database']['reader'],
  visit: Visit,
  place: Place,
): Promise<CoveringLock[]> {
  const ids = place.steps.map((step) => step.id);
  return coveringAmong(await locksOnEntries(db, ids, visit.clock.now().getTime()), place);
}

/** Those of these locks that cover a place. */
export function coveringAmong(records: readonly LockRecord[], place: Place): CoveringLock[] {
  const ids = place.steps.map((step) => step.id);
  return records
    .filter((record) => ids.includes(record.entry_id))
    .filter((record) => Boolean(record.is_deep) || record.entry_id === place.entry?.id)
    .map((record) => ({
      record,
      root: { segments: place.path.segments.slice(0, ids.indexOf(record.entry_id) + 1) },
    }));
}
