import { recordActivity } from './activity.js';
import { admitDeposit, assertLive } from './admission.js';
import { crashPoint } from './crash-points.js';
import { StorageError } from './errors.js';
import type { Foundations, Visit } from './foundations.js';
import { newId } from './ids.js';
import { insertBlob } from './metadata/blobs.js';
import type { Transaction } from './metadata/database.js';
import { type EntryRecord, findNameHolder, insertEntries, updateEntry } from './metadata/entries.js';
import { recipientsOf } from './metadata/memberships.js';
import { gatherMails, insertNotificationItems } from './metadata/outbox.js';
import { settleBytes } from './metadata/space-usage.js';
import { deleteUpload } from './metadata/uploads.js';
import { endVersions, insertVersions } from './metadata/versions.js';
import type { ActivityOutcome, ByteRange, Conditions, FileEntry } from './model.js';
import { isPrivateName } from './names.js';
import { type Announcement, planNotifications } from './notifications.js';
import { formatPath, type VirtualPath } from './paths.js';
import { assertInsideGroup, type FreePlace, findPlace, toEntry } from './places.js';
import { activityOf, withRefusals } from './records.js';
import { openStaging, quotaExceeded, type SealedContent, type Staging } from './staging.js';
import { setModifiedAt } from './tree.js';

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
}

/** A deposit on its way. Exactly one of commit and abort ends it; both may be called again without harm. */
export interface Upload {
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
  /**
   * Publishes: size, digest, policy, locks, conditions and quota are checked again, the bytes synced, and one transaction
   * writes entry, version, activity and mail. Resolves only when all of it is durable.
   * @throws aborted for a size that is not the declared one, invalid-input (reason `digest`, `hole`), what an earlier write
   * threw, precondition-failed (reason `base-changed`) when the content it started from was replaced meanwhile
   */
  commit(): Promise<FileEntry>;
  /** Throws the bytes away and records one line with how many had come. Never throws. */
  abort(reason: unknown): Promise<void>;
}

export type UploadOptions = PutOptions & Conditions;

/** Admits a deposit and opens its staging. Every check made here is made again at commit, against the database. */
export async function openUpload(visit: Visit, path: VirtualPath, options: UploadOptions): Promise<Upload> {
  assertLive(visit);
  assertInsideGroup(path);
  const place = await findPlace(visit.database.reader, visit, path);
  return withRefusals(visit, place.membership, { action: 'deposit', path: place.path }, async () => {
    const admitted = await admitDeposit(visit.database.reader, visit, path, options);
    const { holder } = admitted;
    const base = options.base === 'current' ? holder : undefined;
    const staging = await openStaging(visit, {
      spaceId: place.membership.spaceId,
      parentId: admitted.place.parent.id,
      name: admitted.place.name,
      declaredSizeBytes: options.declaredSizeBytes,
      creditBytes: holder?.size_bytes ?? 0,
      base,
    });
    return new OpenUpload(visit, { place: admitted.place, base, options, staging });
  });
}

interface OpenParts {
  readonly place: FreePlace;
  /** The content it started from, while it was not the empty one. */
  readonly base: EntryRecord | undefined;
  readonly options: UploadOptions;
  readonly staging: Staging;
}

class OpenUpload implements Upload {
  #modifiedAt: Date | undefined;
  #failure: { readonly error: unknown } | undefined;
  readonly #changes = new Set<Promise<void>>();
  #committing: Promise<FileEntry> | undefined;
  #aborting: Promise<void> | undefined;
  readonly #visit: Visit;
  readonly #place: FreePlace;
  readonly #base: EntryRecord | undefined;
  readonly #options: UploadOptions;
  readonly #staging: Staging;

