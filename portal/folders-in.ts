import type { Entry, VirtualPath, Workspace } from '../storage/index.js';

/** Folders stand among the files; a look this far finds them in every directory people keep by hand. */
const MAX_SEEN = 5000;

/** The folders in a directory, to choose one. */
export async function foldersIn(workspace: Workspace, path: VirtualPath): Promise<Entry[]> {
  const folders: Entry[] = [];
  let seen = 0;
  for await (const child of workspace.list(path)) {
    if (child.kind === 'directory') folders.push(child);
    seen += 1;
    if (seen === MAX_SEEN) break;
  }
  return folders;
}
