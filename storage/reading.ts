import { assertLive } from './admission.js';
import { type CoveringLock, coveringAmong, coveringLocks, toLock } from './covering-locks.js';
import { StorageError } from './errors.js';
import type { Visit } from './foundations.js';
import { type ChildPage, type ChildRecord, listChildren } from './metadata/children.js';
import { type EntryRecord, findAncestry, findEntries } from './metadata/entries.js';
import { type LockRecord, locksOnEntriesAndChildren } from './metadata/locks.js';
import { type PropertyRecord, propertiesOf, propertiesOfEntryAndChildren } from './metadata/properties.js';
import { countChildren, type PageChoice, sortedChildren } from './metadata/sorted-children.js';
import { spaceUsages } from './metadata/space-usage.js';
import type { Viewer } from './metadata/visibility.js';
import type { DirectoryEntry, Entry } from './model.js';
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

/** The first page comes quickly, the others are few: half a million children are three statements. */
const PAGES = [500, 5000, 500_000];
/** Entries made at a time. */
const CHUNK = 200;

export interface ReadOptions {
  /** Fill `locks` and `properties` of each entry. */
  readonly details?: boolean;
}

/** What stands at a path. */
export interface Browsing {
  readonly entry: Entry;
  /** The children in natural order, some at a time; none of a file. */
  readonly pages: AsyncIterable<readonly Entry[]>;
}

