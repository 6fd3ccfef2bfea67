import {
  type DirectoryEntry,
  type FileEntry,
  ROOT,
  type VirtualPath,
  type Workspace,
} from '../storage/index.js';

/** What a group holds at a glance. */
export interface GroupOverview {
  readonly directory: DirectoryEntry;
  readonly fileCount: number;
  /** True when there is more than was counted. */
  readonly isCut: boolean;
  /** Newest first. */
  readonly recent: readonly FileEntry[];
}

/** Enough for a glance; what lies beyond is shown by the group's own page. */
const MAX_ENTRIES = 500;
const MAX_RECENT = 6;

/** One's groups by name, each looked through up to 500 entries. */
export async function readOverview(workspace: Workspace): Promise<GroupOverview[]> {
  const overviews: GroupOverview[] = [];
  for await (const entry of workspace.list(ROOT))
    if (entry.kind === 'directory') overviews.push(await readGroup(workspace, entry));
  return overviews;
}

/** The newest deposits over all groups. */
export function latestOf(overviews: readonly GroupOverview[]): FileEntry[] {
  return newest(overviews.flatMap((overview) => overview.recent));
}

async function readGroup(workspace: Workspace, directory: DirectoryEntry): Promise<GroupOverview> {
  const files: FileEntry[] = [];
  const waiting: VirtualPath[] = [directory.path];
  let seen = 0;
  for (let path = waiting.shift(); path !== undefined && seen < MAX_ENTRIES; path = waiting.shift())
    for await (const entry of workspace.list(path)) {
      if (entry.kind === 'directory') waiting.push(entry.path);
      else if (entry.isPublished) files.push(entry);
      seen += 1;
      if (seen === MAX_ENTRIES) break;
    }
  return { directory, fileCount: files.length, isCut: seen === MAX_ENTRIES, recent: newest(files) };
}

function newest(files: readonly FileEntry[]): FileEntry[] {
  return [...files]
    .sort((one, other) => other.depositedAt.getTime() - one.depositedAt.getTime())
    .slice(0, MAX_RECENT);
}
