import type { NewActivity } from './activity.js';
import { recordActivity } from './activity.js';
import { assertLive, confirmMembership, takenBy } from './admission.js';
import { announce } from './announcing.js';
import { assertConditions } from './conditions.js';
import { crashPoint } from './crash-points.js';
import { StorageError } from './errors.js';
import type { Visit } from './foundations.js';
import { newId } from './ids.js';
import { isHeldDeposit } from './manifests/holding.js';
import { settleAround } from './manifests/settling.js';
import type { Transaction } from './metadata/database.js';
import { moveWithin } from './moving.js';
import { assertReachable, formatPath, type VirtualPath } from './paths.js';
import { assertExists, etagOf, findPlace } from './places.js';
import { plantTree } from './planting.js';
import { withRefusals } from './records.js';
import { admitRemoval, type RemovableTree, removeTree } from './removal.js';
import { admitTarget, assertRoute, type Target, type TransferOptions } from './targets.js';
import { entryActivity, isInHistory, type TreeEntry, withPaths } from './tree.js';
import { visibleEntries, visibleTree } from './visible-tree.js';
import { assertNotWithheld } from './withheld-moves.js';

export type { TransferOptions };

export interface CopyOptions extends TransferOptions {
  /** True: only the directory itself, without what it holds (WebDAV Depth 0). */
  readonly isShallow?: boolean;
}

/** Renames or moves a file or a whole folder in one transaction; into another group it is a delete here and a deposit there. */
export async function move(
  visit: Visit,
  from: VirtualPath,
  to: VirtualPath,
  options: TransferOptions,
): Promise<{ replaced: boolean }> {
  assertLive(visit);
  assertRoute(from, to);
  const place = assertExists(await findPlace(visit.database.reader, visit, from));
  const facts = {
    action: 'move',
    path: place.path,
    ...shownTarget(from, to),
    entryId: place.entry.id,
  } as const;
  const moved = await withRefusals(visit, place.membership, facts, () =>
    visit.database.write(async (transaction) => {
      const source = assertExists(await findPlace(transaction, visit, from));
      const tree = await admitRemoval(transaction, visit, source, options, 'rename');
      const target = await admitTarget(transaction, visit, to, tree.place, options);
      crashPoint('move-admitted');
      const isWithin = tree.place.membership.groupId === target.place.membership.groupId;
      const begun = isWithin ? await moveWithin(transaction, visit, tree, target) : undefined;
      if (!isWithin) await moveAcross(transaction, visit, tree, target);
      crashPoint('relocation-recorded');
      const replaced = target.holder !== undefined && target.holder.id !== source.entry.id;
      return { replaced, begun, isWithheld: target.isWithheld };
    }),
  );
  crashPoint('move-committed');
  if (moved.isWithheld) await settleAround(visit, place.entry.id);
  if (moved.begun) visit.replacements.note(moved.begun.slot, moved.begun.begun);
  return { replaced: moved.replaced };
}

/** Copies a file or a folder with all one sees of it; copies share the blobs. */
export async function copy(
  visit: Visit,
  from: VirtualPath,
  to: VirtualPath,
  options: CopyOptions,
): Promise<{ replaced: boolean }> {
  assertLive(visit);
  assertRoute(from, to);
  const place = assertExists(await findPlace(visit.database.reader, visit, from));
  const facts = {
    action: 'copy',
    path: place.path,
    ...shownTarget(from, to),
    entryId: place.entry.id,
  } as const;
  const copied = await withRefusals(visit, place.membership, facts, () =>
    visit.database.write(async (transaction) => {
      const source = assertExists(await findPlace(transaction, visit, from));
      const membership = await confirmMembership(transaction, visit, source.membership);
      if (source.entry.kind === 'file') assertConditions(options, etagOf(source.entry));
      const entries = await visibleTree(transaction, visit, { ...source, membership }, options);
      const target = await admitTarget(transaction, visit, to, source, options);
      if (target.holder?.id === source.entry.id) throw takenBy(visit, target.place, source.entry);
      assertNotWithheld([...entries.map(({ record }) => record), ...(target.holder ? [target.holder] : [])]);
      await copyTree(transaction, visit, { place: { ...source, membership }, entries }, target);
      crashPoint('relocation-recorded');
      return { replaced: target.holder !== undefined };
    }),
  );
  crashPoint('copy-committed');
  return copied;
}

