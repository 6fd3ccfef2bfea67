/**
 * For each waiting manifest one file that was not there when it was last looked at: as long as that one has not come, no other
 * can complete it. So ten thousand files that come one after the other do not have all lines looked at each time. In memory; what
 * is not remembered is looked at.
 */
export interface Awaited {
  /** @param file `FOLDER/NAME` below the manifest's folder; undefined: anything that comes may matter */
  note(versionId: string, file: string | undefined): void;
  mayMatter(versionId: string, file: string): boolean;
}

const MAX_MANIFESTS = 1000;

/** Remembers the manifests looked at last, so many at most. */
export function createAwaited(): Awaited {
  const known = new Map<string, string>();
  return {
    note(versionId, file) {
      known.delete(versionId);
      if (file !== undefined) known.set(versionId, file);
      const [oldest] = known.keys();
      if (known.size > MAX_MANIFESTS && oldest !== undefined) known.delete(oldest);
    },
    mayMatter(versionId, file) {
      const awaited = known.get(versionId);
      return awaited === undefined || awaited === file;
    },
  };
}
