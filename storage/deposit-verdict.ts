import { assertTokens, confirmedBy, refuse, taken, takenBy } from './admission.js';
import { assertConditions } from './conditions.js';
import { StorageError } from './errors.js';
import type { Visit } from './foundations.js';
import { isHeldDeposit, isWithheld } from './manifests/holding.js';
import type { LockedEntry, Standing } from './metadata/deposit-facts.js';
import type { EntryRecord, Step } from './metadata/entries.js';
import type { Membership } from './metadata/memberships.js';
import type { Conditions } from './model.js';
import { answerNames, assertCreatableName, isPrivateName, nameKey } from './names.js';
import { formatPath, lastSegment, type VirtualPath } from './paths.js';
import { etagOf, type FreePlace } from './places.js';
import { isVisible, refusalOf } from './policy.js';

export interface DepositConditions extends Conditions {
  /** `create`: an existing name is `already-exists`. `replace`: an absent one is `not-found`. */
  readonly mode: 'create' | 'replace' | 'create-or-replace';
}

/** Somebody wants to deposit under a name. */
export interface DepositClaim {
  readonly visit: Visit;
  /** Of the group the path lies in, from memory. */
  readonly membership: Membership;
  readonly path: VirtualPath;
  readonly options: DepositConditions;
}

export interface AdmittedDeposit {
  readonly place: FreePlace;
  /** What holds the name, seen or unseen; it gets the new version. */
  readonly holder: EntryRecord | undefined;
  /** What an upload goes on from: the holder, but for a held deposit what the account sees. */
  readonly content: EntryRecord | undefined;
  /** It waits for a manifest, beside what others see under the name. */
  readonly isHeld: boolean;
  /** Administrative acts so far: what was remembered under another value is out of date. */
  readonly epochValue: number;
}

/** A claim with the folders its path leads through, the group's root first; fewer than the path names where one is absent. */
export interface Located {
  readonly claim: DepositClaim;
  readonly folderIds: readonly string[];
  /** From memory: the folders may have moved since. */
  readonly isHint: boolean;
}

/** What the database says of all claims together. */
export interface Facts {
  readonly byId: ReadonlyMap<string, LockedEntry>;
  /** By `inFolder`; names private to different accounts share a key. */
  readonly byName: ReadonlyMap<string, readonly LockedEntry[]>;
  readonly standings: readonly Standing[];
}

/** A hint led elsewhere: the path must be looked up. */
export const STALE = Symbol('stale');

/** Pure: the answer to one claim, from what was looked up for all. */
export function verdictOn(located: Located, facts: Facts): AdmittedDeposit | StorageError | typeof STALE {
  try {
    return judge(located, facts);
  } catch (error) {
    if (error instanceof StorageError) return error;
    throw error;
  }
}

/** @throws StorageError */
function judge(located: Located, facts: Facts): AdmittedDeposit | typeof STALE {
  const { visit, path, options } = located.claim;
  const accountId = visit.session.account.id;
  const { membership, epochValue } = standingOf(located.claim, facts);
  const steps = followFolders(located, facts, membership);
  const parent = steps?.at(-1);
  if (located.isHint && !steps) return STALE;
  if (!steps || !parent)
    throw new StorageError('parent-missing', 'The folder this would lie in does not exist.', {
      subject: formatPath(path),
    });
  const name = lastSegment(path);
  const holders = holdersOf(facts, parent.id, name, accountId);
  const isSeen = ({ record }: LockedEntry) =>
    record.name === name && isVisible(visibilityOf(record), accountId, membership.role);
  const seen = holders.find(isSeen);
  const isHeld = isWithheld(seen?.record) || isHeldDeposit(visit, membership, name);
  if (isHeld) assertCreatableName(answerNames(name).ok);
  const place = { membership, path, steps, entry: seen?.record, parent, name };
  const others = holders.find(({ record }) => record.private_to === '');
  const own = holders.find(({ record }) => record.private_to === accountId);
  const taking = seen ?? (isPrivateName(name) ? own : others);
  // Held, it takes a place of its own beside what it is to replace: both must allow it.
  const concerned = (isHeld ? [others, own] : [taking]).filter((one) => one !== undefined);
  for (const one of concerned)
    assertTakes(visit, { ...place, entry: isSeen(one) ? one.record : undefined }, one.record);
  const [first] = concerned;
  if (!first) assertTakes(visit, place, undefined);
  const reachSteps = first ? [...steps, stepOf(first.record, first.record.name)] : steps;
  const locks = reachSteps.flatMap((step) => facts.byId.get(step.id)?.locks ?? []);
  const isFree = first === undefined;
  assertTokens(locks, visit, { steps: reachSteps, changesParent: isFree, isFree }, options);
  assertMode(options, place.entry, path);
  assertConditions(options, place.entry && etagOf(place.entry));
  const holder = (isHeld ? own : taking)?.record;
  const content = isHeld ? seen?.record : holder;
  return { place: seen ? { ...place, steps: reachSteps } : place, holder, content, isHeld, epochValue };
}

