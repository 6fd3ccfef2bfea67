import { crashPoint } from './crash-points.js';
import { StorageError } from './errors.js';
import type { Visit } from './foundations.js';
import type { Transaction } from './metadata/database.js';
import { releaseBytes, reserveBytes } from './metadata/space-usage.js';
import { deleteUploads, insertUpload, type UploadRecord, updateUpload } from './metadata/uploads.js';

/** What a crash must not lose track of is listed: from so many bytes on, and from so long on. */
export const LISTED_BYTES = 1024 * 1024;
const LISTED_MS = 1000;
/** Bytes whose size is not known in advance are set aside in steps of this much. */
const RESERVE_STEP_BYTES = 16 * 1024 * 1024;
/** So often the row hears how much has come where no space has to be set aside: a start after a crash looks from there on. */
const NOTE_EVERY_BYTES = 64 * 1024 * 1024;

/**
 * `at-once`: before a byte is taken. `when-it-lasts`: from 1 MiB or one second on, whichever comes first; most uploads are over
 * by then. `never`: for a declared size of less than that.
 */
export type ListingTime = 'at-once' | 'when-it-lasts' | 'never';

/** An upload as its row tells of it. */
export interface ListedUpload
  extends Pick<
    UploadRecord,
    | 'id'
    | 'space_id'
    | 'parent_id'
    | 'name'
    | 'blob_id'
    | 'wrapped_key'
    | 'key_id'
    | 'declared_size_bytes'
    | 'base_version_id'
    | 'base_size_bytes'
    | 'kept_bytes'
  > {
  /** Bytes the quota counts already: the content that will be replaced. */
  readonly creditBytes: number;
}

/** The row of an upload under way, and the bytes its space has set aside for it. */
export interface UploadListing {
  /** Every byte so far came once, one behind the other. */
  readonly isInOrder: boolean;
  /** Sets aside what is needed up to that byte; undefined when nothing is to be waited for. @throws no-space (reason `quota` or `disk`) */
  reserve(end: number): Promise<void> | undefined;
  /** Before a byte is written out of turn the row says so: a start after a crash must not take old bytes for new ones. */
  noteOrder(start: number, end: number): Promise<void> | undefined;
  /** No row is begun from here on. @returns what the commit's transaction has to end; null where there is no row */
  settle(): Promise<{ readonly id: string; readonly reservedBytes: number } | null>;
  /**
   * Nothing was published: row and reservation go, and `tell` writes about it in the same transaction.
   * @returns whether nothing has taken the upload's bytes over
   */
  end(tell?: Telling): Promise<boolean>;
}

export type Telling = (transaction: Transaction) => Promise<void>;

/** What an upload begins with. */
interface Beginning {
  /** Where the first byte is expected. */
  readonly startsAt: number;
  /** Plain bytes from the start on that a process which dies now leaves in the staging file. */
  receivedBytes(): number;
}

/** Of an upload that begins. `settle` or `end` ends it. @throws no-space (reason `quota`) when it is listed at once */
export async function openListing(
  visit: Visit,
  upload: ListedUpload,
  { time, ...beginning }: Beginning & { readonly time: ListingTime },
): Promise<UploadListing> {
  if (time === 'never') return unlisted(visit);
  const listing = new Listing(visit, upload, beginning, null);
  if (time === 'at-once') await listing.list();
  else listing.listIfItLasts();
  return listing;
}

/** Of an upload that goes on, and has its row. */
export function reopenListing(
  visit: Visit,
  upload: ListedUpload,
  { reservedBytes, ...beginning }: Beginning & { readonly reservedBytes: number },
): UploadListing {
  return new Listing(visit, upload, beginning, reservedBytes);
}

function unlisted({ database }: Visit): UploadListing {
  return {
    isInOrder: true,
    reserve: () => undefined,
    noteOrder: () => undefined,
    settle: async () => null,
    async end(tell) {
      if (tell) await database.write(tell);
      return true;
    },
  };
}

class Listing implements UploadListing {
  #isInOrder = true;
  /** Null while there is no row. */
  #reservedBytes: number | null;
  #isSettled = false;
  #nextOffset: number;
  #notedBytes: number;
  #timer: NodeJS.Timeout | undefined;
  #disorderNoted: Promise<void> | undefined;
  /** One change of the row after the other: two overlapping writes never set the same bytes aside twice. */
  #turn: Promise<unknown> = Promise.resolve();
  readonly #visit: Visit;
  readonly #upload: ListedUpload;
  readonly #startedAt: number;
  readonly #receivedBytes: () => number;

  constructor(visit: Visit, upload: ListedUpload, beginning: Beginning, reservedBytes: number | null) {
    this.#visit = visit;
    this.#upload = upload;
    this.#reservedBytes = reservedBytes;
    this.#startedAt = this.#now();
    this.#nextOffset = beginning.startsAt;
    this.#notedBytes = beginning.startsAt;
    this.#receivedBytes = beginning.receivedBytes;
  }

  get isInOrder(): boolean {
    return this.#isInOrder;
  }

  reserve(end: number): Promise<void> | undefined {
    const isCovered =
      this.#reservedBytes === null
        ? end < LISTED_BYTES
        : end <= this.#reservedBytes + this.#upload.creditBytes;
    return isCovered ? undefined : this.#inTurn(() => this.#reserveUpTo(end));
  }

