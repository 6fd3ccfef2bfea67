/**
 * For each waiting manifest one file that was not there when it was last looked at: as long as that one has not come, no other
 * can complete it. So ten thousand files that come one after the other do not have all lines looked at each time. In memory; what
 * is not remembered is looked at.
 */
export interface Awaited {
  /** A look at a manifest begins: until `end` whatever comes may have been missed by it. @returns a number for `end` */
  begin(versionId: string): number;
  /** @param file `FOLDER/NAME` below the manifest's folder; undefined: anything that comes may matter */
  end(versionId: string, look: number, file: string | undefined): void;
  mayMatter(versionId: string, file: string): boolean;
}

interface Look {
  readonly look: number;
  readonly file: string | undefined;
}

const MAX_MANIFESTS = 1000;

/** Remembers the manifests looked at last, so many at most. */
export function createAwaited(): Awaited {
  const looks = new Map<string, Look>();
  let count = 0;
  return {
    begin(versionId) {
      count += 1;
      looks.delete(versionId);
      looks.set(versionId, { look: count, file: undefined });
      const [oldest] = looks.keys();
      if (looks.size > MAX_MANIFESTS && oldest !== undefined) looks.delete(oldest);
      return count;
    },
    end(versionId, look, file) {
      // What a look found that others overtook may be there by now.
      if (looks.get(versionId)?.look === look) looks.set(versionId, { look, file });
    },
    mayMatter(versionId, file) {
      const awaited = looks.get(versionId)?.file;
      return awaited === undefined || awaited === file;
    },
  };
}
