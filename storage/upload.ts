import { recordActivity } from './activity.js';
import { assertLive, refuse } from './admission.js';
import { crashPoint } from './crash-points.js';
import { admitDeposit } from './deposit-admission.js';
import { StorageError } from './errors.js';
import type { Visit } from './foundations.js';
import { settleAround } from './manifests/settling.js';
import type { Transaction } from './metadata/database.js';
import { CommitError } from './metadata/database-errors.js';
import type { Membership } from './metadata/memberships.js';
import type { ActivityOutcome, ByteRange, Conditions, FileEntry } from './model.js';
import { formatPath, lastSegment, type VirtualPath } from './paths.js';
import { assertInsideGroup, findPlace, membershipFor, toEntry } from './places.js';
import { refusalOf } from './policy.js';
import type { Published, UploadBase } from './publication.js';
import { activityOf, withRefusals } from './records.js';
import { openStaging, type Staging, type StagingPlan } from './staging.js';
import { setModifiedAt } from './tree.js';
import { LISTED_BYTES, uploadEnded } from './upload-listing.js';

export interface PutOptions {
  /** `current` starts from the bytes the file has now (resume, append, partial write); copied at the first write. */
  readonly base: 'empty' | 'current';
  /** `create`: an existing name is `already-exists`. `replace`: an absent one is `not-found`. */
  readonly mode: 'create' | 'replace' | 'create-or-replace';
  /** Exactly so many bytes must have come at commit. Reserved against the quota at once. */
  readonly declaredSizeBytes?: number;
  /** Lower-case hexadecimal SHA-256 the bytes must have at commit. */
  readonly expectedSha256?: string;
  /** A commit without bytes makes a placeholder only its depositor sees, not a deposit (Explorer's and Finder's first PUT). */
  readonly reservesIfEmpty?: boolean;
  readonly modifiedAt?: Date;
  /**
   * The bytes are here in a moment: what is refused may be refused when they are, by the commit's own checks. Heeded for a
   * declared size of at most a MiB; only the role is asked before.
   */
  readonly isBrief?: boolean;
}

/** What a deposit made of its name. */
export interface DepositedFile extends FileEntry {
  /** The name held something the account saw. */
  readonly replaced: boolean;
}

/** A deposit on its way. Exactly one of commit, park and abort ends it; each may be called again without harm. */
export interface Upload {
  /** By which `Workspace.resume` goes on with it, should it be parked. */
  readonly id: string;
  /** Bytes that would be published now: the highest offset written. */
  readonly sizeBytes: number;
  /**
   * Stores bytes at an offset; calls may overlap in time, the promise settles when this chunk is taken.
   * @throws no-space when the quota or the disk is full, too-large beyond declaredSizeBytes
   */
  write(chunk: Buffer, offset: number): Promise<void>;
  /** Reads back what was written (SFTP handles opened for both). Shorter than asked only at the end. */
  read(range: ByteRange): Promise<Buffer>;
  truncate(sizeBytes: number): Promise<void>;
  /** The file's date to publish with, in place of the moment of the deposit. */
  setModifiedAt(modifiedAt: Date): void;
  /** The lower-case hexadecimal SHA-256 the bytes must have at commit, where it is known only once they were sent. */
  expectSha256(sha256: string): void;
  /**
   * Publishes: size, digest, policy, locks, conditions and quota are checked again, the bytes synced, and one transaction
   * writes entry, version, activity and mail. Resolves only when all of it is durable.
   * @throws aborted for a size that is not the declared one, invalid-input (reason `digest`, `hole`), what an earlier write
   * threw, precondition-failed (reason `base-changed`) when the content it started from was replaced meanwhile
   */
  commit(): Promise<DepositedFile>;
  /**
   * Keeps what came, from the start on, for a day: its account goes on with it through `Workspace.resume`. Aborts instead when
   * less than 1 MiB has come, a write failed or the session was revoked. Never throws.
   */
  park(): Promise<void>;
  /** Throws the bytes away and records one line with how many had come. Never throws. */
  abort(reason: unknown): Promise<void>;
}

export type UploadOptions = PutOptions & Conditions;

