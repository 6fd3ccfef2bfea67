import {
  isStorageError,
  pathOf,
  StorageError,
  type VirtualPath,
  type Workspace,
} from '../../storage/index.js';

/** Where a dropped name lies. @throws StorageError invalid-path */
export function below(directory: VirtualPath, path: string): VirtualPath {
  return pathOf([...directory.segments, ...path.split('/')]);
}

/**
 * Makes the folders of a dropped tree, empty ones too, from the top down; those that are there stay.
 * @returns how many were made @throws StorageError for the first that cannot be
 */
export async function makeFolders(
  workspace: Workspace,
  directory: VirtualPath,
  folders: readonly string[],
): Promise<number> {
  const wanted = new Set(folders.flatMap(withThoseAbove));
  let made = 0;
  for (const folder of [...wanted].sort((one, other) => depthOf(one) - depthOf(other)))
    if (await isMade(workspace, below(directory, folder))) made += 1;
  return made;
}

function withThoseAbove(folder: string): string[] {
  const steps = folder.split('/');
  return steps.map((_, index) => steps.slice(0, index + 1).join('/'));
}

function depthOf(folder: string): number {
  return folder.split('/').length;
}

async function isMade(workspace: Workspace, path: VirtualPath): Promise<boolean> {
  try {
    await workspace.createDirectory(path);
    return true;
  } catch (error) {
    if (!isStorageError(error, 'already-exists')) throw error;
    const there = await workspace.stat(path);
    if (there.kind === 'directory') return false;
    throw new StorageError('not-a-directory', 'A file bears the name of a folder.', {
      reason: 'not-a-directory',
    });
  }
}
