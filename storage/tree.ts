import { recordActivity } from './activity.js';
import { assertAllowed, assertLive, assertUnlocked, confirmMembership, taken, takenBy } from './admission.js';
import { assertConditions } from './conditions.js';
import { crashPoint } from './crash-points.js';
import { StorageError } from './errors.js';
import type { Visit } from './foundations.js';
import { newId } from './ids.js';
import type { Transaction } from './metadata/database.js';
import {
  type EntryRecord,
  endEntries,
  findNameHolder,
  findSubtree,
  hasChildren,
  insertEntries,
  updateEntry,
} from './metadata/entries.js';
import { deleteLocksOn } from './metadata/locks.js';
import { settleBytes } from './metadata/space-usage.js';
import { endVersions, setVersionModifiedAt } from './metadata/versions.js';
import type { Conditions, DirectoryEntry } from './model.js';
import { assertCreatableName } from './names.js';
import { childOf, formatPath, type VirtualPath } from './paths.js';
import {
  assertExists,
  assertInsideGroup,
  type ExistingPlace,
  etagOf,
  findPlace,
  parentFor,
} from './places.js';
import { activityOf, withRefusals } from './records.js';

/** A folder of more entries than this is not moved, copied or deleted in one act. */
const MAX_TREE_ENTRIES = 10_000;

/** One entry of a tree, with the path it has and whether it goes into the history. */
export interface TreeEntry {
  readonly record: EntryRecord;
  readonly path: VirtualPath;
}

/** Makes a folder. @throws already-exists, parent-missing, invalid-path, forbidden, locked */
export async function createDirectory(
  visit: Visit,
  path: VirtualPath,
  conditions: Conditions,
): Promise<DirectoryEntry> {
  assertLive(visit);
  await assertOutsideRoot(visit, path);
  const place = await findPlace(visit.database.reader, visit, path);
  const made = await withRefusals(
    visit,
    place.membership,
    { action: 'create-directory', path: place.path },
    () => visit.database.write((transaction) => makeDirectory(transaction, visit, path, conditions)),
  );
  crashPoint('directory-committed');
  return made;
}

async function makeDirectory(
  transaction: Transaction,
  visit: Visit,
  path: VirtualPath,
  conditions: Conditions,
): Promise<DirectoryEntry> {
  const place = parentFor(await findPlace(transaction, visit, path));
  const membership = await confirmMembership(transaction, visit, place.membership);
  const holder = place.entry ?? (await findNameHolder(transaction, place.parent.id, place.name, ''));
  if (holder) throw takenBy(visit, { ...place, membership }, holder);
  assertCreatableName(place.name);
  await assertAllowed(transaction, visit, membership, 'deposit');
  await assertUnlocked(
    transaction,
    visit,
    { steps: place.steps, changesParent: true, isFree: true },
    conditions,
  );
  const at = visit.clock.now();
  const entry = {
    id: newId(at),
    spaceId: membership.spaceId,
    parentId: place.parent.id,
    kind: 'directory',
    name: place.name,
    state: 'published',
    privateTo: '',
    ownerAccountId: visit.session.account.id,
    versionId: null,
    at: at.getTime(),
    modifiedAt: at.getTime(),
  } as const;
  await insertEntries(transaction, [entry]);
  crashPoint('directory-inserted');
  const facts = { action: 'create-directory', at, path: place.path, entryId: entry.id } as const;
  await recordActivity(transaction, [activityOf(visit, membership, facts)]);
  return {
    id: entry.id,
    kind: 'directory',
    path: place.path,
    name: place.name,
    createdAt: at,
    modifiedAt: at,
  };
}

/** Takes a file, or a folder with all it holds, out of every listing. */
export async function remove(visit: Visit, path: VirtualPath, conditions: Conditions): Promise<void> {
  await removeWith(visit, path, conditions, async () => {});
}

/** Removes a folder that holds nothing. @throws already-exists (reason `not-empty`), not-a-directory */
export async function removeDirectory(
  visit: Visit,
  path: VirtualPath,
  conditions: Conditions,
): Promise<void> {
  await removeWith(visit, path, conditions, assertEmptyDirectory);
}

/** `assertFit` looks at the entry in the transaction that removes it. */
async function removeWith(
  visit: Visit,
  path: VirtualPath,
  conditions: Conditions,
  assertFit: (transaction: Transaction, found: ExistingPlace) => Promise<void>,
): Promise<void> {
  assertLive(visit);
  assertInsideGroup(path);
  const place = assertExists(await findPlace(visit.database.reader, visit, path));
  const { entry, membership } = place;
  const facts = {
    action: 'delete',
    path: place.path,
    entryId: entry.id,
    sizeBytes: entry.size_bytes,
  } as const;
  await withRefusals(visit, membership, facts, () =>
    visit.database.write(async (transaction) => {
      const found = assertExists(await findPlace(transaction, visit, path));
      await assertFit(transaction, found);
      await removeTree(transaction, visit, await admitRemoval(transaction, visit, found, conditions));
    }),
  );
  crashPoint('removal-committed');
}

