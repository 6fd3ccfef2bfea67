import { recordActivity } from './activity.js';
import { assertAllowed, assertLive, assertUnlocked, confirmMembership } from './admission.js';
import { assertConditions } from './conditions.js';
import { crashPoint } from './crash-points.js';
import { StorageError } from './errors.js';
import type { Visit } from './foundations.js';
import { newId } from './ids.js';
import { withdrawAnswer } from './manifests/answers.js';
import type { Transaction } from './metadata/database.js';
import { type EntryRecord, endEntries, findSubtree, hasChildren } from './metadata/entries.js';
import { deleteLocksOn } from './metadata/locks.js';
import { settleBytes } from './metadata/space-usage.js';
import { endVersions } from './metadata/versions.js';
import type { Conditions } from './model.js';
import { formatPath, type VirtualPath } from './paths.js';
import { assertExists, assertInsideGroup, type ExistingPlace, etagOf, findPlace } from './places.js';
import { withRefusals } from './records.js';
import { beginReplacement } from './replacements.js';
import { entryActivity, isInHistory, MAX_TREE_ENTRIES, type TreeEntry, withPaths } from './tree.js';

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
  const removed = await withRefusals(visit, membership, facts, () =>
    visit.database.write(async (transaction) => {
      const found = assertExists(await findPlace(transaction, visit, path));
      await assertFit(transaction, found);
      const tree = await admitRemoval(transaction, visit, found, conditions);
      await withdrawAnswer(transaction, found.entry, visit.clock.now());
      const replacement = beginReplacement(visit, found.entry);
      await removeTree(transaction, visit, tree, { id: replacement.begun.actId });
      return replacement;
    }),
  );
  crashPoint('removal-committed');
  if (entry.kind === 'file' && isInHistory(entry)) visit.replacements.note(removed.slot, removed.begun);
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
  act: { readonly id?: string; readonly reason?: string } = {},
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
  const actId = act.id ?? newId(at);
  const rows = tree.entries
    .filter(({ record }) => isInHistory(record) || isOthersWaiting(visit, record))
    .map((one) => {
      const reason = isInHistory(one.record) ? act.reason : 'waited';
      const why = reason === undefined ? {} : { reason };
      return entryActivity(visit, tree.place, one, { action: 'delete', at, path: one.path, actId, ...why });
    });
  await recordActivity(transaction, rows);
  crashPoint('tree-recorded');
}

/** What somebody else's manifest waited for goes with its folder, but not in silence. */
function isOthersWaiting({ session }: Visit, record: EntryRecord): boolean {
  return record.state === 'held' && record.private_to !== session.account.id;
}

function versionIds(entries: readonly TreeEntry[]): string[] {
  return entries.flatMap(({ record }) => (record.version_id === null ? [] : [record.version_id]));
}

function totalBytes(entries: readonly TreeEntry[]): number {
  return entries.reduce((sum, { record }) => sum + (record.size_bytes ?? 0), 0);
}
