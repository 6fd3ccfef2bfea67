import type {
  AccountState,
  ActivityAction,
  ActivityFilter,
  ActivityOutcome,
  ActivityRow,
  Door,
  HouseText,
  HouseTextName,
  Language,
  LockScope,
  ManifestSwitch,
  Role,
  Side,
} from './model.js';

export type { ActivityAction, ActivityFilter, ActivityOutcome, ActivityRow };

/** What happens to a host key of the SFTP door. */
export type HostKeyAction = Extract<ActivityAction, `host-key-${string}`>;

export interface AccountSummary {
  readonly id: string;
  readonly kind: 'person' | 'service';
  readonly login: string;
  readonly name: string;
  readonly side: Side;
  readonly state: AccountState;
  readonly isAdministrator: boolean;
  readonly language: Language;
  /** Of a service account: the login of the person who answers for it. */
  readonly owner: string | null;
  readonly createdAt: Date;
  readonly lastSignInAt: Date | null;
  readonly groupCount: number;
  readonly limits: AccountLimits;
}

/** What a service account may do less than others. */
export interface AccountLimits {
  /** No password lets it in. */
  readonly keysOnly: boolean;
  /** Addresses and networks in CIDR form that it comes from; null: anywhere. */
  readonly networks: readonly string[] | null;
  /** The one group it may be in, and as what; null: any. */
  readonly membership: { readonly group: string; readonly role: Role } | null;
}

/** An SSH key that lets an account in. */
export interface KeySummary {
  /** `ssh-ed25519`, as in its file. */
  readonly type: string;
  /** `SHA256:…`, as ssh-keygen -l prints it. */
  readonly fingerprint: string;
  readonly label: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
}

export interface GroupSummary {
  readonly id: string;
  readonly name: string;
  readonly directory: string;
  readonly memberCount: number;
  readonly usedBytes: number;
  readonly quotaBytes: number | null;
  /** What its service accounts deposit over SFTP waits for a manifest. */
  readonly manifests: ManifestSwitch;
  readonly createdAt: Date;
  readonly lastDepositAt: Date | null;
}

export interface MemberSummary {
  readonly accountId: string;
  readonly kind: 'person' | 'service';
  readonly login: string;
  readonly name: string;
  readonly side: Side;
  readonly role: Role;
  readonly state: AccountState;
  readonly since: Date;
}

export interface NewPerson {
  readonly address: string;
  readonly name: string;
  readonly side: Side;
  readonly isAdministrator?: boolean;
  readonly language?: Language;
  /** Only from the operator's console; without it the person is invited by mail. */
  readonly password?: string;
}

export interface NewService {
  readonly login: string;
  readonly name: string;
  readonly side: Side;
  /** Login of the person who answers for it. */
  readonly owner: string;
  readonly password?: string;
}

export type MailState = 'waiting' | 'sending' | 'sent' | 'failed';

export interface OutboxRow {
  readonly id: string;
  readonly to: string;
  readonly template: string;
  readonly group: string | null;
  readonly state: MailState;
  readonly attempts: number;
  readonly error: string | null;
  readonly createdAt: Date;
  readonly nextAttemptAt: Date | null;
  readonly sentAt: Date | null;
}

/** Something on its way, or an upload that was cut off (`parked`) and may be gone on with. */
export interface TransferRow {
  readonly id: string;
  readonly direction: 'put' | 'get';
  readonly state: 'open' | 'parked';
  /** Address or login. */
  readonly account: string;
  readonly group: string;
  /** Group directory first. */
  readonly path: string;
  readonly door: Door;
  /** Of a `put`: all there is of a parked one; of an open one what had come when space was last set aside. */
  readonly receivedBytes: number | null;
  /** Of a `get`, as far as it is known before its end. */
  readonly deliveredBytes: number | null;
  readonly declaredSizeBytes: number | null;
  readonly startedAt: Date;
  readonly updatedAt: Date;
  /** Of a parked one: when its bytes are thrown away. */
  readonly expiresAt: Date | null;
}

