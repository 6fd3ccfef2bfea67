import { isIPv6 } from 'node:net';
import type { SftpLimits } from './limits.js';

/**
 * Counts connections that have not signed in, apart from all others, so that strangers' silent sockets can never take the
 * places of those who have.
 */
export interface Admission {
  /** Refused when the address (`address-full`), or everybody together (`full`), holds as many unauthenticated connections as allowed. */
  enter(address: string): 'entered' | 'address-full' | 'full';
  /** To be called once for each entered connection: at its sign-in or its end. */
  leave(address: string): void;
  /** False when the account holds as many sessions as allowed. */
  openSession(accountId: string): boolean;
  closeSession(accountId: string): void;
}

/** Counts for one door. */
export function createAdmission(limits: SftpLimits): Admission {
  const unauthenticated = createCounter();
  const sessions = createCounter();
  return {
    enter(address) {
      const key = networkOf(address);
      if (unauthenticated.isFull(key, limits.unauthenticatedPerAddress)) return 'address-full';
      if (unauthenticated.total() >= limits.unauthenticatedInAll) return 'full';
      unauthenticated.add(key, limits.unauthenticatedPerAddress);
      return 'entered';
    },
    leave: (address) => unauthenticated.remove(networkOf(address)),
    openSession: (accountId) => sessions.add(accountId, limits.sessionsPerAccount),
    closeSession: (accountId) => sessions.remove(accountId),
  };
}

/** An IPv6 host owns a /64 at least, so addresses are counted by that; IPv4 one by one. */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail ? tail.split(':') : [];
  const missing = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  const groups = [...before, ...Array<string>(missing).fill('0'), ...after];
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}

function createCounter() {
  const counts = new Map<string, number>();
  let total = 0;
  return {
    total: () => total,
    isFull: (key: string, max: number) => (counts.get(key) ?? 0) >= max,
    add(key: string, max: number): boolean {
      const count = counts.get(key) ?? 0;
      if (count >= max) return false;
      counts.set(key, count + 1);
      total += 1;
      return true;
    },
    remove(key: string): void {
      const count = counts.get(key) ?? 0;
      if (count === 0) return;
      if (count === 1) counts.delete(key);
      else counts.set(key, count - 1);
      total -= 1;
    },
  };
}