/** One page in an order of one's choice, and how much there is in all. */
export interface EntryPage {
  readonly entries: readonly Entry[];
  readonly directoryCount: number;
  readonly fileCount: number;
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
export async function* list(visit: Visit, path: VirtualPath): AsyncGenerator<Entry> {
  const { entry, pages } = await browse(visit, path, {});
  if (entry.kind !== 'directory')
    throw new StorageError('not-a-directory', 'This is a file, not a folder.', { reason: 'not-a-directory' });
  for await (const page of pages) yield* page;
}

/** An entry and, if it is a directory, its children, from one look-up: three statements and one for each page. */
export async function browse(visit: Visit, path: VirtualPath, options: ReadOptions): Promise<Browsing> {
  assertLive(visit);
  if (path.segments.length === 0) return { entry: rootEntry(), pages: groupPages(visit) };
  const place = assertExists(await findPlace(visit.database.reader, visit, path));
  const view = { membership: place.membership, visit, houseName: await visit.houseName() };
  // The first children are read while the locks and properties of all are.
  const first = place.entry.kind === 'directory' ? pageAt(visit, place, 0, undefined) : undefined;
  const details = options.details ? await detailsOf(visit, place) : undefined;
  const entry = toEntry(place.entry, place.path, view, details?.own);
  return { entry, pages: first ? childPages(visit, place, first, details?.ofChild) : noPages() };
}

/** One page of a directory in an order of one's choice, folders first. @throws not-a-directory */
export async function listPage(visit: Visit, path: VirtualPath, page: PageChoice): Promise<EntryPage> {
  assertLive(visit);
  const { reader } = visit.database;
  const place = assertExists(await findPlace(reader, visit, path));
  if (place.entry.kind !== 'directory')
    throw new StorageError('not-a-directory', 'This is a file, not a folder.', { reason: 'not-a-directory' });
  const viewer = listingViewer(visit, place);
  const [counts, houseName] = await Promise.all([
    countChildren(reader, place.entry.id, viewer),
    visit.houseName(),
  ]);
  const records = await sortedChildren(reader, place.entry.id, viewer, counts, page);
  const view = { membership: place.membership, visit, houseName };
  const entries = records.map((record) => toEntry(record, childOf(place.path, record.name), view));
  return { entries, ...counts };
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

/**
 * Quota and use of the group a path lies in. At the root, of all one's groups: what they use together, and what may still be
 * deposited in the roomiest.
 */
export async function usage(visit: Visit, path: VirtualPath): Promise<Usage> {
  assertLive(visit);
  const isWhole = path.segments.length === 0;
  const memberships = isWhole
    ? await visit.memberships(visit.session.account.id)
    : [await membershipFor(visit, path)];
  const rows = await spaceUsages(
    visit.database.reader,
    memberships.map(({ spaceId }) => spaceId),
  );
  if (rows.length === 0 && !isWhole) throw notFound(path);
  const free = rows.length === 0 ? 0 : await visit.freeBytes();
  const left = rows.map(({ quota_bytes, used_bytes, reserved_bytes }) =>
    quota_bytes === null ? free : quota_bytes - used_bytes - reserved_bytes,
  );
  return {
    usedBytes: rows.reduce((sum, row) => sum + row.used_bytes, 0),
    quotaBytes: isWhole ? null : (rows[0]?.quota_bytes ?? null),
    availableBytes: Math.max(0, Math.min(free, Math.max(0, ...left))),
  };
}

type Details = Required<Pick<Entry, 'locks' | 'properties'>>;
type DetailsOfChild = (id: string, path: VirtualPath) => Details;

/** A page that the database reads while the one before it is made use of. */
interface PageAhead {
  readonly page: Promise<ChildPage>;
  readonly limit: number;
}

function pageAt(visit: Visit, place: ExistingPlace, turn: number, after: ChildRecord | undefined): PageAhead {
  const limit = PAGES[Math.min(turn, PAGES.length - 1)] ?? CHUNK;
  const viewer = listingViewer(visit, place);
  const page = listChildren(visit.database.reader, place.entry.id, viewer, { after, limit });
  // Whoever takes it hears of a failure; who stops before leaves it alone.
  page.catch(() => undefined);
  return { page, limit };
}

function listingViewer(visit: Visit, { membership }: ExistingPlace): Viewer {
  const { account } = visit.session;
  const hasHeld = account.kind === 'service' && membership.manifests !== 'off';
  return { ...viewerOf(membership, account.id), hasHeld };
}

async function* childPages(
  visit: Visit,
  place: ExistingPlace,
  first: PageAhead,
  detailsOfChild: DetailsOfChild | undefined,
): AsyncGenerator<readonly Entry[]> {
  const view = { membership: place.membership, visit, houseName: await visit.houseName() };
  let ahead = first;
  for (let turn = 1; ; turn++) {
    const page: ChildPage = await ahead.page;
    assertLive(visit);
    const isLast = page.count < ahead.limit;
    // The database reads the next one while this one is made into what leaves.
    if (!isLast) ahead = pageAt(visit, place, turn, page.last);
    let chunk: Entry[] = [];
    for (const record of page.records()) {
      const path = childOf(place.path, record.name);
      chunk.push(toEntry(record, path, view, detailsOfChild?.(record.id, path)));
      if (chunk.length < CHUNK) continue;
      yield chunk;
      chunk = [];
    }
    if (chunk.length > 0) yield chunk;
    if (isLast) return;
  }
}

async function* noPages(): AsyncGenerator<readonly Entry[]> {}

async function* groupPages(visit: Visit): AsyncGenerator<readonly Entry[]> {
  const memberships = await visit.memberships(visit.session.account.id);
  const roots = await findEntries(
    visit.database.reader,
    memberships.map((membership) => membership.rootEntryId),
  );
  const byId = new Map(roots.map((root) => [root.id, root]));
  yield memberships.flatMap((membership) => {
    const root = byId.get(membership.rootEntryId);
    const path = { segments: [membership.directory] };
    return root ? [toEntry(root, path, { membership, visit, houseName: '' })] : [];
  });
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

/** Locks and properties of a directory and of all its children at once: two statements for any number of them. */
async function detailsOf(
  visit: Visit,
  place: ExistingPlace,
): Promise<{ own: Details; ofChild: DetailsOfChild }> {
  const { reader } = visit.database;
  const { id } = place.entry;
  const now = visit.clock.now().getTime();
  const ids = place.steps.map((step) => step.id);
  const [records, propertyRecords] = await Promise.all([
    locksOnEntriesAndChildren(reader, ids, id, now),
    propertiesOfEntryAndChildren(reader, id),
  ]);
  const viewer = { visit, membership: place.membership };
  const covering = coveringAmong(records, place);
  const shown = (locks: readonly CoveringLock[]) =>
    locks.map(({ record, root }) => toLock(record, root, viewer));
  const deep = shown(covering.filter(({ record }) => Boolean(record.is_deep)));
  const locks = groupByEntry<LockRecord>(records);
  const properties = groupByEntry<PropertyRecord>(propertyRecords);
  return {
    own: { locks: shown(covering), properties: properties.get(id) ?? [] },
    ofChild: (childId, path) => ({
      locks: [...deep, ...(locks.get(childId) ?? []).map((record) => toLock(record, path, viewer))],
      properties: properties.get(childId) ?? [],
    }),
  };
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
