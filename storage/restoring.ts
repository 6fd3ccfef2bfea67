import { recordActivity } from './activity.js';
import { assertAllowed, assertLive, assertUnlocked, confirmMembership, takenBy } from './admission.js';
import { crashPoint } from './crash-points.js';
import { StorageError } from './errors.js';
import type { Visit } from './foundations.js';
import { newId } from './ids.js';
import type { Connection, Transaction } from './metadata/database.js';
import {
  type DeletionRecord,
  deletedAt,
  deletionsSince,
  findDeletion,
  reviveTree,
} from './metadata/deletions.js';
import {
  type EntryRecord,
  findAncestry,
  findEntries,
  findNameHolder,
  type Step,
} from './metadata/entries.js';
import type { Membership } from './metadata/memberships.js';
import { settleBytes } from './metadata/space-usage.js';
import type { Entry } from './model.js';
import { ROOT, type VirtualPath } from './paths.js';
import { pathsBelow } from './paths-below.js';
import { membershipFor, notFound, toEntry } from './places.js';
import { shownName } from './policy.js';
import { withRefusals } from './records.js';
import { slotOf } from './replacements.js';
import { entryActivity, MAX_TREE_ENTRIES, withPaths } from './tree.js';
import { quotaExceeded } from './upload-listing.js';

/** The bytes of what was deleted or replaced are kept for so long. */
export const RESTORE_MS = 24 * 60 * 60_000;

/** Something that was deleted and can come back. */
export interface Deletion {
  /** As it was, under the path it had; a folder stands for all it held. */
  readonly entry: Entry;
  readonly deletedAt: Date;
  /** From then on its bytes are gone. */
  readonly restorableUntil: Date;
  /** As the reader is shown people; null for the appliance itself. */
  readonly deletedBy: { readonly name: string; readonly isOneself: boolean } | null;
}

const MAX_LISTED = 500;

/**
 * What can be restored of the group a path lies in, the newest first, at most 500: a manager sees all of it, others what they
 * deleted themselves. @throws not-found
 */
export async function deletions(visit: Visit, path: VirtualPath): Promise<readonly Deletion[]> {
  assertLive(visit);
  const membership = await membershipFor(visit, path);
  const { account } = visit.session;
  const since = visit.clock.now().getTime() - RESTORE_MS;
  const deleterId = membership.role === 'manager' ? undefined : account.id;
  const wanted = { spaceId: membership.spaceId, since, deleterId };
  const records = (await deletionsSince(visit.database.reader, wanted, MAX_LISTED)).filter(isWanted);
  const pathOf = await pathsBelow(visit, records);
  const view = { membership, visit, houseName: await visit.houseName() };
  return records.map((record) => ({
    entry: toEntry(record, pathOf(record, membership), view),
    deletedAt: new Date(record.deleted_at),
    restorableUntil: new Date(record.deleted_at + RESTORE_MS),
    deletedBy: deleterOf(record, visit, membership, view.houseName),
  }));
}

function deleterOf(
  { deleter_id: id, deleter_name: name, deleter_side: side }: DeletionRecord,
  { session }: Visit,
  { showsHousePeople }: Membership,
  houseName: string,
): Deletion['deletedBy'] {
  if (id === null || name === null || side === null) return null;
  const viewer = { side: session.account.side, showsHousePeople };
  return { name: shownName({ name, side }, viewer, houseName), isOneself: id === session.account.id };
}

/** What went because something else came in its place, or because it was moved, is not missed. */
function isWanted({ payload }: DeletionRecord): boolean {
  return payload === null || JSON.parse(payload).reason === undefined;
}

/**
 * Brings back what was deleted less than 24 hours ago, a folder with all that went with it, to where it was; its links lead there
 * again. A manager restores anything, others what they deleted.
 * @throws not-found for what is gone for good or not one's own, parent-missing when the folder it lay in is not there,
 * already-exists, forbidden, locked, no-space (reason `quota`)
 */