/** There it is a deposit, here it left; the history here does not say where to. */
async function moveAcross(
  transaction: Transaction,
  visit: Visit,
  tree: RemovableTree,
  target: Target,
): Promise<void> {
  // Others' placeholders and temporary files are not the mover's to take along.
  const own = visibleEntries(visit, tree.place, tree.entries);
  assertNotWithheld(own.map(({ record }) => record));
  assertNotHeldThere(visit, own, target);
  await plantAt(transaction, visit, own, target, 'deposit');
  await removeTree(transaction, visit, tree, { reason: 'moved-away' });
}

/** Where deposits wait for a manifest, none comes past it. @throws forbidden (reason `manifests`) */
function assertNotHeldThere(visit: Visit, entries: readonly TreeEntry[], { place }: Target): void {
  const isHeld = ({ record }: TreeEntry) =>
    record.kind === 'file' && isHeldDeposit(visit, place.membership, record.name);
  if (entries.some(isHeld))
    throw new StorageError('forbidden', 'This group takes files with a manifest only: send them there.', {
      reason: 'manifests',
      subject: formatPath(place.path),
    });
}

async function copyTree(
  transaction: Transaction,
  visit: Visit,
  tree: RemovableTree,
  target: Target,
): Promise<void> {
  const isSameGroup = tree.place.membership.groupId === target.place.membership.groupId;
  await plantAt(transaction, visit, tree.entries, target, isSameGroup ? 'copy' : 'deposit');
  const at = visit.clock.now();
  const actId = newId(at);
  const copied = withPaths(
    tree.entries.map(({ record }) => record),
    target.place.path,
  );
  const rows: NewActivity[] = tree.entries.flatMap((one, index) => {
    if (!isInHistory(one.record)) return [];
    const shown = isSameGroup ? { target: copied[index]?.path ?? target.place.path } : {};
    return [entryActivity(visit, tree.place, one, { action: 'copy', at, actId, path: one.path, ...shown })];
  });
  await recordActivity(transaction, rows);
}

/** Makes the new entries; as deposits of another group they are recorded and announced there. */
async function plantAt(
  transaction: Transaction,
  visit: Visit,
  entries: readonly TreeEntry[],
  target: Target,
  action: 'deposit' | 'copy',
): Promise<void> {
  if (target.replaced) await removeTree(transaction, visit, target.replaced, { reason: 'replaced' });
  const holder = target.replaced ? undefined : target.holder;
  const planted = await plantTree(transaction, visit, { place: target.place, holder, entries });
  crashPoint('tree-planted');
  for (const { entry } of planted) assertReachable(entry.path);
  const at = visit.clock.now();
  const actId = newId(at);
  // A copy is told as a copy, unless it is the first that others see of the bytes: then it is their deposit.
  const announced = planted.filter(
    ({ entry, source }) =>
      entry.record.kind === 'file' &&
      isInHistory(entry.record) &&
      (action === 'deposit' || !isInHistory(source.record)),
  );
  const rows = announced.map(({ entry }) =>
    entryActivity(visit, target.place, entry, { action: 'deposit', at, actId, path: entry.path }),
  );
  await recordActivity(transaction, rows);
  const { groupId } = target.place.membership;
  const { id } = visit.session.account;
  const state = { state: 'published', privateTo: '', ownerAccountId: id } as const;
  await announce(
    transaction,
    visit,
    announced.map(({ versionId }) => ({ groupId, versionId, depositorAccountId: id, entry: state })),
  );
}

/** Members of one group do not read in its history what lies in another. */
function shownTarget(from: VirtualPath, to: VirtualPath): { readonly target?: VirtualPath } {
  return from.segments[0] === to.segments[0] ? { target: to } : {};
}
