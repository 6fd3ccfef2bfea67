import type { Visit } from './foundations.js';
import type { EntryRecord } from './metadata/entries.js';
import { type Above, foldersAbove } from './metadata/folders-above.js';
import type { Membership } from './metadata/memberships.js';
import type { VirtualPath } from './paths.js';

/** Finds the folders above records of one's groups, and gives each record its path: one statement for 500 folders. */
export async function pathsBelow(
  { database }: Visit,
  records: readonly EntryRecord[],
): Promise<(record: EntryRecord, membership: Membership) => VirtualPath> {
  const parents = records.flatMap(({ parent_id: parentId }) => (parentId === null ? [] : [parentId]));
  const folders = await foldersAbove(database.reader, parents);
  return (record, membership) => pathBelow(record, membership, folders);
}

function pathBelow(
  record: EntryRecord,
  { directory }: Membership,
  folders: ReadonlyMap<string, Above>,
): VirtualPath {
  const names = [record.name];
  for (let folder = folders.get(record.parent_id ?? ''); folder; folder = folders.get(folder.parent_id ?? ''))
    names.unshift(folder.parent_id === null ? directory : folder.name);
  return { segments: names };
}