  noteOrder(start: number, end: number): Promise<void> | undefined {
    if (start !== this.#nextOffset && this.#isInOrder) {
      this.#isInOrder = false;
      // A row that is not there yet will have it right from the start.
      this.#disorderNoted = this.#inTurn(() => this.#note({ is_in_order: false }));
    }
    this.#nextOffset = end;
    if (!this.#isInOrder || end - this.#notedBytes < NOTE_EVERY_BYTES) return this.#disorderNoted;
    this.#notedBytes = end;
    // A start after a crash then looks further back, no more.
    this.#inTurn(() => this.#note({ received_bytes: this.#receivedBytes() })).catch(() => {});
    return undefined;
  }

  async settle(): Promise<{ readonly id: string; readonly reservedBytes: number } | null> {
    this.#isSettled = true;
    clearTimeout(this.#timer);
    await this.#turn;
    return this.#reservedBytes === null ? null : { id: this.#upload.id, reservedBytes: this.#reservedBytes };
  }

  async end(tell?: Telling): Promise<boolean> {
    const row = await this.settle();
    if (!row && !tell) return true;
    return this.#visit.database.write(async (transaction) => {
      if (row && (await deleteUploads(transaction, [row.id])) === 0) return false;
      if (row) await releaseBytes(transaction, this.#upload.space_id, row.reservedBytes);
      await tell?.(transaction);
      crashPoint('upload-end-recorded');
      return true;
    });
  }

  listIfItLasts(): void {
    this.#timer = setTimeout(() => {
      // Bytes that find no room are refused as they come.
      this.#inTurn(() => this.#listUnlessSettled()).catch(() => {});
    }, LISTED_MS).unref();
  }

  /** @throws no-space (reason `quota`) where the declared size does not fit */
  list(): Promise<void> {
    return this.#inTurn(async () => {
      const { declared_size_bytes: declaredSizeBytes, creditBytes } = this.#upload;
      // A small change to a large file then needs no second transaction.
      const growth = declaredSizeBytes === null ? LISTED_BYTES : Math.max(0, declaredSizeBytes - creditBytes);
      if (await this.#setAside(growth)) return;
      if (declaredSizeBytes !== null) throw quotaExceeded();
      await this.#setAside(0);
    });
  }

  async #listUnlessSettled(): Promise<void> {
    if (this.#isSettled || this.#reservedBytes !== null) return;
    const growth = Math.max(0, this.#nextOffset - this.#upload.creditBytes);
    if (!(await this.#setAside(growth))) await this.#setAside(0);
  }

  async #reserveUpTo(end: number): Promise<void> {
    // A write that was under way when the upload ended: nobody would give back what is set aside for it now.
    if (this.#isSettled) throw uploadEnded();
    const missing = end - this.#upload.creditBytes - (this.#reservedBytes ?? 0);
    if (missing <= 0 && this.#reservedBytes !== null) return;
    await assertDiskTakes(this.#visit, missing);
    for (const bytes of [Math.max(missing, RESERVE_STEP_BYTES), Math.max(missing, 0)])
      if (await this.#setAside(bytes)) return;
    throw quotaExceeded();
  }

  /** Makes the row, or changes it. @returns false, and nothing has changed, where the quota is short */
  async #setAside(bytes: number): Promise<boolean> {
    const reservedBytes = (this.#reservedBytes ?? 0) + bytes;
    const granted = await this.#visit.database.writeRelaxed(async (transaction) => {
      if (!(await reserveBytes(transaction, this.#upload.space_id, bytes))) return false;
      if (this.#reservedBytes === null) await insertUpload(transaction, this.#row(reservedBytes));
      else await this.#update(transaction, reservedBytes);
      return true;
    });
    if (!granted) return false;
    const isNew = this.#reservedBytes === null;
    this.#reservedBytes = reservedBytes;
    if (isNew) crashPoint('upload-recorded');
    return true;
  }

  /** @throws aborted when another process has ended it */
  async #update(transaction: Transaction, reserved_bytes: number): Promise<void> {
    const change = { received_bytes: this.#receivedBytes(), reserved_bytes, updated_at: this.#now() };
    if (await updateUpload(transaction, this.#upload.id, change)) return;
    throw uploadEnded();
  }

  #row(reservedBytes: number): UploadRecord {
    const { creditBytes: _, ...upload } = this.#upload;
    const { account, origin, credentialId } = this.#visit.session;
    return {
      ...upload,
      account_id: account.id,
      credential_id: credentialId ?? null,
      door: origin.door,
      state: 'open',
      received_bytes: this.#receivedBytes(),
      reserved_bytes: reservedBytes,
      is_in_order: this.#isInOrder,
      created_at: this.#startedAt,
      updated_at: this.#now(),
      expires_at: null,
    };
  }

  async #note(change: Parameters<typeof updateUpload>[2]): Promise<void> {
    if (this.#reservedBytes === null) return;
    const { database } = this.#visit;
    const updated_at = this.#now();
    await database.writeRelaxed((transaction) =>
      updateUpload(transaction, this.#upload.id, { ...change, updated_at }),
    );
  }

  #now(): number {
    return this.#visit.clock.now().getTime();
  }

  #inTurn(act: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(act);
    this.#turn = turn.catch(() => {});
    return turn;
  }
}

/** @returns what an upload says that nobody can write to any more */
export function uploadEnded(): StorageError {
  return new StorageError('aborted', 'This upload has ended.', { reason: 'ended' });
}

export async function assertDiskTakes(visit: Visit, bytes: number): Promise<void> {
  if ((await visit.freeBytes()) < bytes)
    throw new StorageError('no-space', 'The disk of this appliance is full.', { reason: 'disk' });
}

export function quotaExceeded(): StorageError {
  return new StorageError('no-space', 'The quota of this group is used up.', { reason: 'quota' });
}
