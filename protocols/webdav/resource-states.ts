import {
  type Entry,
  isStorageError,
  type Lock,
  type VirtualPath,
  type Workspace,
} from '../../storage/index.js';

/** What stands at a path now; each is looked up once for a request, however often its headers name it. */
export interface ResourceStates {
  /** Undefined where nothing exists, or nothing that may be seen. */
  entry(path: VirtualPath): Promise<Entry | undefined>;
  /** The locks a client may name there; none where nothing may be seen. */
  locks(path: VirtualPath): Promise<readonly Lock[]>;
}

export function createResourceStates(workspace: Workspace): ResourceStates {
  const entries = new Map<string, Promise<Entry | undefined>>();
  const locks = new Map<string, Promise<readonly Lock[]>>();
  return {
    entry: (path) => remembered(entries, path, () => workspace.stat(path).catch(absentAsUndefined)),
    locks: (path) => remembered(locks, path, () => workspace.usableLocksOn(path).catch(absentAsUnlocked)),
  };
}

function remembered<T>(
  known: Map<string, Promise<T>>,
  path: VirtualPath,
  look: () => Promise<T>,
): Promise<T> {
  const key = path.segments.join('/');
  const found = known.get(key) ?? look();
  known.set(key, found);
  return found;
}

function absentAsUndefined(error: unknown): undefined {
  if (isStorageError(error, 'not-found') || isStorageError(error, 'parent-missing')) return undefined;
  if (isStorageError(error, 'not-a-directory')) return undefined;
  throw error;
}

function absentAsUnlocked(error: unknown): readonly Lock[] {
  if (isStorageError(error, 'not-found')) return [];
  throw error;
}
