import { type Entry, StorageError, type Workspace } from '../../storage/index.js';

/** One entry of an archive: a file, or an empty folder. */
export interface ArchiveMember {
  /** Inside the archive; with slashes. */
  readonly path: string;
  readonly entry: Entry;
}

const MAX_MEMBERS = 10_000;

/**
 * All there is to have of some entries of one directory: their files, and the folders in which nothing lies. A file that is still
 * under way has no bytes to give yet. @throws StorageError too-large (reason `tree-size`) beyond 10,000
 */
export async function membersOf(
  workspace: Workspace,
  entries: readonly Entry[],
): Promise<readonly ArchiveMember[]> {
  const members: ArchiveMember[] = [];
  for (const entry of entries) {
    const found = entry.kind === 'file' ? [entry] : await workspace.tree(entry.path);
    members.push(...within(found, entry.path.segments.length - 1));
    if (members.length > MAX_MEMBERS)
      throw new StorageError('too-large', 'This is more than 10,000 files and folders.', {
        reason: 'tree-size',
      });
  }
  return members;
}

/** The published ones of these, each with its path from that depth on. */
export function within(entries: readonly Entry[], depth: number): ArchiveMember[] {
  const filled = new Set(entries.map(({ path }) => path.segments.slice(0, -1).join('/')));
  return entries
    .filter((entry) =>
      entry.kind === 'file' ? entry.isPublished : !filled.has(entry.path.segments.join('/')),
    )
    .map((entry) => ({ path: entry.path.segments.slice(depth).join('/'), entry }));
}
