import type { Clock } from '../clock.js';

const MAX_KEYS = 10_000;

/** Remembers for a while what was said already, so that it is said once. Bounded; forgets with the process. */
export interface FirstSeen {
  /** True the first time within the lifetime. */
  isNew(key: string): boolean;
}

export function createFirstSeen(clock: Clock, lifetimeMs: number): FirstSeen {
  const seenAt = new Map<string, number>();
  return {
    isNew(key) {
      const now = clock.now().getTime();
      const before = seenAt.get(key);
      if (before !== undefined && now - before < lifetimeMs) return false;
      seenAt.delete(key);
      const oldest = seenAt.keys().next();
      if (seenAt.size >= MAX_KEYS && !oldest.done) seenAt.delete(oldest.value);
      seenAt.set(key, now);
      return true;
    },
  };
}
