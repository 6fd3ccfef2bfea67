/** Readings whose CLOSE was answered while their line in the history is still being written. */
export interface Records {
  /** False when nothing is on its way. */
  readonly isBusy: boolean;
  /** Takes one over, and has room for more when it resolves; `onFailure` is told if it cannot be written. */
  keep(record: Promise<void>, onFailure: (error: unknown) => Promise<void>): Promise<void>;
  /** Settles when all kept so far are written, or cannot be. Never rejects. */
  settled(): Promise<void>;
}

const MAX_UNDER_WAY = 64;

/**
 * Several of them go into one commit. Whatever changes something waits for them, and so does the end of the session.
 */
export function createRecords(): Records {
  const underWay = new Set<Promise<void>>();
  return {
    get isBusy() {
      return underWay.size > 0;
    },
    async keep(record, onFailure) {
      const kept = record.catch(onFailure).finally(() => underWay.delete(kept));
      underWay.add(kept);
      if (underWay.size >= MAX_UNDER_WAY) await Promise.all(underWay);
    },
    async settled() {
      if (underWay.size > 0) await Promise.all(underWay);
    },
  };
}