  constructor(visit: Visit, { place, base, options, staging }: OpenParts) {
    this.#visit = visit;
    this.#place = place;
    this.#base = base;
    this.#options = options;
    this.#staging = staging;
    this.#modifiedAt = options.modifiedAt;
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

  commit(): Promise<FileEntry> {
    if (this.#aborting) return Promise.reject(ended());
    this.#committing ??= this.#commit();
    return this.#committing;
  }

  abort(reason: unknown): Promise<void> {
    if (this.#committing) return this.#committing.then(settled, settled);
    this.#aborting ??= this.#end('aborted', reason);
    return this.#aborting.then(settled, settled);
  }

  #assertOpen(): void {
    if (this.#committing || this.#aborting) throw ended();
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

  async #commit(): Promise<FileEntry> {
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

  async #publish(): Promise<FileEntry> {
    assertLive(this.#visit);
    const { declaredSizeBytes, expectedSha256 } = this.#options;
    if (declaredSizeBytes !== undefined && this.#staging.sizeBytes !== declaredSizeBytes)
      throw new StorageError('aborted', 'Fewer bytes came than were announced.', { reason: 'short' });
    const { database } = this.#visit;
    if (!this.#staging.isTouched) return this.#keepCurrent();
    const content = await this.#staging.seal();
    if (expectedSha256 !== undefined && expectedSha256 !== content.sha256)
      throw new StorageError('invalid-input', 'The bytes do not have the digest that was announced.', {
        reason: 'digest',
      });
    // Asked before: once the transaction is durable nothing may fail any more.
    const houseName = await this.#visit.houseName();
    const record = await database.write((transaction) =>
      publish(transaction, this.#visit, {
        path: this.#place.path,
        options: this.#options,
        base: this.#base,
        content,
        staging: this.#staging,
        modifiedAt: this.#modifiedAt,
      }),
    );
    crashPoint('deposit-committed');
    return fileEntry(this.#visit, this.#place, record, houseName);
  }

  /** Opened to change and closed unchanged: nothing was deposited. */
  async #keepCurrent(): Promise<FileEntry> {
    const { path } = this.#place;
    if (this.#modifiedAt) await setModifiedAt(this.#visit, path, this.#modifiedAt, this.#options);
    const place = await findPlace(this.#visit.database.reader, this.#visit, path);
    if (!place.entry)
      throw new StorageError('not-found', 'The file is gone.', { subject: formatPath(place.path) });
    await this.#staging.discard();
    return fileEntry(this.#visit, this.#place, place.entry, await this.#visit.houseName());
  }

  /** Nothing was published: one line with how many bytes had come, and everything is given back. */
  async #end(outcome: ActivityOutcome, cause: unknown): Promise<void> {
    const reason = cause instanceof StorageError ? (cause.reason ?? cause.code) : 'interrupted';
    const { membership, path } = this.#place;
    const { sizeBytes } = this.#staging;
    const facts = {
      action: 'deposit',
      outcome,
      at: this.#visit.clock.now(),
      path,
      sizeBytes,
      reason,
    } as const;
    const row = activityOf(this.#visit, membership, facts);
    await this.#staging.discard((transaction) => recordActivity(transaction, [row]));
  }
}

interface Publication {
  readonly path: VirtualPath;
  readonly options: UploadOptions;
  readonly base: EntryRecord | undefined;
  readonly content: SealedContent;
  readonly staging: Staging;
  readonly modifiedAt: Date | undefined;
}

/** The one transaction of a deposit: entry, version, quota, activity and mail, or nothing. */
async function publish(
  transaction: Transaction,
  visit: Visit,
  publication: Publication,
): Promise<EntryRecord> {
  const { content, staging, options } = publication;
  const { place, holder } = await admitDeposit(transaction, visit, publication.path, options);
  assertSameBase(publication.base, holder);
  const { account, origin } = visit.session;
  const membership = place.membership;
  const now = visit.clock.now();
  const at = now.getTime();
  const entryId = holder?.id ?? newId(now);
  const versionId = newId(now);
  const isPlaceholder =
    content.sizeBytes === 0 && options.reservesIfEmpty === true && holder?.state !== 'published';
  const entry = {
    state: isPlaceholder ? 'reserved' : 'published',
    privateTo: isPrivateName(place.name) ? account.id : '',
    ownerAccountId: account.id,
    versionId,
    modifiedAt: publication.modifiedAt?.getTime() ?? at,
  } as const;
  if (content.blob) await insertBlob(transaction, content.blob);
  if (holder) await updateEntry(transaction, holder.id, entry);
  else
    await insertEntries(transaction, [
      {
        id: entryId,
        spaceId: membership.spaceId,
        parentId: place.parent.id,
        kind: 'file',
        name: place.name,
        at,
        ...entry,
      },
    ]);
  if (holder?.version_id) await endVersions(transaction, [holder.version_id], at);
  crashPoint('deposit-entry-written');
  const version = {
    id: versionId,
    entryId,
    blobId: content.blob?.id ?? null,
    depositorAccountId: account.id,
  };
  const { sizeBytes, sha256 } = content;
  await insertVersions(transaction, [
    { ...version, sizeBytes, sha256, door: origin.door, depositedAt: at, modifiedAt: entry.modifiedAt },
  ]);
  crashPoint('deposit-version-written');
  const change = { usedBytes: sizeBytes - (holder?.size_bytes ?? 0), reservedBytes: staging.reservedBytes };
  if (!(await settleBytes(transaction, membership.spaceId, change))) throw quotaExceeded();
  // Gone: another process took this one for dead and has cleared its bytes away.
  if (!(await deleteUpload(transaction, staging.uploadId))) throw ended();
  crashPoint('deposit-settled');
  if (!isPlaceholder && entry.privateTo === '') {
    const facts = {
      action: 'deposit',
      at: now,
      path: place.path,
      entryId,
      versionId,
      sizeBytes,
      sha256,
    } as const;
    await recordActivity(transaction, [activityOf(visit, membership, facts)]);
    crashPoint('deposit-recorded');
    await announce(transaction, visit, [
      { groupId: membership.groupId, versionId, depositorAccountId: account.id, entry },
    ]);
    crashPoint('deposit-announced');
  }
  const published = await findNameHolder(transaction, place.parent.id, place.name, entry.privateTo);
  if (!published) throw new Error('The entry just written is not there.');
  return published;
}

/** Tells the other members, in the deposit's own transaction. All announcements are of one group. */
export async function announce(
  transaction: Transaction,
  { quietWindow, clock }: Pick<Foundations, 'quietWindow' | 'clock'>,
  announcements: readonly Announcement[],
): Promise<void> {
  const groupId = announcements[0]?.groupId;
  if (groupId === undefined) return;
  const recipients = await recipientsOf(transaction, groupId);
  const plan = planNotifications(announcements, recipients, quietWindow, clock.now());
  await insertNotificationItems(transaction, plan.items);
  await gatherMails(transaction, plan.mails);
}

/** Bytes changed in one content are not put over another that came meanwhile: that would undo somebody's deposit. */
function assertSameBase(base: EntryRecord | undefined, current: EntryRecord | undefined): void {
  if (base && base.version_id !== current?.version_id)
    throw new StorageError('precondition-failed', 'The file was changed meanwhile.', {
      reason: 'base-changed',
    });
}

function ended(): StorageError {
  return new StorageError('aborted', 'This upload has ended.', { reason: 'ended' });
}

function settled(): void {}

function fileEntry(visit: Visit, place: FreePlace, record: EntryRecord, houseName: string): FileEntry {
  const { membership, path } = place;
  const entry = toEntry(record, path, { membership, visit, houseName });
  if (entry.kind !== 'file') throw new Error('A deposit made a folder.');
  return entry;
}