/** A lock in force. */
export interface LockRow {
  /** The UUID of its token. */
  readonly id: string;
  /** Address or login of its holder. */
  readonly account: string;
  readonly group: string;
  /** Group directory first. */
  readonly path: string;
  readonly scope: LockScope;
  /** Covers all below a folder. */
  readonly isDeep: boolean;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/**
 * What administrators do, each act one transaction with its activity row, a bumped epoch and its mails. `who` is an
 * address or login, `group` a name or directory; an unknown one is `not-found`, a taken one `already-exists`, a value
 * that breaks a rule `invalid-input` with a reason (`address`, `login`, `name`, `password-…`, `role`, `key`, `side`).
 */
export interface Administration {
  createPerson(person: NewPerson): Promise<AccountSummary>;
  createService(service: NewService): Promise<AccountSummary>;
  setPassword(who: string, password: string): Promise<void>;
  /** One line of an OpenSSH public key file: ed25519, ecdsa or rsa of 3,072 bits and more. */
  addKey(who: string, publicKeyLine: string): Promise<{ fingerprint: string }>;
  keys(who: string): Promise<KeySummary[]>;
  /** Takes a key away and ends what the account has open. @throws not-found (reason `key`) */
  removeKey(who: string, fingerprint: string): Promise<void>;
  /**
   * Sets what is given and leaves the rest; ends what the account has open. A membership given is taken up at once, and every
   * other given up. @throws invalid-input (reason `network`, or `person` for an account that is no service)
   */
  limit(who: string, limits: Partial<AccountLimits>): Promise<AccountSummary>;
  suspend(who: string): Promise<void>;
  resume(who: string): Promise<void>;
  /** Revokes the former link and queues a new mail. @throws precondition-failed when the account is active already */
  resendInvitation(who: string): Promise<void>;
  accounts(): Promise<AccountSummary[]>;
  account(who: string): Promise<AccountSummary>;
  createGroup(group: { name: string; quotaBytes?: number }): Promise<GroupSummary>;
  groups(): Promise<GroupSummary[]>;
  group(group: string): Promise<GroupSummary>;
  /**
   * Switches batch manifests on or off. What waits when they are switched off goes on waiting; until it is published or gone the
   * group is `ending`: manifests are taken, nothing new is held.
   */
  setManifests(group: string, isOn: boolean): Promise<GroupSummary>;
  members(group: string): Promise<MemberSummary[]>;
  /**
   * Adds, changes or (null) removes a member. A removal ends what the account has open in the group.
   * @throws forbidden (reason `account-limits`) for another group or role than a service account is limited to
   */
  setMember(group: string, who: string, role: Role | null): Promise<void>;
  /** Adds a member by address; creates and invites the account where there is none. */
  addMember(
    group: string,
    member: { address: string; role: Role; name?: string; side?: Side; language?: Language },
  ): Promise<{ created: boolean }>;
  activity(filter?: ActivityFilter): Promise<ActivityRow[]>;
  outbox(filter?: { state?: MailState; limit?: number }): Promise<OutboxRow[]>;
  /** What is on its way in and out or parked, the oldest first in each direction. */
  transfers(): Promise<TransferRow[]>;
  /** Locks in force, the oldest first. */
  locks(): Promise<LockRow[]>;
  /** Frees a lock by its id or token; its holder's next write is refused if somebody changed the file meanwhile. @throws not-found */
  removeLock(id: string): Promise<void>;
  /**
   * A line in the history for what was done with the host keys of the SFTP door, which lie outside the database.
   * @param fingerprint of the key that is to come, or has come; null where it cannot be read
   */
  recordHostKey(action: HostKeyAction, fingerprint: string | null): Promise<void>;
  /** A failed or waiting mail is tried again at once. */
  retryMail(id: string): Promise<void>;
  /** What the house wrote of itself, in either language. */
  houseTexts(): Promise<readonly HouseText[]>;
  /**
   * Writes a further version of a text, at most 10,000 characters; an empty one withdraws it, the same again is none.
   * @throws invalid-input (reason `text-length`)
   */
  setHouseText(name: HouseTextName, language: Language, body: string): Promise<void>;
}
