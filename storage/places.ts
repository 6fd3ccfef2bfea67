import { StorageError } from './errors.js';
import type { Visit } from './foundations.js';
import { findChain } from './metadata/chains.js';
import type { Connection } from './metadata/database.js';
import type { EntryRecord, Step } from './metadata/entries.js';
import type { Membership } from './metadata/memberships.js';
import type { Viewer } from './metadata/visibility.js';
import type { Entry } from './model.js';
import { formatPath, lastSegment, type VirtualPath } from './paths.js';
import { shownName } from './policy.js';

/** Where a path leads inside a group. */
export interface Place {
  readonly membership: Membership;
  /** Names as they are stored, the last one as it was asked for when it is free. */
  readonly path: VirtualPath;
  /** The group's root first; ends with the entry, or with its parent when the name is free. */
  readonly steps: readonly Step[];
  /** Undefined: the name is free, as far as this account sees. */
  readonly entry: EntryRecord | undefined;
}

/** A place that was looked up. */
export interface FoundPlace extends Place {
  /** What opens the bytes of a file's version; null where there are none, or where it was not asked for. */
  readonly wrappedKey: string | null;
}

export interface ExistingPlace extends Place {
  readonly entry: EntryRecord;
}

export interface FreePlace extends Place {
  readonly parent: Step;
  readonly name: string;
}

export function viewerOf(membership: Membership, accountId: string): Viewer {
  return { accountId, seesOnlyOwn: membership.role === 'drop' };
}

/** Finds the group a path lies in. @throws not-found for the root and for groups one is not a member of */
export async function membershipFor(visit: Visit, path: VirtualPath): Promise<Membership> {
  const directory = path.segments[0];
  const membership = (await visit.memberships(visit.session.account.id)).find(
    (one) => one.directory === directory,
  );
  if (!membership) throw notFound(path);
  return membership;
}

/** Follows a path as far as the account sees. `db` is a transaction where the answer must hold. */
export async function findPlace(
  db: Connection,
  visit: Visit,
  path: VirtualPath,
  options: { readonly withKey?: boolean } = {},
): Promise<FoundPlace> {
  const membership = await membershipFor(visit, path);
  const names = path.segments.slice(1);
  const viewer = viewerOf(membership, visit.session.account.id);
  const chain = await findChain(db, membership.rootEntryId, names, viewer, options);
  const steps = chain.steps.map((step, index) =>
    index === 0 ? { ...step, name: membership.directory } : step,
  );
  const segments = path.segments.map((segment, index) => steps[index]?.name ?? segment);
  return { membership, path: { segments }, steps, entry: chain.entry, wrappedKey: chain.wrappedKey };
}

/** @throws not-found */
export function assertExists(place: Place): ExistingPlace {
  if (!place.entry) throw notFound(place.path);
  return { ...place, entry: place.entry };
}

/** The folder a new name would lie in: a path leads through folders only. @throws parent-missing when it is absent or a file */
export function parentFor(place: Place): FreePlace {
  const depth = place.path.segments.length - 1;
  const parent = place.steps[depth - 1];
  if (!parent)
    throw new StorageError('parent-missing', 'The folder this would lie in does not exist.', {
      subject: formatPath(place.path),
    });
  return { ...place, parent, name: lastSegment(place.path) };
}

/** @throws forbidden for the root and a group's own directory, which only administrators change */
export function assertInsideGroup(path: VirtualPath): void {
  if (path.segments.length < 2)
    throw new StorageError('forbidden', "A group's own folder is changed by administrators only.", {
      reason: 'group-directory',
      subject: formatPath(path),
    });
}

export function notFound(path: VirtualPath): StorageError {
  return new StorageError('not-found', 'There is no such file or folder.', { subject: formatPath(path) });
}

/** An entry as the account may see it. */
export function toEntry(
  record: EntryRecord,
  path: VirtualPath,
  view: { readonly membership: Membership; readonly visit: Visit; readonly houseName: string },
): Entry {
  const base = {
    id: record.id,
    path,
    name: lastSegment(path),
    createdAt: new Date(record.created_at),
    modifiedAt: new Date(record.modified_at),
  };
  if (record.kind === 'directory' || record.version_id === null) return { ...base, kind: 'directory' };
  const depositor = { name: record.depositor_name ?? '', side: record.depositor_side ?? 'partner' };
  const viewer = {
    side: view.visit.session.account.side,
    showsHousePeople: view.membership.showsHousePeople,
  };
  return {
    ...base,
    kind: 'file',
    versionId: record.version_id,
    sizeBytes: record.size_bytes ?? 0,
    sha256: record.sha256 ?? '',
    etag: etagOf(record),
    depositor: {
      id: record.depositor_account_id ?? '',
      name: shownName(depositor, viewer, view.houseName),
      side: depositor.side,
    },
    depositedAt: new Date(record.deposited_at ?? record.created_at),
    isPublished: record.state === 'published',
  };
}

/** The version's id, quoted: changes with every deposit, never with a rename. */
export function etagOf(record: EntryRecord): string {
  return `"${record.version_id}"`;
}
