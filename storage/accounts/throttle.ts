import { createHash } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';
import type { Clock } from '../clock.js';
import { StorageError } from '../errors.js';
import type { Connection, Transaction } from '../metadata/database.js';
import {
  deleteStaleThrottles,
  deleteThrottle,
  findThrottles,
  putThrottles,
  type ThrottleRecord,
} from '../metadata/throttle.js';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const FREE_FAILURES = 5;
const LONGEST_PENALTY_MS = 15 * MINUTE_MS;
/** Guesses for one login from one place within a day; the owner is elsewhere and not held up by them. */
const FAILURES_PER_DAY = 25;
const ADDRESS_FAILURES = 30;
const ADDRESS_WINDOW_MS = 10 * MINUTE_MS;
const ADDRESS_BAN_MS = 15 * MINUTE_MS;
const CLEAN_EVERY_MS = 10 * MINUTE_MS;

/** A login tried from one place: an IPv4 address or an IPv6 /64. */
export interface Attempt {
  /** In its canonical form (logins.ts, `addressKeyOf`), or each spelling would have failures of its own. */
  readonly login: string;
  readonly address: string;
}

/** Counts wrong passwords in the database, for all doors together and over restarts. */
export interface Throttle {
  /** @throws throttled during a penalty; otherwise whether there is something to clear after a success */
  check(db: Connection, attempt: Attempt): Promise<{ readonly hasFailures: boolean }>;
  /** Counts a failure, once whether or not there is such an account: a penalty tells nobody which exist. */
  fail(transaction: Transaction, attempt: Attempt): Promise<void>;
  /** Forgets the failures of that login from that place. */
  clear(transaction: Transaction, attempt: Attempt): Promise<void>;
}

export function createThrottle(clock: Clock): Throttle {
  let cleanedAt = 0;
  return {
    async check(db, attempt) {
      const now = clock.now().getTime();
      const rows = await findThrottles(db, [pairKey(attempt), addressKey(attempt)]);
      const blockedUntil = Math.max(0, ...rows.map((row) => row.blocked_until ?? 0));
      if (blockedUntil > now) throw throttled(blockedUntil - now);
      return { hasFailures: rows.some((row) => row.key === pairKey(attempt)) };
    },
    async fail(transaction, attempt) {
      const now = clock.now().getTime();
      const [pair, address] = [pairKey(attempt), addressKey(attempt)];
      const rows = new Map((await findThrottles(transaction, [pair, address])).map((row) => [row.key, row]));
      await putThrottles(transaction, [
        afterPairFailure(pair, rows.get(pair), now),
        afterAddressFailure(address, rows.get(address), now),
      ]);
      if (now - cleanedAt < CLEAN_EVERY_MS) return;
      cleanedAt = now;
      await deleteStaleThrottles(transaction, now - DAY_MS);
    },
    clear: (transaction, attempt) => deleteThrottle(transaction, pairKey(attempt)),
  };
}

/** Five are free, then one minute, doubling up to fifteen; after 25 within a day the rest of that day. */
function afterPairFailure(key: string, former: ThrottleRecord | undefined, now: number): ThrottleRecord {
  if (former && isBlocked(former, now)) return former;
  const isSameDay = former !== undefined && now - former.first_failure_at < DAY_MS;
  const failures = isSameDay ? former.failures + 1 : 1;
  const firstFailureAt = isSameDay ? former.first_failure_at : now;
  return {
    key,
    failures,
    first_failure_at: firstFailureAt,
    blocked_until: failures >= FAILURES_PER_DAY ? firstFailureAt + DAY_MS : penaltyEnd(failures, now),
    updated_at: now,
  };
}

function penaltyEnd(failures: number, now: number): number | null {
  if (failures < FREE_FAILURES) return null;
  return now + Math.min(MINUTE_MS * 2 ** (failures - FREE_FAILURES), LONGEST_PENALTY_MS);
}

/** What was on its way when the penalty began changes nothing of it. */
function isBlocked(former: ThrottleRecord, now: number): boolean {
  return (former.blocked_until ?? 0) > now;
}

/** Thirty within ten minutes, over any logins, close the address for fifteen minutes. */
function afterAddressFailure(key: string, former: ThrottleRecord | undefined, now: number): ThrottleRecord {
  if (former && isBlocked(former, now)) return former;
  const counts =
    former !== undefined &&
    former.blocked_until === null &&
    now - former.first_failure_at < ADDRESS_WINDOW_MS;
  const failures = (counts ? former.failures : 0) + 1;
  return {
    key,
    failures,
    first_failure_at: counts ? former.first_failure_at : now,
    blocked_until: failures >= ADDRESS_FAILURES ? now + ADDRESS_BAN_MS : null,
    updated_at: now,
  };
}

/** Logins are hashed: people type passwords into that field. */
function pairKey({ login, address }: Attempt): string {
  return `login:${createHash('sha256').update(login).digest('hex')}:${networkOf(address)}`;
}

function addressKey({ address }: Attempt): string {
  return `address:${networkOf(address)}`;
}

/** An IPv4 address as it is, an IPv6 one cut to its /64, the part one subscriber holds. */
export function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/iu, '').replace(/%.*$/u, '');
  if (isIPv4(plain)) return plain;
  if (!isIPv6(plain)) return plain.slice(0, 45);
  const [head = '', tail = ''] = plain.split('::');
  const left = head.split(':').filter((group) => group !== '');
  const right = tail.split(':').filter((group) => group !== '');
  const zeros = plain.includes('::') ? Math.max(0, 8 - left.length - right.length) : 0;
  const groups = [...left, ...Array<string>(zeros).fill('0'), ...right];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}

function throttled(remainingMs: number): StorageError {
  return new StorageError('throttled', 'Too many wrong passwords. Try again later.', {
    reason: 'sign-in-throttled',
    retryAfterSeconds: Math.ceil(remainingMs / 1000),
  });
}
