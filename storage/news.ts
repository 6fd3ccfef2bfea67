import { assertLive } from './admission.js';
import type { Visit } from './foundations.js';
import type { EntryRecord } from './metadata/entries.js';
import type { Membership } from './metadata/memberships.js';
import { type Above, foldersAbove, newFiles } from './metadata/news.js';
import { saveVisit, type VisitRecord, visitsOf } from './metadata/visits.js';
import type { FileEntry } from './model.js';
import type { VirtualPath } from './paths.js';
import { membershipFor, toEntry } from './places.js';

/** What others deposited in a group since one's last visit and one has not downloaded yet. */
export interface News {
  /** The group's name in paths, and its id. */
  readonly directory: string;
  readonly groupEntryId: string;
  /** Newest first. */
  readonly files: readonly FileEntry[];
}

export interface NewsChoice {
  /** Absent: all of one's groups. */
  readonly path?: VirtualPath;
  /** Files at most, over all groups; the newest. */
  readonly limit: number;
}

/** Whoever comes back after so long begins another visit. */
const VISIT_MS = 30 * 60_000;
/** A visit that goes on is noted no more often. */
const NOTED_MS = 60_000;

/** Groups with something new, by name: three statements. A drop member sees no deposits of others. @throws not-found */
export async function news(visit: Visit, { path, limit }: NewsChoice): Promise<readonly News[]> {
  assertLive(visit);
  const { reader } = visit.database;
  const { id: accountId } = visit.session.account;
  const all = path ? [await membershipFor(visit, path)] : await visit.memberships(accountId);
  const memberships = all.filter(({ role }) => role !== 'drop');
  const visits = new Map((await visitsOf(reader, accountId)).map((row) => [row.space_id, row]));
  const now = visit.clock.now().getTime();
  const groups = memberships.map((membership) => ({
    spaceId: membership.spaceId,
    since: newSince(visits.get(membership.spaceId), membership, now),
  }));
  const records = await newFiles(reader, accountId, groups, limit);
  const parents = records.flatMap(({ parent_id: parentId }) => (parentId === null ? [] : [parentId]));
  const folders = await foldersAbove(reader, parents);
  const houseName = await visit.houseName();
  return memberships.flatMap((membership) => {
    const view = { membership, visit, houseName };
    const files = records
      .filter(({ space_id: spaceId }) => spaceId === membership.spaceId)
      .map((record) => toEntry(record, pathBelow(record, membership, folders), view))
      .filter((entry) => entry.kind === 'file');
    const { directory, rootEntryId } = membership;
    return files.length > 0 ? [{ directory, groupEntryId: rootEntryId, files }] : [];
  });
}

/** Notes that one looks at the group now: what is new to one then is what comes after this visit. */
export async function noteVisit(visit: Visit, path: VirtualPath): Promise<void> {
  assertLive(visit);
  const membership = await membershipFor(visit, path);
  const { id: accountId } = visit.session.account;
  const before = (await visitsOf(visit.database.reader, accountId)).find(
    ({ space_id: spaceId }) => spaceId === membership.spaceId,
  );
  const now = visit.clock.now().getTime();
  if (before && now - before.last_seen_at < NOTED_MS) return;
  await visit.database.writeRelaxed((transaction) =>
    saveVisit(transaction, {
      account_id: accountId,
      space_id: membership.spaceId,
      new_since: newSince(before, membership, now),
      last_seen_at: now,
    }),
  );
}

function newSince(row: VisitRecord | undefined, { memberSince }: Membership, now: number): number {
  if (!row) return memberSince;
  return now - row.last_seen_at > VISIT_MS ? row.last_seen_at : row.new_since;
}

/** The path of a record of a group, by the folders above it. */
export function pathBelow(
  record: EntryRecord,
  { directory }: Membership,
  folders: ReadonlyMap<string, Above>,
): VirtualPath {
  const names = [record.name];
  for (let folder = folders.get(record.parent_id ?? ''); folder; folder = folders.get(folder.parent_id ?? ''))
    names.unshift(folder.parent_id === null ? directory : folder.name);
  return { segments: names };
}
