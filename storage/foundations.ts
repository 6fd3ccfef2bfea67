import type { BlobStore } from './blobs/blob-store.js';
import type { MasterKey } from './blobs/master-key.js';
import type { Clock } from './clock.js';
import type { Deposits } from './deposits.js';
import type { FolderHints } from './folder-hints.js';
import type { Awaited } from './manifests/awaited.js';
import type { Database } from './metadata/database.js';
import type { Membership } from './metadata/memberships.js';
import type { Session } from './model.js';
import type { QuietWindow } from './notifications.js';
import type { ParkedAccounts } from './parked-accounts.js';
import type { ReadingLog } from './reading-log.js';
import type { Replacements } from './replacements.js';

/** What every act stands on. Built once, in create-storage.ts. */
export interface Foundations {
  readonly database: Database;
  readonly blobs: BlobStore;
  readonly masterKey: MasterKey;
  readonly clock: Clock;
  readonly quietWindow: QuietWindow;
  /** The groups of an account, from memory until an administrative act. */
  memberships(accountId: string): Promise<readonly Membership[]>;
  readonly folderHints: FolderHints;
  readonly deposits: Deposits;
  readonly readings: ReadingLog;
  readonly parkedAccounts: ParkedAccounts;
  readonly replacements: Replacements;
  readonly awaited: Awaited;
  houseName(): Promise<string>;
  /** Bytes the disk may still take before the reserve for the database and the log. */
  freeBytes(): Promise<number>;
}

/** One account's use of the foundations: who is asking is fixed here. */
export interface Visit extends Foundations {
  readonly session: Session;
}
