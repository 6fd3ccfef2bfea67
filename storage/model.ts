import type { VirtualPath } from './paths.js';

/** The CAF, or one of its partners. */
export type Side = 'house' | 'partner';
export type Role = 'reader' | 'contributor' | 'writer' | 'manager' | 'drop';
export type Language = 'fr' | 'en';
/** The way somebody came in. `command` is the operator's console, `system` the appliance itself. */
export type Door = 'webdav' | 'sftp' | 'web' | 'command' | 'system';
export type AccountState = 'invited' | 'active' | 'suspended';

/**
 * `reserved`: a placeholder. `held`: waits for its manifest, or is one. `settled`: a manifest that did its work, or an answer to one.
 * None of these is seen by others than its depositor.
 */
export type EntryState = 'reserved' | 'held' | 'settled' | 'published';
/** Whether a group's service accounts deposit with manifests; `ending`: no more, but something still waits for its manifest. */
export type ManifestSwitch = 'off' | 'on' | 'ending';

/** Where a request came from; `address` is the peer's network address. */
export interface Origin {
  readonly door: Door;
  readonly address: string;
  readonly userAgent?: string;
}

export interface AccountView {
  readonly id: string;
  readonly kind: 'person' | 'service';
  /** A person's main address, or a service account's login without "@". */
  readonly login: string;
  readonly name: string;
  readonly side: Side;
  readonly state: AccountState;
  readonly isAdministrator: boolean;
  readonly language: Language;
}

/** One authenticated use: account and origin. `signal` aborts within seconds of a revocation; doors bind it to their sockets. */
export interface Session {
  readonly account: AccountView;
  /** The account's epoch at sign-in: a commit compares it with the database. */
  readonly accountEpoch: number;
  readonly origin: Origin;
  readonly signal: AbortSignal;
  /** Only for a session of the pages: its row, so that sign-out can end it. */
  readonly webSessionId?: string;
  /** Only for a sign-in by SSH key. */
  readonly credentialId?: string;
}

export interface PersonView {
  readonly id: string;
  readonly name: string;
  readonly side: Side;
}

interface EntryBase {
  readonly id: string;
  readonly path: VirtualPath;
  /** Last segment; empty for the root. */
  readonly name: string;
  readonly createdAt: Date;
  readonly modifiedAt: Date;
  /** Filled when asked for with `details`. */
  readonly locks?: readonly Lock[];
  readonly properties?: readonly DeadProperty[];
}

export interface FileEntry extends EntryBase {
  readonly kind: 'file';
  readonly versionId: string;
  readonly sizeBytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
  /** Strong and quoted, RFC 9110 section 8.8.3. */
  readonly etag: string;
  readonly depositor: PersonView;
  readonly depositedAt: Date;
  /** False for a placeholder that only its depositor sees. */
  readonly isPublished: boolean;
}

/** The root (lists one's groups), a group's directory, or a directory inside it. */
export interface DirectoryEntry extends EntryBase {
  readonly kind: 'directory';
}

export type Entry = FileEntry | DirectoryEntry;

/** On every mutator. ETags are quoted as in FileEntry.etag; `*` means "any current content". */
export interface Conditions {
  readonly ifMatch?: string;
  readonly ifNoneMatch?: string;
  /** Tokens the client submitted; a lock whose token is absent refuses with `locked`. */
  readonly lockTokens?: readonly string[];
}

export type LockScope = 'exclusive' | 'shared';

/** A write lock (RFC 4918, section 6). */
export interface Lock {
  /** `urn:uuid:…`, from a cryptographic random source. */
  readonly token: string;
  readonly scope: LockScope;
  readonly isDeep: boolean;
  /** The path the lock was taken on; deep locks cover what lies below. */
  readonly root: VirtualPath;
  readonly accountId: string;
  /** The client's `owner` element as XML, or empty. */
  readonly ownerXml: string;
  readonly timeoutSeconds: number;
  readonly expiresAt: Date;
}

/** A property the server only keeps (RFC 4918, section 4). `value` is inner XML, well-formed on its own. */
export interface DeadProperty {
  readonly namespace: string;
  readonly name: string;
  readonly value: string;
  /** As `xml:lang` gave it (BCP 47), or null. */
  readonly language: string | null;
}

/** Half open: `start` included, `end` excluded, in bytes. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** A text of the house's own: what stands at the foot of every page, and the terms one accepts when one's account begins. */
export type HouseTextName = 'legal-notice' | 'personal-data' | 'accessibility' | 'contact' | 'terms';

/** The latest version of one, in one language. */
export interface HouseText {
  readonly name: HouseTextName;
  readonly language: Language;
  /** Counts the changes in both languages, from 1. */
  readonly version: number;
  /** Plain text: empty lines between paragraphs, `# ` before a heading, `- ` before an item of a list. */
  readonly body: string;
  readonly changedAt: Date;
}

/** One row of the activity log as people and scripts read it. */
export interface ActivityRow {
  readonly id: number;
  readonly at: Date;
  readonly action: ActivityAction;
  readonly outcome: ActivityOutcome;
  /** Address or login; null for the appliance itself or an unknown sign-in. */
  readonly account: string | null;
  readonly accountName: string | null;
  readonly protocol: Door;
  readonly address: string | null;
  readonly group: string | null;
  /** Whom an administrative act was about: address or login. */
  readonly subject: string | null;
  /** Path inside the appliance, group directory first. */
  readonly path: string | null;
  /** Where a move or copy went; of `member-set` the role, of `text-change` and `account-activate` the version of the text or terms, of `account-key-add` and `host-key-…` the fingerprint. */
  readonly target: string | null;
  readonly entryId: string | null;
  readonly sizeBytes: number | null;
  readonly sha256: string | null;
  /** Why it was refused or failed, as a short code. */
  readonly reason: string | null;
}

export type ActivityAction =
  | 'deposit'
  | 'download'
  | 'read'
  | 'view'
  | 'create-directory'
  | 'move'
  | 'copy'
  | 'delete'
  | 'restore'
  | 'sign-in'
  | 'sign-in-refused'
  | 'sign-out'
  | 'account-add'
  | 'account-activate'
  | 'account-suspend'
  | 'account-resume'
  | 'account-password'
  | 'account-key-add'
  | 'account-key-remove'
  | 'account-limit'
  | 'invitation-send'
  | 'group-add'
  | 'group-manifests'
  | 'member-set'
  | 'member-remove'
  | 'lock-remove'
  | 'host-key-plan'
  | 'host-key-cancel'
  | 'host-key-change'
  | 'text-change'
  | 'set-up'
  | 'export';

/** `ok`, or how it ended otherwise. `sent`: a download that left but whose arrival is not proven. */
export type ActivityOutcome = 'ok' | 'refused' | 'aborted' | 'interrupted' | 'sent' | 'failed';

export interface ActivityFilter {
  /** Group name or directory. */
  readonly group?: string;
  readonly account?: string;
  readonly action?: ActivityAction;
  readonly entryId?: string;
  /** Rows with a smaller id only: the next page, newest first. */
  readonly before?: number;
  /** Rows with a greater id only, the oldest of them: the next page of a reading from the start (0). */
  readonly after?: number;
  /** Without the steps of a replacement (a file deleted, emptied or renamed away first): the deposit stands for them. */
  readonly isFolded?: boolean;
  /** At most 500; 100 unless told. */
  readonly limit?: number;
  /** How the page is ordered; `desc` unless told. `asc` gives oldest first, as `peps activity` prints. */
  readonly order?: 'asc' | 'desc';
}