function standingOf({ visit, membership }: DepositClaim, { standings }: Facts) {
  const own = standings.filter((one) => one.accountId === visit.session.account.id);
  const inGroup = own.find((one) => one.groupId === membership.groupId);
  const [anywhere] = own;
  // Without a row in this group the account is no member of it.
  const now = inGroup ?? (anywhere && { ...anywhere, role: null });
  const standing = now && { ...now, archived_at: now.archivedAt };
  return { membership: confirmedBy(standing, visit, membership), epochValue: now?.epochValue ?? 0 };
}

/** Undefined unless every folder is live, in its place, has its name, and is one the account sees. */
function followFolders(
  { claim, folderIds }: Located,
  facts: Facts,
  membership: Membership,
): Step[] | undefined {
  const names = foldersOf(claim);
  if (folderIds.length <= names.length) return undefined;
  const accountId = claim.visit.session.account.id;
  const steps: Step[] = [];
  for (const [index, id] of folderIds.entries()) {
    const record = facts.byId.get(id)?.record;
    const above = steps.at(-1);
    if (record?.kind !== 'directory') return undefined;
    if (above) {
      if (record.parent_id !== above.id || record.name !== names[index - 1]) return undefined;
      if (!isVisible(visibilityOf(record), accountId, membership.role)) return undefined;
    }
    steps.push(stepOf(record, above ? record.name : membership.directory));
  }
  return steps;
}

/** What stands under the name or another spelling of it, as far as it concerns this account; its private one first. */
function holdersOf(facts: Facts, parentId: string, name: string, accountId: string): readonly LockedEntry[] {
  const all = facts.byName.get(inFolder(parentId, nameKey(name))) ?? [];
  return all
    .filter(({ record }) => record.private_to === '' || record.private_to === accountId)
    .sort((one, other) => (one.record.private_to < other.record.private_to ? 1 : -1));
}

function assertTakes(visit: Visit, place: FreePlace, holder: EntryRecord | undefined): void {
  if (holder && holder.name !== place.name) throw takenBy(visit, place, holder);
  if (holder?.kind === 'directory')
    throw new StorageError('is-a-directory', 'There is a folder under this name.', {
      subject: formatPath(place.path),
    });
  if (!holder) assertCreatableName(place.name);
  // Somebody else's placeholder is not content yet: under no lock, the first who brings bytes has the name.
  const isContent = holder !== undefined && holder.state !== 'reserved';
  if (isContent && !place.entry) throw takenBy(visit, place, holder);
  if (isContent) assertReplaceable(visit, place.membership, holder);
  else refuse(refusalOf(place.membership.role, 'deposit', null, place.membership.isArchived), '');
}

function assertReplaceable(visit: Visit, { role, isArchived }: Membership, holder: EntryRecord): void {
  const isOwn = holder.owner_account_id === visit.session.account.id;
  // Whether it was picked up does not matter: one's own may always be replaced.
  const refusal = refusalOf(role, 'replace', { isOwn, isPickedUp: false }, isArchived);
  // A drop member is not told the names of what he does not see.
  refuse(refusal, isOwn || role !== 'drop' ? holder.name : '');
}

function assertMode(options: DepositConditions, current: EntryRecord | undefined, path: VirtualPath): void {
  if (options.mode === 'create' && current) throw taken(path, current.name);
  if (options.mode === 'replace' && !current)
    throw new StorageError('not-found', 'There is no such file.', { subject: formatPath(path) });
}

/** Names of the folders between the group's own and the file. */
export const foldersOf = ({ path }: DepositClaim): readonly string[] => path.segments.slice(1, -1);
/** A key for a name in a folder; `key` as nameKey makes it. */
export const inFolder = (parentId: string, key: string): string => `${parentId}/${key}`;
const stepOf = ({ id, kind }: EntryRecord, name: string): Step => ({ id, name, kind });

function visibilityOf({ state, private_to, owner_account_id }: EntryRecord) {
  return { state, privateTo: private_to, ownerAccountId: owner_account_id };
}
