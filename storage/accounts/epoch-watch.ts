import { accountStandings } from '../metadata/accounts.js';
import type { Database } from '../metadata/database.js';
import { readEpoch } from '../metadata/epochs.js';
import type { CredentialCache } from './credential-cache.js';
import type { SessionHub } from './session-hub.js';

export interface EpochWatchParts {
  readonly database: Database;
  readonly hub: SessionHub;
  readonly cache: CredentialCache;
  /** Drops what else is kept in memory of accounts, groups and memberships. */
  readonly onChange: () => void;
  /** Told of each look that failed; the next one comes all the same. */
  readonly onError?: (error: unknown) => void;
  readonly intervalMs?: number;
}

/** Heeds administrative acts of any process: sessions they end are ended, what was remembered is dropped. */
export interface EpochWatch {
  start(): Promise<void>;
  /** Heeds an act of this process without waiting for the next look. */
  now(): Promise<void>;
  /** Resolves when no look is under way any more. */
  stop(): Promise<void>;
}

export function createEpochWatch(parts: EpochWatchParts): EpochWatch {
  const { database, hub, cache, onChange, onError, intervalMs = 1000 } = parts;
  let knownEpoch = -1;
  let isSettling = false;
  let isRunning = false;
  let timer: NodeJS.Timeout | undefined;
  let look = Promise.resolve();

  async function heed(epoch: number): Promise<void> {
    cache.clear();
    onChange();
    hub.refresh(await accountStandings(database.reader, hub.accounts()));
    knownEpoch = epoch;
  }

  /** A sign-in that read its account just before a change may register just after it: the next look refreshes once more. */
  async function lookOnce(): Promise<void> {
    const epoch = await readEpoch(database.reader);
    if (epoch === knownEpoch && !isSettling) return;
    isSettling = epoch !== knownEpoch;
    await heed(epoch);
  }

  function schedule(): void {
    if (!isRunning) return;
    timer = setTimeout(() => {
      look = lookOnce()
        .catch((error: unknown) => onError?.(error))
        .then(schedule);
    }, intervalMs);
    timer.unref();
  }

  return {
    async start() {
      isRunning = true;
      await lookOnce();
      schedule();
    },
    async now() {
      const epoch = await readEpoch(database.reader);
      await heed(epoch);
      isSettling = true;
    },
    async stop() {
      isRunning = false;
      clearTimeout(timer);
      await look;
    },
  };
}