/** Admits a deposit and opens its staging. Every check made here is made again at commit, against the database. */
export async function openUpload(visit: Visit, path: VirtualPath, options: UploadOptions): Promise<Upload> {
  assertLive(visit);
  assertInsideGroup(path);
  const membership = await membershipFor(visit, path);
  return withRefusals(visit, membership, { action: 'deposit', path }, async () => {
    const { declaredSizeBytes = Number.POSITIVE_INFINITY } = options;
    const isBrief = options.isBrief === true && options.base === 'empty' && declaredSizeBytes <= LISTED_BYTES;
    return isBrief ? openBrief(visit, membership, path, options) : openAdmitted(visit, path, options);
  });
}

async function openAdmitted(visit: Visit, path: VirtualPath, options: UploadOptions): Promise<Upload> {
  const { place, holder, content } = await admitDeposit(visit.database.reader, visit, path, options);
  const base = options.base === 'current' ? content : undefined;
  const isLong = base !== undefined || (options.declaredSizeBytes ?? 0) >= LISTED_BYTES;
  const plan: StagingPlan = {
    spaceId: place.membership.spaceId,
    parentId: place.parent.id,
    name: place.name,
    declaredSizeBytes: options.declaredSizeBytes,
    creditBytes: holder?.size_bytes ?? 0,
    baseVersionId: content?.version_id ?? null,
    baseSizeBytes: base?.size_bytes ?? 0,
    keptBytes: 0,
    base,
  };
  const staging = await openStaging(visit, plan, isLong ? 'at-once' : 'when-it-lasts');
  return createUpload(visit, { membership: place.membership, path, base, options, staging });
}

async function openBrief(
  visit: Visit,
  membership: Membership,
  path: VirtualPath,
  options: UploadOptions,
): Promise<Upload> {
  refuse(refusalOf(membership.role, 'deposit', null, membership.isArchived), '');
  const plan: StagingPlan = {
    spaceId: membership.spaceId,
    parentId: '',
    name: lastSegment(path),
    declaredSizeBytes: options.declaredSizeBytes,
    creditBytes: 0,
    baseVersionId: null,
    baseSizeBytes: 0,
    keptBytes: 0,
    base: undefined,
  };
  const staging = await openStaging(visit, plan, 'never');
  return createUpload(visit, { membership, path, base: undefined, options, staging });
}

/** What an upload is made of. */
export interface UploadParts {
  readonly membership: Membership;
  readonly path: VirtualPath;
  /** What the name must still hold at commit; undefined where whatever it holds is replaced. */
  readonly base: UploadBase | undefined;
  readonly options: UploadOptions;
  readonly staging: Staging;
}

/** An admitted deposit over its staging, which is the upload's from then on. */
export function createUpload(visit: Visit, parts: UploadParts): Upload {
  return new OpenUpload(visit, parts);
}

class OpenUpload implements Upload {
  #modifiedAt: Date | undefined;
  #expectedSha256: string | undefined;
  #failure: { readonly error: unknown } | undefined;
  readonly #changes = new Set<Promise<void>>();
  #committing: Promise<DepositedFile> | undefined;
  #aborting: Promise<void> | undefined;
  readonly #visit: Visit;
  readonly #membership: Membership;
  readonly #path: VirtualPath;
  readonly #base: UploadBase | undefined;
  readonly #options: UploadOptions;
  readonly #staging: Staging;

  constructor(visit: Visit, { membership, path, base, options, staging }: UploadParts) {
    this.#visit = visit;
    this.#membership = membership;
    this.#path = path;
    this.#base = base;
    this.#options = options;
    this.#staging = staging;
    this.#modifiedAt = options.modifiedAt;
    this.#expectedSha256 = options.expectedSha256;
  }

  get id(): string {
    return this.#staging.uploadId;
  }

  get sizeBytes(): number {
    return this.#staging.sizeBytes;
  }

  async write(chunk: Buffer, offset: number): Promise<void> {
    this.#assertOpen();
    await this.#change(this.#staging.write(chunk, offset));
  }

  async read(range: ByteRange): Promise<Buffer> {
    this.#assertOpen();
    return this.#staging.read(range);
  }

  async truncate(sizeBytes: number): Promise<void> {
    this.#assertOpen();
    await this.#change(this.#staging.truncate(sizeBytes));
  }

  setModifiedAt(modifiedAt: Date): void {
    this.#modifiedAt = modifiedAt;
  }

  expectSha256(sha256: string): void {
    this.#expectedSha256 = sha256;
  }

