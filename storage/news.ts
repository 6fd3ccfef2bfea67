import { assertLive } from './admission.js';
import type { Visit } from './foundations.js';
import type { Membership } from './metadata/memberships.js';
import { type NewSince, newFiles } from './metadata/news.js';
import { saveVisits, type VisitRecord, visitsOf } from './metadata/visits.js';
import type { FileEntry } from './model.js';
import type { VirtualPath } from './paths.js';
import { pathsBelow } from './paths-below.js';
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
  /** Notes that one looks at these groups now: a visit goes on until half an hour passed without one. */
  readonly isVisit?: boolean;
}

/** Whoever comes back after so long begins another visit. */
const VISIT_MS = 30 * 60_000;
/** A visit that goes on is noted no more often. */
const NOTED_MS = 60_000;

/** Groups with something new, by name: three statements. A drop member sees no deposits of others. @throws not-found */
export async function news(
  visit: Visit,
  { path, limit, isVisit = false }: NewsChoice,
): Promise<readonly News[]> {
  assertLive(visit);
  const { reader } = visit.database;
  const { id: accountId } = visit.session.account;
  const all = path ? [await membershipFor(visit, path)] : await visit.memberships(accountId);
  const visits = new Map((await visitsOf(reader, accountId)).map((row) => [row.space_id, row]));
  const now = visit.clock.now().getTime();
  const sinceOf = (membership: Membership) => ({
    spaceId: membership.spaceId,
    since: newSince(visits.get(membership.spaceId), membership, now),
  });
  const memberships = all.filter(({ role }) => role !== 'drop');
  const records = await newFiles(reader, accountId, memberships.map(sinceOf), limit);
  const pathOf = await pathsBelow(visit, records);
  const houseName = await visit.houseName();
  if (isVisit) await noteVisits(visit, all.map(sinceOf), visits, now);
  return memberships.flatMap((membership) => {
    const view = { membership, visit, houseName };
    const files = records
      .filter(({ space_id: spaceId }) => spaceId === membership.spaceId)
      .map((record) => toEntry(record, pathOf(record, membership), view))
      .filter((entry) => entry.kind === 'file');
    const { directory, rootEntryId } = membership;
    return files.length > 0 ? [{ directory, groupEntryId: rootEntryId, files }] : [];
  });
}

/** Notes that one looks at these groups now: what is new to one then is what comes after this visit. */
async function noteVisits(
  visit: Visit,
  groups: readonly NewSince[],
  before: ReadonlyMap<string, VisitRecord>,
  now: number,
): Promise<void> {
  const due = groups.filter(({ spaceId }) => now - (before.get(spaceId)?.last_seen_at ?? 0) >= NOTED_MS);
  if (due.length === 0) return;
  await visit.database.writeRelaxed((transaction) =>
    saveVisits(
      transaction,
      due.map(({ spaceId, since }) => ({
        account_id: visit.session.account.id,
        space_id: spaceId,
        new_since: since,
        last_seen_at: now,
      })),
    ),
  );
}

function newSince(row: VisitRecord | undefined, { memberSince }: Membership, now: number): number {
  if (!row) return memberSince;
  return now - row.last_seen_at > VISIT_MS ? row.last_seen_at : row.new_since;
}
