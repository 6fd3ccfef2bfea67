/** Which ids the folders along a path had when they were last seen: a hint, to be compared with the rows themselves. */
export interface FolderHints {
  /** Ids of the folders below the root, in order; undefined for a path not seen yet. */
  find(rootId: string, names: readonly string[]): readonly string[] | undefined;
  note(rootId: string, names: readonly string[], ids: readonly string[]): void;
  forget(rootId: string, names: readonly string[]): void;
}

const MAX_PATHS = 10_000;

/** Remembers the paths noted last, so many at most. */
export function createFolderHints(): FolderHints {
  const known = new Map<string, readonly string[]>();
  return {
    find: (rootId, names) => known.get(keyOf(rootId, names)),
    note(rootId, names, ids) {
      const key = keyOf(rootId, names);
      known.delete(key);
      known.set(key, ids);
      const [oldest] = known.keys();
      if (known.size > MAX_PATHS && oldest !== undefined) known.delete(oldest);
    },
    forget(rootId, names) {
      known.delete(keyOf(rootId, names));
    },
  };
}

function keyOf(rootId: string, names: readonly string[]): string {
  return [rootId, ...names].join('/');
}
