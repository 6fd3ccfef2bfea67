import {
  formatPath,
  isStorageError,
  lastSegment,
  type PendingUpload,
  parentOf,
  StorageError,
  type VirtualPath,
  type Workspace,
} from '../../storage/index.js';
import type { Attributes } from './attributes.js';

/*
 * Uploads that were cut off stay for a while and are gone on with: their sender, and nobody else, finds them under the file's
 * name with the size they have, so that reput, WinSCP and lftp know where to go on. They can be written, not read.
 */

/** What lies parked under a name, the one left last at the end; others than the last are older tries at the same file. */
export async function parkedAt(path: VirtualPath, workspace: Workspace): Promise<readonly PendingUpload[]> {
  const name = formatPath(path);
  const parked = await parkedHere(workspace);
  return parked.filter((upload) => formatPath(upload.path) === name).sort(byAge);
}

/** What a browser sent goes on in the browser, where its sender sees it. */
async function parkedHere(workspace: Workspace): Promise<PendingUpload[]> {
  const parked = await workspace.uploads({ state: 'parked' });
  return parked.filter(({ door }) => door === 'sftp');
}

/** What STAT tells of a name that is parked; undefined when none is, or the name holds another content by now. */
export async function parkedAttributes(
  path: VirtualPath,
  workspace: Workspace,
): Promise<Attributes | undefined> {
  const last = (await parkedAt(path, workspace)).at(-1);
  return last?.isResumable ? attributesOfParked(last) : undefined;
}

/** The same for all names directly inside a directory. */
export async function parkedInside(
  directory: VirtualPath,
  workspace: Workspace,
): Promise<ReadonlyMap<string, { readonly attributes: Attributes }>> {
  const folder = formatPath(directory);
  const parked = await parkedHere(workspace);
  const inside = parked.filter(
    ({ path, isResumable }) => isResumable && formatPath(parentOf(path)) === folder,
  );
  return new Map(
    inside
      .sort(byAge)
      .map((upload) => [lastSegment(upload.path), { attributes: attributesOfParked(upload) }]),
  );
}

/** Throws away what lies parked under a name. @returns false when nothing does */
export async function discardParked(
  parked: readonly PendingUpload[],
  workspace: Workspace,
): Promise<boolean> {
  for (const { id } of parked)
    await workspace.discard(id).catch((error: unknown) => {
      // Another session was quicker.
      if (!isStorageError(error, 'not-found')) throw error;
    });
  return parked.length > 0;
}

/** Does what only a whole file can be asked; in place of "no such file" a parked one is told to be what it is. @throws locked (reason `parked`) */
export async function onWhole<Result>(
  path: VirtualPath,
  workspace: Workspace,
  act: () => Promise<Result>,
): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    if (isStorageError(error, 'not-found') && (await parkedAttributes(path, workspace)))
      throw new StorageError('locked', 'Only a part of this file has come: go on sending it, or remove it.', {
        reason: 'parked',
        subject: formatPath(path),
      });
    throw error;
  }
}

function attributesOfParked({ receivedBytes, updatedAt }: PendingUpload): Attributes {
  return { kind: 'file', sizeBytes: receivedBytes, modifiedAt: updatedAt };
}

function byAge(one: PendingUpload, other: PendingUpload): number {
  return one.updatedAt.getTime() - other.updatedAt.getTime();
}
