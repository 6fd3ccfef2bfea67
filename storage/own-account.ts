import type { KeySummary } from './administration.js';
import type { Session } from './model.js';

/** A browser that somebody is signed in with. */
export interface OwnSession {
  readonly id: string;
  readonly startedAt: Date;
  readonly lastSeenAt: Date;
  readonly address: string;
  readonly userAgent: string | null;
  /** The one that asks. */
  readonly isThis: boolean;
}

/**
 * What one does with one's own account; nobody else's can be named. Every change is a line of the history. Every method may throw
 * StorageError `unauthenticated` once the session is over.
 */
export interface OwnAccount {
  /** The latest first. */
  sessions(): Promise<readonly OwnSession[]>;
  /** @throws not-found when it ended already, or is somebody else's */
  endSession(id: string): Promise<void>;
  /** All but the one that asks. */
  endOtherSessions(): Promise<void>;
  /**
   * Ends all sessions on every door, and begins a new one in place of the one that asks; a mail tells the owner.
   * @throws invalid-input (reason `password-current` for a wrong current one, which counts as a refused sign-in, or the broken
   * rule, `password-…`), throttled
   */
  changePassword(current: string, password: string): Promise<{ session: Session; secret: string }>;
  /** The oldest first. */
  keys(): Promise<readonly KeySummary[]>;
  /** One line of a public key file. @throws invalid-input (reason `key`), already-exists (reason `key`), too-large beyond 20 keys */
  addKey(publicKeyLine: string): Promise<{ fingerprint: string }>;
  /** What came in by it ends, and with it all sessions, as by `changePassword`. @throws not-found */
  removeKey(fingerprint: string): Promise<{ session: Session; secret: string }>;
}