  commit(): Promise<DepositedFile> {
    if (this.#aborting) return Promise.reject(uploadEnded());
    this.#committing ??= this.#commit();
    return this.#committing;
  }

  park(): Promise<void> {
    if (this.#committing) return this.#committing.then(settled, settled);
    this.#aborting ??= this.#park();
    return this.#aborting.then(settled, settled);
  }

  abort(reason: unknown): Promise<void> {
    if (this.#committing) return this.#committing.then(settled, settled);
    this.#aborting ??= this.#end('aborted', reason);
    return this.#aborting.then(settled, settled);
  }

  #assertOpen(): void {
    if (this.#committing || this.#aborting) throw uploadEnded();
    assertLive(this.#visit);
  }

  /** What failed once left a gap: such an upload publishes nothing any more. */
  async #change(work: Promise<void>): Promise<void> {
    this.#changes.add(work);
    try {
      await work;
    } catch (error) {
      this.#failure ??= { error };
      throw error;
    } finally {
      this.#changes.delete(work);
    }
  }

  async #commit(): Promise<DepositedFile> {
    try {
      await Promise.allSettled(this.#changes);
      if (this.#failure) throw this.#failure.error;
      return await this.#publish();
    } catch (error) {
      const outcome = error instanceof StorageError && error.code !== 'aborted' ? 'refused' : 'aborted';
      await this.#end(outcome, error).catch(settled);
      throw error;
    }
  }

  async #publish(): Promise<DepositedFile> {
    assertLive(this.#visit);
    const { declaredSizeBytes } = this.#options;
    const expectedSha256 = this.#expectedSha256;
    if (declaredSizeBytes !== undefined && this.#staging.sizeBytes !== declaredSizeBytes)
      throw new StorageError('aborted', 'Fewer bytes came than were announced.', { reason: 'short' });
    if (!this.#staging.isTouched) return this.#keepCurrent();
    const content = await this.#staging.seal();
    if (expectedSha256 !== undefined && expectedSha256 !== content.sha256)
      throw new StorageError('invalid-input', 'The bytes do not have the digest that was announced.', {
        reason: 'digest',
      });
    // Asked before: once the transaction is durable nothing may fail any more.
    const houseName = await this.#visit.houseName();
    const published = await this.#visit.deposits.publish({
      visit: this.#visit,
      membership: this.#membership,
      path: this.#path,
      options: this.#options,
      base: this.#base,
      content,
      modifiedAt: this.#modifiedAt,
    });
    crashPoint('deposit-committed');
    if (published.record.state === 'held') await settleAround(this.#visit, published.record.id);
    return this.#asEntry(published, houseName);
  }

  async #park(): Promise<void> {
    await Promise.allSettled(this.#changes);
    const isSound = !this.#failure && !this.#visit.session.signal.aborted;
    try {
      if (isSound && (await this.#staging.park())) return;
    } catch (error) {
      return this.#end('aborted', error);
    }
    await this.#end('aborted', this.#failure?.error);
  }

  /** Opened to change and closed unchanged: nothing was deposited. */
  async #keepCurrent(): Promise<DepositedFile> {
    if (this.#modifiedAt) await setModifiedAt(this.#visit, this.#path, this.#modifiedAt, this.#options);
    const place = await findPlace(this.#visit.database.reader, this.#visit, this.#path);
    if (!place.entry)
      throw new StorageError('not-found', 'The file is gone.', { subject: formatPath(place.path) });
    await this.#staging.discard();
    return this.#asEntry({ record: place.entry, replaced: true }, await this.#visit.houseName());
  }

  #asEntry({ record, replaced }: Published, houseName: string): DepositedFile {
    const view = { membership: this.#membership, visit: this.#visit, houseName };
    const entry = toEntry(record, this.#path, view);
    if (entry.kind !== 'file') throw new Error('A deposit made a folder.');
    return { ...entry, replaced };
  }

  /** Nothing was published: one line with how many bytes had come, and everything is given back. */
  async #end(outcome: ActivityOutcome, cause: unknown): Promise<void> {
    const reason = cause instanceof StorageError ? (cause.reason ?? cause.code) : 'interrupted';
    const { sizeBytes } = this.#staging;
    const at = this.#visit.clock.now();
    const facts = { action: 'deposit', outcome, at, path: this.#path, sizeBytes, reason } as const;
    const row = activityOf(this.#visit, this.#membership, facts);
    const tell = (transaction: Transaction) => recordActivity(transaction, [row]);
    await this.#staging.discard({ isInDoubt: cause instanceof CommitError, tell });
  }
}

function settled(): void {}
