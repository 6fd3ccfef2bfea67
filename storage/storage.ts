import type { Administration } from './administration.js';
import type { Clock } from './clock.js';
import type { Enrolment } from './enrolment.js';
import type { HouseText, HouseTextName, Language, Origin, Session } from './model.js';
import type { Outbox } from './outbox.js';
import type { OwnAccount } from './own-account.js';
import type { Recovered } from './recovery.js';
import type { Workspace } from './workspace.js';

export type Credential =
  | { readonly kind: 'password'; readonly login: string; readonly password: string }
  /** `publicKey` is the key blob of RFC 4253 section 6.6; the door has verified, or will verify, its signature. */
  | { readonly kind: 'ssh-key'; readonly login: string; readonly publicKey: Buffer }
  /** The secret of a session cookie. */
  | { readonly kind: 'web-session'; readonly secret: string };

/** A damage found by reading every blob back. */
export interface Fault {
  readonly blobId: string;
  readonly problem: 'missing' | 'damaged' | 'wrong-size' | 'wrong-digest' | 'orphan';
  /** A path that shows it, where there is one. */
  readonly path: string | null;
  readonly detail: string;
}

export interface Health {
  readonly isHealthy: boolean;
  readonly problems: readonly string[];
}

/** The whole of storage as the doors and the appliance see it. */
export interface Storage {
  /**
   * One verification for every door. Records a refused sign-in. @throws unauthenticated (the same for an unknown, suspended
   * or invited account and a wrong password, after the same work), throttled with retryAfterSeconds
   */
  authenticate(credential: Credential, origin: Origin): Promise<Session>;
  /** Whether that key may sign in for that login, before any signature was made (SSH's first round). Records nothing. */
  acceptsKey(login: string, publicKey: Buffer): Promise<boolean>;
  /** Signs in for the pages: a session row and the secret for its cookie. Throws as authenticate. */
  signIn(login: string, password: string, origin: Origin): Promise<{ session: Session; secret: string }>;
  /** A session without a password, right after activation, set-up or reset. */
  signInAs(accountId: string, origin: Origin): Promise<{ session: Session; secret: string }>;
  signOut(session: Session): Promise<void>;
  open(session: Session): Workspace;
  /** One's own account, of a session of the pages. */
  account(session: Session): OwnAccount;
  /** @throws forbidden unless the account administers */
  administer(session: Session): Administration;
  /** The operator's own commands: whoever can read the master key. */
  operate(): Administration;
  readonly enrolment: Enrolment;
  readonly outbox: Outbox;
  /** The house's name as shown on pages and in mails. */
  houseName(): Promise<string>;
  /** A text of the house's in that language, else in the other one; undefined where it wrote none. */
  houseText(name: HouseTextName, language: Language): Promise<HouseText | undefined>;
  /** Reads every blob back; yields one fault per damaged one. `onProgress` counts blobs read. */
  check(onProgress?: (blobs: number) => void): AsyncIterable<Fault>;
  health(): Promise<Health>;
  /** The file the master key lies in, and whether it was made just now: the operator is to save it. */
  readonly masterKey: { readonly file: string; readonly created: boolean };
  /** Clears away what a crash left, then starts the sweeper and the watch on epochs: the daemon does, commands do not. */
  start(): Promise<Recovered>;
  close(): Promise<void>;
}

export interface StorageOptions {
  /** `sqlite:PATH` or `postgres://…`. */
  readonly databaseUrl: string;
  /** Holds `staging/` and `blobs/`. */
  readonly dataDir: string;
  readonly masterKeyFile: string;
  readonly clock: Clock;
  readonly settings: {
    /** A group's mail leaves this long after the last deposit, 15 minutes after the first at the latest. */
    readonly quietSeconds: number;
  };
  /** Told of background jobs that failed. */
  readonly onError?: (job: string, error: unknown) => void;
}
