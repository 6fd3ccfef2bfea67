import { assertConditions } from './conditions.js';
import { StorageError } from './errors.js';
import type { Visit } from './foundations.js';
import { pickedUpVersions } from './metadata/coverage.js';
import type { Connection } from './metadata/database.js';
import type { EntryRecord, Step } from './metadata/entries.js';
import { findNameHolder } from './metadata/entries.js';
import { type LockRecord, locksOnEntries } from './metadata/locks.js';
import type { Membership } from './metadata/memberships.js';
import { standingNow } from './metadata/standing.js';
import type { Conditions } from './model.js';
import { assertCreatableName, isPrivateName } from './names.js';
import { formatPath, type VirtualPath } from './paths.js';
import { etagOf, type FreePlace, findPlace, parentFor } from './places.js';
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
  const now = await standingNow(db, visit.session.account.id, membership.groupId);
  if (now?.state !== 'active' || now.epoch !== visit.session.accountEpoch) throw signedOut();
  if (now.role === null) throw new StorageError('not-found', 'There is no such file or folder.');
  return { ...membership, role: now.role, isArchived: now.archived_at !== null };
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

function refuse(refusal: ReturnType<typeof refusalOf>, subject: string): void {
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
  const locks = await locksOnEntries(db, ids, visit.clock.now().getTime());
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

function isBinding(lock: LockRecord, reach: LockReach): boolean {
  const index = reach.steps.findIndex((step) => step.id === lock.entry_id);
  if (index === -1) return true; // a descendant that goes along
  if (lock.is_deep) return true;
  const last = reach.steps.length - 1;
  if (reach.isFree) return index === last;
  return index === last || (reach.changesParent && index === last - 1);
}

export interface DepositConditions extends Conditions {
  /** `create`: an existing name is `already-exists`. `replace`: an absent one is `not-found`. */
  readonly mode: 'create' | 'replace' | 'create-or-replace';
}

/** Whether this account may deposit under this name now, and what holds the name. */
export async function admitDeposit(
  db: Connection,
  visit: Visit,
  path: VirtualPath,
  options: DepositConditions,
): Promise<{ place: FreePlace; holder: EntryRecord | undefined }> {
  const found = parentFor(await findPlace(db, visit, path));
  const membership = await confirmMembership(db, visit, found.membership);
  const place = { ...found, membership };
  const privateTo = isPrivateName(place.name) ? visit.session.account.id : '';
  const holder = place.entry ?? (await findNameHolder(db, place.parent.id, place.name, privateTo));
  if (holder && holder.name !== place.name) throw takenBy(visit, place, holder);
  if (holder?.kind === 'directory')
    throw new StorageError('is-a-directory', 'There is a folder under this name.', {
      subject: formatPath(path),
    });
  if (!holder) assertCreatableName(place.name);
  // Somebody else's placeholder is not content yet: under no lock, the first who brings bytes has the name.
  const isContent = holder !== undefined && holder.state !== 'reserved';
  if (isContent && !place.entry) throw takenBy(visit, place, holder);
  await assertAllowed(db, visit, membership, isContent ? 'replace' : 'deposit', isContent ? [holder] : []);
  const steps = holder && !place.entry ? [...place.steps, holder] : place.steps;
  await assertUnlocked(
    db,
    visit,
    { steps, changesParent: holder === undefined, isFree: holder === undefined },
    options,
  );
  assertMode(options, place.entry, path);
  assertConditions(options, place.entry && etagOf(place.entry));
  return { place, holder };
}

function assertMode(options: DepositConditions, current: EntryRecord | undefined, path: VirtualPath): void {
  if (options.mode === 'create' && current) throw taken(path, current.name);
  if (options.mode === 'replace' && !current)
    throw new StorageError('not-found', 'There is no such file.', { subject: formatPath(path) });
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
