import { recordActivity } from './activity.js';
import { announce } from './announcing.js';
import { crashPoint } from './crash-points.js';
import type { Visit } from './foundations.js';
import { newId } from './ids.js';
import { withdrawAnswer } from './manifests/answers.js';
import { isWithheld } from './manifests/holding.js';
import type { Transaction } from './metadata/database.js';
import { type EntryRecord, endEntries, insertEntries, reviveEntry, updateEntry } from './metadata/entries.js';
import { deleteLocksOn } from './metadata/locks.js';
import { moveProperties } from './metadata/properties.js';
import { settleBytes } from './metadata/space-usage.js';
import { adoptVersion, endVersions } from './metadata/versions.js';
import { isPrivateName } from './names.js';
import { assertReachable } from './paths.js';
import type { FreePlace } from './places.js';
import { type RemovableTree, removeTree } from './removal.js';
import { type BegunReplacement, beginReplacement, type Slot, slotOf } from './replacements.js';
import type { Target } from './targets.js';
import { entryActivity, isInHistory, withPaths } from './tree.js';
import { moveWithheld } from './withheld-moves.js';

/** A file's name that was given up for a temporary one: most likely a new file comes under it. */
export interface LeftName {
  readonly slot: Slot;
  readonly begun: BegunReplacement;
}

/**
 * Renames inside one group. A file that leaves a temporary name is a deposit, one that gets a temporary name leaves its own free.
 * @returns the name that was left, to be noted once the transaction is over
 */
export async function moveWithin(
  transaction: Transaction,
  visit: Visit,
  tree: RemovableTree,
  target: Target,
): Promise<LeftName | undefined> {
  const { entry } = tree.place;
  const isFile = entry.kind === 'file';
  const isToPrivate = isFile && isPrivateName(target.place.name);
  const isPublication = isFile && entry.private_to !== '' && !isToPrivate && entry.state === 'published';
  await deleteLocksOn(
    transaction,
    tree.entries.map(({ record }) => record.id),
  );
  if (target.isWithheld) {
    await moveWithheld(transaction, visit, tree, target);
    return undefined;
  }
  if (isPublication) {
    await publishUnderFinalName(transaction, visit, tree, target);
    return undefined;
  }
  const left = isToPrivate && isInHistory(entry) ? beginReplacement(visit, entry) : undefined;
  await rename(transaction, visit, tree, target, {
    left,
    privateTo: isToPrivate ? visit.session.account.id : '',
  });
  return left;
}

async function rename(
  transaction: Transaction,
  visit: Visit,
  tree: RemovableTree,
  target: Target,
  { left, privateTo }: { readonly left: LeftName | undefined; readonly privateTo: string },
): Promise<void> {
  const { entry } = tree.place;
  const { place, holder } = target;
  const at = visit.clock.now();
  const actId = left?.begun.actId ?? newId(at);
  const moved = withPaths(
    tree.entries.map(({ record }) => record),
    place.path,
  );
  for (const { path } of moved) assertReachable(path);
  if (holder && holder.id !== entry.id)
    await removeTree(transaction, visit, target.replaced ?? fileTree(place, holder), { reason: 'replaced' });
  if (left) await setAside(transaction, visit, entry, place);
  else {
    // What waited and gets a temporary name waits for that no more.
    if (isWithheld(entry)) await withdrawAnswer(transaction, entry, at);
    const state = isWithheld(entry) ? 'published' : entry.state;
    const change = { parentId: place.parent.id, name: place.name, privateTo, state };
    await updateEntry(transaction, entry.id, change);
  }
  crashPoint('entry-renamed');
  const rows = tree.entries.flatMap((one, index) => {
    if (!isInHistory(one.record)) return [];
    const facts = {
      action: 'move',
      at,
      actId,
      path: one.path,
      target: moved[index]?.path ?? place.path,
    } as const;
    return [entryActivity(visit, tree.place, one, facts)];
  });
  await recordActivity(transaction, rows);
}

/** The content goes on under an entry of its own; the file's entry waits for the content that comes under its name. */
async function setAside(
  transaction: Transaction,
  visit: Visit,
  entry: EntryRecord,
  place: FreePlace,
): Promise<void> {
  const at = visit.clock.now();
  const { account } = visit.session;
  const id = newId(at);
  await endEntries(transaction, [entry.id], at.getTime());
  const aside = {
    id,
    spaceId: entry.space_id,
    parentId: place.parent.id,
    kind: 'file',
    name: place.name,
    state: 'published',
    privateTo: account.id,
    ownerAccountId: entry.owner_account_id ?? account.id,
    versionId: entry.version_id,
    at: at.getTime(),
    modifiedAt: entry.modified_at,
  } as const;
  await insertEntries(transaction, [aside]);
  await moveProperties(transaction, { from: entry.id, to: id });
}

