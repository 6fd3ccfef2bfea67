import { createHmac, randomBytes } from 'node:crypto';
import type { Clock } from '../clock.js';
import type { AccountView } from '../model.js';
import type { SignInLimits } from './account-limits.js';

const LIFETIME_MS = 60_000;
const MAX_ENTRIES = 10_000;

/** An account as it stood when its password was verified. */
export interface VerifiedAccount {
  readonly account: AccountView;
  readonly epoch: number;
  /** Asked at each use: what is remembered is not bound to an address. */
  readonly limits: SignInLimits;
}

/**
 * Passwords verified within the last minute: WebDAV sends them with every request. Kept under an HMAC with a key that never
 * leaves the process, so that a memory dump or a swap file does not hold them.
 */
export interface CredentialCache {
  /** The name under which a credential is kept; also tells apart verifications on their way. */
  keyOf(login: string, password: string): string;
  get(key: string): VerifiedAccount | undefined;
  put(key: string, verified: VerifiedAccount): void;
  /** Drops everything: some account changed, no matter which. */
  clear(): void;
}

export function createCredentialCache(clock: Clock): CredentialCache {
  const secret = randomBytes(32);
  const entries = new Map<string, VerifiedAccount & { readonly expiresAt: number }>();

  return {
    // The length in front keeps ("a", "bc") and ("ab", "c") apart.
    keyOf: (login, password) =>
      createHmac('sha256', secret).update(`${login.length}:${login}${password}`).digest('base64'),
    get(key) {
      const entry = entries.get(key);
      if (!entry || entry.expiresAt > clock.now().getTime()) return entry;
      entries.delete(key);
      return undefined;
    },
    put(key, verified) {
      entries.delete(key);
      const oldest = entries.keys().next();
      if (entries.size >= MAX_ENTRIES && !oldest.done) entries.delete(oldest.value);
      entries.set(key, { ...verified, expiresAt: clock.now().getTime() + LIFETIME_MS });
    },
    clear: () => entries.clear(),
  };
}
