import type { Visit } from './foundations.js';
import { newId } from './ids.js';
import type { Transaction } from './metadata/database.js';
import { type EntryRecord, insertEntries, type NewEntry, updateEntry } from './metadata/entries.js';
import { copyProperties, removeProperties } from './metadata/properties.js';
import { settleBytes } from './metadata/space-usage.js';
import { endVersions, insertVersions, type NewVersion } from './metadata/versions.js';
import { isPrivateName } from './names.js';
import { childOf, type VirtualPath } from './paths.js';
import type { FreePlace } from './places.js';
import type { TreeEntry } from './tree.js';
import { quotaExceeded } from './upload-listing.js';

export interface Planting {
  readonly place: FreePlace;
  /** A file that gets the new version in place of a new entry. */
  readonly holder: EntryRecord | undefined;
  /** Parents before children; the first one takes the place's name. */
  readonly entries: readonly TreeEntry[];
}

export interface Planted {
  /** As it stands now. */
  readonly entry: TreeEntry;
  /** What it was made from. */
  readonly source: TreeEntry;
  /** Empty for directories. */
  readonly versionId: string;
}

/** Makes new entries and versions that share the blobs of others. The target's quota counts them. @throws no-space */
export async function plantTree(
  transaction: Transaction,
  visit: Visit,
  planting: Planting,
): Promise<Planted[]> {
  const { place, holder, entries } = planting;
  const planted = planFor(visit, planting);
  const usedBytes =
    entries.reduce((sum, { record }) => sum + (record.size_bytes ?? 0), 0) - (holder?.size_bytes ?? 0);
  if (!(await settleBytes(transaction, place.membership.spaceId, { usedBytes, reservedBytes: 0 })))
    throw quotaExceeded();
  const fresh = holder ? planted.slice(1) : planted;
  if (fresh.length > 0)
    await insertEntries(
      transaction,
      fresh.map(({ row }) => row),
    );
  const first = planted[0];
  if (holder && first) {
    const { state, privateTo, ownerAccountId, modifiedAt, versionId } = first.row;
    const change = {
      state,
      privateTo,
      ownerAccountId,
      modifiedAt,
      ...(versionId === null ? {} : { versionId }),
    };
    await updateEntry(transaction, holder.id, change);
    await removeProperties(transaction, holder.id);
    if (holder.version_id !== null) await endVersions(transaction, [holder.version_id], first.row.at);
  }
  const versions = planted.flatMap(({ version }) => (version ? [version] : []));
  if (versions.length > 0) await insertVersions(transaction, versions);
  await copyProperties(
    transaction,
    planted.map(({ from, row }) => ({ from, to: row.id })),
  );
  return planted.map(({ entry, source, row }) => ({ entry, source, versionId: row.versionId ?? '' }));
}

interface PlannedEntry {
  readonly from: string;
  readonly row: NewEntry;
  readonly version: NewVersion | undefined;
  readonly entry: TreeEntry;
  readonly source: TreeEntry;
}

function planFor(visit: Visit, { place, holder, entries }: Planting): PlannedEntry[] {
  const now = visit.clock.now();
  const { account, origin } = visit.session;
  const made = new Map<string, { readonly id: string; readonly path: VirtualPath }>();
  return entries.map((source, index) => {
    const { record } = source;
    const isFirst = index === 0;
    const parent = made.get(record.parent_id ?? '');
    const name = isFirst ? place.name : record.name;
    const path = isFirst || !parent ? place.path : childOf(parent.path, name);
    const id = isFirst && holder ? holder.id : newId(now);
    made.set(record.id, { id, path });
    const versionId = record.version_id === null ? null : newId(now);
    const row: NewEntry = {
      id,
      spaceId: place.membership.spaceId,
      parentId: isFirst || !parent ? place.parent.id : parent.id,
      kind: record.kind,
      name,
      // A placeholder copied over content is content: it would hide what it replaces from everyone.
      state: isFirst && holder?.state === 'published' ? 'published' : record.state,
      privateTo: record.kind === 'file' && isPrivateName(name) ? account.id : '',
      ownerAccountId: account.id,
      versionId,
      at: now.getTime(),
      modifiedAt: record.modified_at,
    };
    const version =
      versionId === null ? undefined : versionOf(record, row, versionId, account.id, origin.door);
    const shown = { ...record, id, name, state: row.state, private_to: row.privateTo, version_id: versionId };
    return { from: record.id, row, version, entry: { record: shown, path }, source };
  });
}

function versionOf(
  record: EntryRecord,
  row: NewEntry,
  id: string,
  depositorAccountId: string,
  door: NewVersion['door'],
): NewVersion {
  return {
    id,
    entryId: row.id,
    blobId: record.blob_id,
    sizeBytes: record.size_bytes ?? 0,
    sha256: record.sha256 ?? '',
    depositorAccountId,
    door,
    depositedAt: row.at,
    modifiedAt: row.modifiedAt,
  };
}
