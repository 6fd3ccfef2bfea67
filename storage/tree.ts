import { type NewActivity, recordActivity } from './activity.js';
import { assertAllowed, assertLive, assertUnlocked, confirmMembership, taken, takenBy } from './admission.js';
import { crashPoint } from './crash-points.js';
import { StorageError } from './errors.js';
import type { Visit } from './foundations.js';
import { newId } from './ids.js';
import type { Transaction } from './metadata/database.js';
import { type EntryRecord, findNameHolder, insertEntries, updateEntry } from './metadata/entries.js';
import { setVersionModifiedAt } from './metadata/versions.js';
import type { Conditions, DirectoryEntry } from './model.js';
import { assertCreatableName } from './names.js';
import { childOf, type VirtualPath } from './paths.js';
import { assertExists, assertInsideGroup, findPlace, type Place, parentFor } from './places.js';
import { activityOf, withRefusals } from './records.js';

/** A folder of more entries than this is not moved, copied, deleted or taken as a whole in one act. */
export const MAX_TREE_ENTRIES = 10_000;

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

/** Placeholders and names private to somebody never were in the history. */
export function isInHistory(record: EntryRecord): boolean {
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

/** A row of the history about one entry of a tree. */
export function entryActivity(
  visit: Visit,
  place: Pick<Place, 'membership'>,
  { record }: TreeEntry,
  facts: Parameters<typeof activityOf>[2],
): NewActivity {
  const { id: entryId, version_id: versionId, size_bytes: sizeBytes, sha256 } = record;
  return activityOf(visit, place.membership, { entryId, versionId, sizeBytes, sha256, ...facts });
}