export async function restore(visit: Visit, entryId: string): Promise<Entry> {
  assertLive(visit);
  const found = await findRestorable(visit.database.reader, visit, entryId);
  const { record, membership, path } = found;
  const facts = { action: 'restore', path, entryId, sizeBytes: record.size_bytes } as const;
  await withRefusals(visit, membership, facts, () =>
    visit.database.write((transaction) => restoreIn(transaction, visit, entryId)),
  );
  crashPoint('restoration-committed');
  // What is deposited over it from now on is no part of the deletion.
  const slot = slotOf(visit, { parentId: record.parent_id ?? '', name: record.name });
  visit.replacements.take(slot, visit.clock.now().getTime());
  return toEntry(record, path, { membership, visit, houseName: await visit.houseName() });
}

interface Restorable {
  readonly record: DeletionRecord;
  readonly membership: Membership;
  readonly path: VirtualPath;
  /** The group's root first, the folder it lay in last. */
  readonly steps: readonly Step[];
}

/** @throws not-found, parent-missing */
async function findRestorable(db: Connection, visit: Visit, entryId: string): Promise<Restorable> {
  const { account } = visit.session;
  const record = await findDeletion(db, entryId);
  const membership = (await visit.memberships(account.id)).find(
    ({ spaceId }) => spaceId === record?.space_id,
  );
  const isInTime =
    record && record.deleted_at >= visit.clock.now().getTime() - RESTORE_MS && isWanted(record);
  const isForReader = membership?.role === 'manager' || record?.deleter_id === account.id;
  if (!isInTime || !membership || !isForReader) throw notFound(ROOT);
  const steps = await findAncestry(db, record.parent_id ?? '');
  const names = steps.slice(1).map(({ name }) => name);
  return { record, membership, steps, path: { segments: [membership.directory, ...names, record.name] } };
}

async function restoreIn(transaction: Transaction, visit: Visit, entryId: string): Promise<void> {
  const found = await findRestorable(transaction, visit, entryId);
  const { record, path, steps } = found;
  const membership = await confirmMembership(transaction, visit, found.membership);
  await assertAllowed(transaction, visit, membership, 'deposit');
  await assertFreePlace(transaction, visit, { ...found, membership });
  await assertUnlocked(transaction, visit, { steps, changesParent: true, isFree: true }, {});
  const records = treeOf(record, await deletedAt(transaction, record.space_id, record.deleted_at));
  const versionIds = records.flatMap(({ version_id: id }) => (id === null ? [] : [id]));
  const revived = await reviveTree(
    transaction,
    records.map(({ id }) => id),
    versionIds,
  );
  if (revived < versionIds.length) throw notFound(path);
  crashPoint('tree-revived');
  const usedBytes = records.reduce((sum, { size_bytes: size }) => sum + (size ?? 0), 0);
  if (!(await settleBytes(transaction, membership.spaceId, { usedBytes, reservedBytes: 0 })))
    throw quotaExceeded();
  const at = visit.clock.now();
  const actId = newId(at);
  const rows = withPaths(records, path).map((one) =>
    entryActivity(visit, { membership }, one, { action: 'restore', at, path: one.path, actId }),
  );
  await recordActivity(transaction, rows);
  crashPoint('restoration-recorded');
}

/** The folder is there, in the same group, and nobody has put something else under the name. */
async function assertFreePlace(
  transaction: Transaction,
  visit: Visit,
  { record, membership, path, steps }: Restorable,
): Promise<void> {
  const parent = steps.at(-1);
  const ids = steps.map(({ id }) => id);
  const isThere =
    ids[0] === membership.rootEntryId && (await findEntries(transaction, ids)).length === ids.length;
  if (!parent || !isThere)
    throw new StorageError(
      'parent-missing',
      'The folder it lay in is not there any more: restore that first.',
      {
        reason: 'restore-parent',
      },
    );
  const holder = await findNameHolder(transaction, parent.id, record.name, '');
  if (holder)
    throw takenBy(visit, { membership, path, steps, parent, name: record.name, entry: undefined }, holder);
}

/** The entry and all that went with it, parents before children. */
function treeOf(top: EntryRecord, gone: readonly EntryRecord[]): EntryRecord[] {
  const byParent = new Map<string | null, EntryRecord[]>();
  for (const one of gone) byParent.set(one.parent_id, [...(byParent.get(one.parent_id) ?? []), one]);
  const records = [top];
  // Grows while it is walked.
  for (const { id } of records) records.push(...(byParent.get(id) ?? []));
  if (records.length > MAX_TREE_ENTRIES)
    throw new StorageError('too-large', 'This folder held more than 10,000 entries.', {
      reason: 'tree-size',
    });
  return records;
}