/** A file sent under a temporary name gets its final one: from now on it is a deposit, announced once, under that name. */
async function publishUnderFinalName(
  transaction: Transaction,
  visit: Visit,
  tree: RemovableTree,
  { place, replaced, holder }: Target,
): Promise<void> {
  const { entry } = tree.place;
  const { version_id: versionId } = entry;
  if (versionId === null) throw new Error('A file without a version cannot be published.');
  if (replaced) await removeTree(transaction, visit, replaced, { reason: 'replaced' });
  const keeper = keeperOf(visit, entry, place, replaced ? undefined : holder);
  await takeOver(transaction, visit, { entry, versionId, keeper, place });
  const at = visit.clock.now();
  const deposited = { record: { ...entry, id: keeper.id }, path: place.path };
  const facts = { action: 'deposit', at, path: place.path, ...keeper.told } as const;
  await recordActivity(transaction, [entryActivity(visit, place, deposited, facts)]);
  const { groupId } = place.membership;
  const depositorAccountId = visit.session.account.id;
  const published = { state: 'published', privateTo: '', ownerAccountId: depositorAccountId } as const;
  await announce(transaction, visit, [{ groupId, versionId, depositorAccountId, entry: published }]);
}

/** The entry that the file goes on in under its final name. */
interface Keeper {
  readonly id: string;
  /** What stood under the name, whose content gives way. */
  readonly holder: EntryRecord | undefined;
  /** It was ended by the steps of this replacement. */
  readonly isRevived: boolean;
  /** What its line in the history says of that. */
  readonly told: { readonly actId?: string; readonly reason?: string };
}

function keeperOf(
  visit: Visit,
  entry: EntryRecord,
  place: FreePlace,
  holder: EntryRecord | undefined,
): Keeper {
  const slot = slotOf(visit, { parentId: place.parent.id, name: place.name });
  const begun = visit.replacements.take(slot, visit.clock.now().getTime());
  if (begun && (holder ? begun.entryId === holder.id : begun.isEnded))
    return {
      id: begun.entryId,
      holder,
      isRevived: begun.isEnded,
      told: { actId: begun.actId, reason: 'replaced' },
    };
  const told = holder?.state === 'published' ? { reason: 'replaced' } : {};
  return { id: holder?.id ?? entry.id, holder, isRevived: false, told };
}

async function takeOver(
  transaction: Transaction,
  visit: Visit,
  given: { entry: EntryRecord; versionId: string; keeper: Keeper; place: FreePlace },
): Promise<void> {
  const { entry, versionId, keeper, place } = given;
  const { account, origin } = visit.session;
  const at = visit.clock.now().getTime();
  const by = { depositorAccountId: account.id, door: origin.door, depositedAt: at };
  await adoptVersion(transaction, versionId, { entryId: keeper.id, ...by });
  crashPoint('version-adopted');
  if (keeper.id !== entry.id) {
    await endEntries(transaction, [entry.id], at);
    await moveProperties(transaction, { from: entry.id, to: keeper.id });
  }
  if (keeper.holder) await endContent(transaction, visit, keeper.holder, place);
  if (keeper.isRevived) await reviveEntry(transaction, keeper.id);
  await updateEntry(transaction, keeper.id, {
    ...{ state: 'published', privateTo: '', ownerAccountId: account.id, versionId },
    modifiedAt: entry.modified_at,
    ...(keeper.holder ? {} : { parentId: place.parent.id, name: place.name }),
  });
}

async function endContent(
  transaction: Transaction,
  visit: Visit,
  holder: EntryRecord,
  { membership }: FreePlace,
): Promise<void> {
  if (holder.version_id !== null)
    await endVersions(transaction, [holder.version_id], visit.clock.now().getTime());
  const usedBytes = -(holder.size_bytes ?? 0);
  await settleBytes(transaction, membership.spaceId, { usedBytes, reservedBytes: 0 });
}

function fileTree(place: FreePlace, entry: EntryRecord): RemovableTree {
  return { place: { ...place, entry }, entries: [{ record: entry, path: place.path }] };
}
