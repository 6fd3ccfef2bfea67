import { assertLive } from './admission.js';
import { StorageError } from './errors.js';
import type { Visit } from './foundations.js';
import { coveringLocks, toLock } from './locking.js';
import { type EntryRecord, findAncestry, findEntries, listChildren } from './metadata/entries.js';
import { type LockRecord, locksOnChildren } from './metadata/locks.js';
import { type PropertyRecord, propertiesOf, propertiesOfChildren } from './metadata/properties.js';
import { spaceUsage } from './metadata/space-usage.js';
import type { DirectoryEntry, Entry, Lock } from './model.js';
import { childOf, ROOT, type VirtualPath } from './paths.js';
import {
  assertExists,
  type ExistingPlace,
  findPlace,
  membershipFor,
  notFound,
  toEntry,
  viewerOf,
} from './places.js';

/** The first page comes quickly, the others are few. */
const FIRST_PAGE = 500;
const NEXT_PAGES = 10_000;

export interface ReadOptions {
  /** Fill `locks` and `properties` of each entry. */
  readonly details?: boolean;
}

/** Bytes of a group; `quotaBytes` is null where there is no limit but the disk. */
export interface Usage {
  readonly usedBytes: number;
  readonly quotaBytes: number | null;
  /** What may still be deposited: the rest of the quota, or of the disk if that is less. */
  readonly availableBytes: number;
}

export async function stat(visit: Visit, path: VirtualPath, options: ReadOptions): Promise<Entry> {
  assertLive(visit);
  if (path.segments.length === 0) return rootEntry();
  const place = assertExists(await findPlace(visit.database.reader, visit, path));
  const entry = await asEntry(visit, place, place.entry, place.path);
  if (!options.details) return entry;
  const covering = await coveringLocks(visit.database.reader, visit, place);
  const properties = await propertiesOf(visit.database.reader, place.entry.id);
  const viewer = { visit, membership: place.membership };
  return { ...entry, locks: covering.map(({ record, root }) => toLock(record, root, viewer)), properties };
}

/** The children of a directory in natural order. @throws not-a-directory */
export async function* list(visit: Visit, path: VirtualPath, options: ReadOptions): AsyncGenerator<Entry> {
  assertLive(visit);
  if (path.segments.length === 0) return yield* listGroups(visit);
  const place = assertExists(await findPlace(visit.database.reader, visit, path));
  if (place.entry.kind !== 'directory')
    throw new StorageError('not-a-directory', 'This is a file, not a folder.', { reason: 'not-a-directory' });
  const details = options.details ? await detailsOfChildren(visit, place) : undefined;
  const viewer = viewerOf(place.membership, visit.session.account.id);
  let after: EntryRecord | undefined;
  let limit = FIRST_PAGE;
  for (;;) {
    const page = await listChildren(visit.database.reader, place.entry.id, viewer, { after, limit });
    assertLive(visit);
    for (const record of page) {
      const entry = await asEntry(visit, place, record, childOf(place.path, record.name));
      yield details ? { ...entry, ...details(record.id, entry.path) } : entry;
    }
    after = page.at(-1);
    if (page.length < limit || !after) return;
    limit = NEXT_PAGES;
  }
}

/** An entry by its id. @throws not-found for what one may not see, too */
export async function find(visit: Visit, entryId: string): Promise<Entry> {
  assertLive(visit);
  const { reader } = visit.database;
  const steps = await findAncestry(reader, entryId);
  const [record] = await findEntries(reader, [entryId]);
  const memberships = await visit.memberships(visit.session.account.id);
  const membership = memberships.find((one) => one.rootEntryId === steps[0]?.id);
  if (!record || !membership) throw notFound(ROOT);
  const segments = [membership.directory, ...steps.slice(1).map((step) => step.name)];
  const place = assertExists(await findPlace(reader, visit, { segments }));
  if (place.entry.id !== entryId) throw notFound(ROOT);
  return asEntry(visit, place, place.entry, place.path);
}

/** Quota and use of the group a path lies in. */
export async function usage(visit: Visit, path: VirtualPath): Promise<Usage> {
  assertLive(visit);
  const membership = await membershipFor(visit, path);
  const row = await spaceUsage(visit.database.reader, membership.spaceId);
  if (!row) throw notFound(path);
  const free = await visit.freeBytes();
  const left = row.quota_bytes === null ? free : row.quota_bytes - row.used_bytes - row.reserved_bytes;
  return {
    usedBytes: row.used_bytes,
    quotaBytes: row.quota_bytes,
    availableBytes: Math.max(0, Math.min(free, left)),
  };
}

async function* listGroups(visit: Visit): AsyncGenerator<Entry> {
  const memberships = await visit.memberships(visit.session.account.id);
  const roots = await findEntries(
    visit.database.reader,
    memberships.map((membership) => membership.rootEntryId),
  );
  const byId = new Map(roots.map((root) => [root.id, root]));
  for (const membership of memberships) {
    const root = byId.get(membership.rootEntryId);
    const path = { segments: [membership.directory] };
    if (root) yield toEntry(root, path, { membership, visit, houseName: '' });
  }
}

function rootEntry(): DirectoryEntry {
  const epoch = new Date(0);
  return { id: 'root', kind: 'directory', path: ROOT, name: '', createdAt: epoch, modifiedAt: epoch };
}

async function asEntry(
  visit: Visit,
  place: ExistingPlace,
  record: EntryRecord,
  path: VirtualPath,
): Promise<Entry> {
  return toEntry(record, path, { membership: place.membership, visit, houseName: await visit.houseName() });
}

/** Locks and properties of all children at once: two statements for any number of them. */
async function detailsOfChildren(visit: Visit, place: ExistingPlace) {
  const { reader } = visit.database;
  const now = visit.clock.now().getTime();
  const inherited = (await coveringLocks(reader, visit, place)).filter(({ record }) =>
    Boolean(record.is_deep),
  );
  const viewer = { visit, membership: place.membership };
  const deep = inherited.map(({ record, root }) => toLock(record, root, viewer));
  const locks = groupByEntry<LockRecord>(await locksOnChildren(reader, place.entry.id, now));
  const properties = groupByEntry<PropertyRecord>(await propertiesOfChildren(reader, place.entry.id));
  return (
    id: string,
    path: VirtualPath,
  ): { locks: readonly Lock[]; properties: readonly PropertyRecord[] } => ({
    locks: [...deep, ...(locks.get(id) ?? []).map((record) => toLock(record, path, viewer))],
    properties: properties.get(id) ?? [],
  });
}

function groupByEntry<Row extends { readonly entry_id: string }>(rows: readonly Row[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(row.entry_id);
    if (group) group.push(row);
    else groups.set(row.entry_id, [row]);
  }
  return groups;
}
