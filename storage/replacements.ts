import type { Visit } from './foundations.js';
import { newId } from './ids.js';
import type { EntryRecord } from './metadata/entries.js';

/**
 * Programs replace a file in steps: they delete it, empty it or rename it away, and put the new one under its name right after
 * (WinSCP, Explorer's older redirector, Office, vim). An account that does both within a minute has replaced the file: the entry
 * goes on, so that links to it still lead there, and the rows of its history belong to one act. NTFS remembers names for the
 * same reason ("file system tunneling", Microsoft KB 172190). Kept in memory: after a restart the two are two acts.
 */
export interface Replacements {
  note(slot: Slot, begun: BegunReplacement): void;
  /** What the account began under this name less than a minute before `now` (milliseconds since 1970); then forgotten. */
  take(slot: Slot, now: number): BegunReplacement | undefined;
}

/** A name in a folder, as one account left it. */
export interface Slot {
  readonly accountId: string;
  readonly parentId: string;
  readonly name: string;
}

export interface BegunReplacement {
  readonly entryId: string;
  /** The act that its rows in the history share. */
  readonly actId: string;
  readonly createdAt: number;
  /** Milliseconds since 1970. */
  readonly begunAt: number;
  /** False while the entry is still there, empty. */
  readonly isEnded: boolean;
}

const WINDOW_MS = 60_000;
const MAX_SLOTS = 10_000;

/** Remembers the last names that were left, so many at most. */
export function createReplacements(): Replacements {
  const begun = new Map<string, BegunReplacement>();
  return {
    note(slot, replacement) {
      const key = keyOf(slot);
      begun.delete(key);
      begun.set(key, replacement);
      const [oldest] = begun.keys();
      if (begun.size > MAX_SLOTS && oldest !== undefined) begun.delete(oldest);
    },
    take(slot, now) {
      const key = keyOf(slot);
      const found = begun.get(key);
      begun.delete(key);
      return found && now - found.begunAt < WINDOW_MS ? found : undefined;
    },
  };
}

function keyOf({ accountId, parentId, name }: Slot): string {
  return [accountId, parentId, name].join('/');
}

/** A name as the visit's account sees or leaves it. */
export function slotOf({ session }: Visit, { parentId, name }: Omit<Slot, 'accountId'>): Slot {
  return { accountId: session.account.id, parentId, name };
}

/** What begins when the account takes this file out of its place; it goes on with what it began there a moment ago. */
export function beginReplacement(visit: Visit, entry: EntryRecord): { slot: Slot; begun: BegunReplacement } {
  const slot = slotOf(visit, { parentId: entry.parent_id ?? '', name: entry.name });
  const now = visit.clock.now();
  const before = visit.replacements.take(slot, now.getTime());
  const isSame = before?.entryId === entry.id;
  const actId = isSame ? before.actId : newId(now);
  const begunAt = isSame ? before.begunAt : now.getTime();
  return { slot, begun: { entryId: entry.id, createdAt: entry.created_at, actId, begunAt, isEnded: true } };
}
