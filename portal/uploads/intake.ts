import {
  assertCreatableName,
  type Entry,
  isStorageError,
  isSystemLitter,
  isTemporaryName,
  lastSegment,
  parentOf,
  StorageError,
  type Usage,
  type VirtualPath,
  type Workspace,
} from '../../storage/index.js';
import { below } from './folders.js';

/** A file that is about to be sent: where from the folder on, and how large. */
export interface IntendedFile {
  readonly path: string;
  readonly sizeBytes: number;
}

/** What is known of it before a byte is sent. */
export type Verdict =
  | { readonly kind: 'free' }
  | { readonly kind: 'taken'; readonly by: Entry }
  | { readonly kind: 'refused'; readonly error: StorageError };

const AT_ONCE = 16;

/**
 * Judges files by what can be known: name, role, the room there is, what holds the name. Each is asked again when it is deposited.
 * The verdicts stand in the order of the files.
 */
export async function judge(
  workspace: Workspace,
  directory: VirtualPath,
  files: readonly IntendedFile[],
): Promise<Verdict[]> {
  const [mayDeposit, usage] = await Promise.all([
    workspace.mayDeposit(directory),
    workspace.usage(directory),
  ]);
  const refusal = mayDeposit
    ? undefined
    : new StorageError('forbidden', 'Your role does not allow it.', { reason: 'role' });
  const room = createRoom(usage);
  const absent = new Set<string>();
  const verdicts: Verdict[] = [];
  for (let start = 0; start < files.length; start += AT_ONCE)
    verdicts.push(
      ...(await Promise.all(
        files.slice(start, start + AT_ONCE).map(async (file): Promise<Verdict> => {
          const error = refusal ?? room.take(file);
          return error ? { kind: 'refused', error } : look(workspace, directory, file, absent);
        }),
      )),
    );
  return verdicts;
}

/** Files are taken in as long as there is room, in the order in which they were chosen. */
function createRoom({ availableBytes, quotaBytes }: Usage) {
  let leftBytes = availableBytes;
  return {
    take({ sizeBytes }: IntendedFile): StorageError | undefined {
      if (sizeBytes > leftBytes)
        return new StorageError('no-space', 'There is not enough room.', {
          reason: quotaBytes === null ? 'disk' : 'quota',
        });
      leftBytes -= sizeBytes;
      return undefined;
    },
  };
}

async function look(
  workspace: Workspace,
  directory: VirtualPath,
  file: IntendedFile,
  absent: Set<string>,
): Promise<Verdict> {
  try {
    const path = below(directory, file.path);
    const name = lastSegment(path);
    for (const segment of path.segments.slice(directory.segments.length)) assertCreatableName(segment);
    if (isSystemLitter(name) || isTemporaryName(name))
      throw new StorageError('invalid-path', 'This is a temporary file.', { reason: 'temporary' });
    if (absent.has(folderOf(file.path))) return { kind: 'free' };
    return { kind: 'taken', by: await workspace.stat(path) };
  } catch (error) {
    if (isStorageError(error, 'not-found') || isStorageError(error, 'parent-missing')) {
      await noteAbsence(workspace, directory, file.path, absent);
      return { kind: 'free' };
    }
    if (isStorageError(error)) return { kind: 'refused', error };
    throw error;
  }
}

/** A dropped tree mostly is new: what lies in an absent folder need not be looked for one by one. */
async function noteAbsence(
  workspace: Workspace,
  directory: VirtualPath,
  path: string,
  absent: Set<string>,
): Promise<void> {
  const folder = folderOf(path);
  if (folder === '' || absent.has(folder)) return;
  await workspace.stat(parentOf(below(directory, path))).catch((error: unknown) => {
    if (!isStorageError(error)) throw error;
    absent.add(folder);
  });
}

/** With its slash; empty for what lies in the directory itself. */
function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}