async function assertEmptyDirectory(transaction: Transaction, { entry, path }: ExistingPlace): Promise<void> {
  const subject = formatPath(path);
  if (entry.kind !== 'directory')
    throw new StorageError('not-a-directory', 'This is a file, not a folder.', { subject });
  if (await hasChildren(transaction, entry.id))
    throw new StorageError('already-exists', 'The folder is not empty.', { reason: 'not-empty', subject });
}

/** A tree that may be removed: rights, locks and conditions were checked for all of it. */
export interface RemovableTree {
  readonly place: ExistingPlace;
  readonly entries: readonly TreeEntry[];
}

/** Checks the removal of an entry and all below it; the first obstacle is named. @throws forbidden, locked, too-large */
export async function admitRemoval(
  transaction: Transaction,
  visit: Visit,
  found: ExistingPlace,
  conditions: Conditions,
  act: 'remove' | 'rename' = 'remove',
): Promise<RemovableTree> {
  const membership = await confirmMembership(transaction, visit, found.membership);
  const place = { ...found, membership };
  const records = await findSubtree(transaction, found.entry.id, MAX_TREE_ENTRIES + 1);
  if (records.length > MAX_TREE_ENTRIES)
    throw new StorageError('too-large', 'This folder holds more than 10,000 entries: divide it first.', {
      reason: 'tree-size',
    });
  // Others' placeholders and temporary files go with the folder they lie in.
  const seen = records.filter((record) => record.private_to === '' && record.state !== 'reserved');
  await assertAllowed(transaction, visit, membership, act, seen.length > 0 ? seen : records.slice(0, 1));
  const descendants = records.slice(1).map((record) => record.id);
  const reach = { steps: place.steps, changesParent: true, isFree: false, descendants };
  await assertUnlocked(transaction, visit, reach, conditions);
  if (found.entry.kind === 'file') assertConditions(conditions, etagOf(found.entry));
  return { place, entries: withPaths(records, place.path) };
}

/** Ends every entry of the tree, with one row of the log for each that others could see. */
export async function removeTree(
  transaction: Transaction,
  visit: Visit,
  tree: RemovableTree,
  reason?: string,
): Promise<void> {
  const at = visit.clock.now();
  const ids = tree.entries.map(({ record }) => record.id);
  await endEntries(transaction, ids, at.getTime());
  crashPoint('tree-ended');
  await endVersions(transaction, versionIds(tree.entries), at.getTime());
  await deleteLocksOn(transaction, ids);
  const { membership } = tree.place;
  await settleBytes(transaction, membership.spaceId, {
    usedBytes: -totalBytes(tree.entries),
    reservedBytes: 0,
  });
  const actId = newId(at);
  const rows = tree.entries.filter(isInHistory).map(({ record, path }) =>
    activityOf(visit, membership, {
      action: 'delete',
      at,
      path,
      entryId: record.id,
      versionId: record.version_id,
      sizeBytes: record.size_bytes,
      sha256: record.sha256,
      actId,
      ...(reason === undefined ? {} : { reason }),
    }),
  );
  await recordActivity(transaction, rows);
  crashPoint('tree-recorded');
}

/** Sets a file's or folder's own date. */
export async function setModifiedAt(
  visit: Visit,
  path: VirtualPath,
  modifiedAt: Date,
  conditions: Conditions,
): Promise<void> {
  assertLive(visit);
  assertInsideGroup(path);
  await visit.database.write(async (transaction) => {
    const found = assertExists(await findPlace(transaction, visit, path));
    const membership = await confirmMembership(transaction, visit, found.membership);
    await assertAllowed(transaction, visit, membership, 'replace', [found.entry]);
    await assertUnlocked(
      transaction,
      visit,
      { steps: found.steps, changesParent: false, isFree: false },
      conditions,
    );
    await updateEntry(transaction, found.entry.id, { modifiedAt: modifiedAt.getTime() });
    if (found.entry.version_id !== null)
      await setVersionModifiedAt(transaction, found.entry.version_id, modifiedAt.getTime());
  });
}

/** Gives each entry of a subtree, parents first, the path it has. */
export function withPaths(records: readonly EntryRecord[], root: VirtualPath): TreeEntry[] {
  const paths = new Map<string, VirtualPath>();
  return records.map((record, index) => {
    const parent = paths.get(record.parent_id ?? '');
    const path = index === 0 || !parent ? root : childOf(parent, record.name);
    paths.set(record.id, path);
    return { record, path };
  });
}

export function versionIds(entries: readonly TreeEntry[]): string[] {
  return entries.flatMap(({ record }) => (record.version_id === null ? [] : [record.version_id]));
}

export function totalBytes(entries: readonly TreeEntry[]): number {
  return entries.reduce((sum, { record }) => sum + (record.size_bytes ?? 0), 0);
}

/** Placeholders and names private to somebody never were in the history. */
export function isInHistory({ record }: TreeEntry): boolean {
  return record.private_to === '' && record.state === 'published';
}

async function assertOutsideRoot(visit: Visit, path: VirtualPath): Promise<void> {
  const [directory] = path.segments;
  if (directory === undefined) throw taken(path, '/');
  if (path.segments.length > 1) return;
  const groups = await visit.memberships(visit.session.account.id);
  if (groups.some((one) => one.directory === directory)) throw taken(path, directory);
  throw new StorageError('forbidden', 'Groups are created by administrators.', { reason: 'group-directory' });
}
