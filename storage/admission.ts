import { StorageError } from './errors.js';
import type { Visit } from './foundations.js';
import { pickedUpVersions } from './metadata/coverage.js';
import type { Connection } from './metadata/database.js';
import type { BindingLock } from './metadata/deposit-facts.js';
import type { EntryRecord, Step } from './metadata/entries.js';
import { locksOnEntries } from './metadata/locks.js';
import type { Membership } from './metadata/memberships.js';
import { type StandingNow, standingNow } from './metadata/standing.js';
import type { Conditions } from './model.js';
import { formatPath, type VirtualPath } from './paths.js';
import type { FreePlace } from './places.js';
import { type Act, isVisible, refusalOf } from './policy.js';

/** @throws unauthenticated once the session was revoked */
export function assertLive(visit: Visit): void {
  if (visit.session.signal.aborted) throw signedOut();
}

/**
 * The membership as the database has it now; caches have no say in a transaction.
 * @throws unauthenticated when the account was suspended or its credentials changed, not-found when it left the group
 */
export async function confirmMembership(
  db: Connection,
  visit: Visit,
  membership: Membership,
): Promise<Membership> {
  return confirmedBy(await standingNow(db, visit.session.account.id, membership.groupId), visit, membership);
}

/** The same for a standing that was looked up in this transaction. */
export function confirmedBy(now: StandingNow | undefined, visit: Visit, membership: Membership): Membership {
  if (now?.state !== 'active' || now.epoch !== visit.session.accountEpoch) throw signedOut();
  if (now.role === null) throw new StorageError('not-found', 'There is no such file or folder.');
  const { role, manifests } = now;
  return { ...membership, role, isArchived: now.archived_at !== null, manifests: manifests ?? 'off' };
}

/** @throws forbidden with the policy's reason */
export async function assertAllowed(
  db: Connection,
  visit: Visit,
  membership: Membership,
  act: Act,
  entries: readonly EntryRecord[] = [],
): Promise<void> {
  const { role, isArchived } = membership;
  if (entries.length === 0) return refuse(refusalOf(role, act, null, isArchived), '');
  // Only what a role does not allow outright depends on whose it is and who has it: most acts ask nothing more.
  if (refusalOf(role, act, null, isArchived) === null) return;
  const versionIds = entries.flatMap((entry) => (entry.version_id === null ? [] : [entry.version_id]));
  const pickedUp = await pickedUpVersions(db, versionIds, visit.session.account.side);
  for (const entry of entries) {
    const isOwn = entry.owner_account_id === visit.session.account.id;
    const relation = { isOwn, isPickedUp: pickedUp.has(entry.version_id ?? '') };
    // A drop member is not told the names of what he does not see.
    refuse(refusalOf(role, act, relation, isArchived), isOwn || role !== 'drop' ? entry.name : '');
  }
}

/** @throws forbidden with the policy's reason */
export function refuse(refusal: ReturnType<typeof refusalOf>, subject: string): void {
  if (refusal) throw new StorageError('forbidden', refusal.message, { reason: refusal.reason, subject });
}

export interface LockReach {
  /** Root first, the entry itself (or the parent of a free name) last. */
  readonly steps: readonly Step[];
  /** The act adds or removes a name in the last folder but one (or, for a free name, in the last). */
  readonly changesParent: boolean;
  readonly isFree: boolean;
  /** Ids below the entry that the act takes along. */
  readonly descendants?: readonly string[];
}

/**
 * Write locks bind everyone who does not submit their token, their owner included (RFC 4918, section 7).
 * @throws locked
 */
export async function assertUnlocked(
  db: Connection,
  visit: Visit,
  reach: LockReach,
  conditions: Conditions,
): Promise<void> {
  const ids = [...reach.steps.map((step) => step.id), ...(reach.descendants ?? [])];
  assertTokens(await locksOnEntries(db, ids, visit.clock.now().getTime()), visit, reach, conditions);
}

/** The same for locks that were looked up before: all those on the entries of the reach. @throws locked */
export function assertTokens(
  locks: readonly BindingLock[],
  visit: Visit,
  reach: LockReach,
  conditions: Conditions,
): void {
  const binding = locks.filter((lock) => isBinding(lock, reach));
  const submitted = new Set(conditions.lockTokens ?? []);
  for (const entryId of new Set(binding.map((lock) => lock.entry_id))) {
    const holders = binding.filter((lock) => lock.entry_id === entryId);
    if (!holders.some((lock) => submitted.has(lock.token) && lock.account_id === visit.session.account.id))
      throw new StorageError('locked', 'The file is locked: somebody is working on it.', {
        reason: 'lock-token-submitted',
      });
  }
}

function isBinding(lock: BindingLock, reach: LockReach): boolean {
  const index = reach.steps.findIndex((step) => step.id === lock.entry_id);
  if (index === -1) return true; // a descendant that goes along
  if (lock.is_deep) return true;
  const last = reach.steps.length - 1;
  if (reach.isFree) return index === last;
  return index === last || (reach.changesParent && index === last - 1);
}

/** Names differing only in case or accents' form cannot stand in one folder: the one that is there is named, if it is seen. */
export function takenBy(visit: Visit, place: FreePlace, holder: EntryRecord): StorageError {
  const { state, private_to: privateTo, owner_account_id: ownerAccountId } = holder;
  const isSeen = isVisible(
    { state, privateTo, ownerAccountId },
    visit.session.account.id,
    place.membership.role,
  );
  return taken(place.path, isSeen ? holder.name : place.name);
}

export function taken(path: VirtualPath, name: string): StorageError {
  return new StorageError('already-exists', `There is "${name}" already.`, { subject: formatPath(path) });
}

function signedOut(): StorageError {
  return new StorageError('unauthenticated', 'This session has ended.', { reason: 'revoked' });
}
