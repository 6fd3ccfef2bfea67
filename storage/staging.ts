import { randomBytes } from 'node:crypto';
import type { Staged } from './blobs/blob-store.js';
import { createSealedWriter, resumeSealedWriter, type SealedWriter } from './blobs/sealed-writer.js';
import { openContent } from './content.js';
import { crashPoint } from './crash-points.js';
import { StorageError } from './errors.js';
import type { Visit } from './foundations.js';
import { newId } from './ids.js';
import type { BlobRecord } from './metadata/blobs.js';
import type { Transaction } from './metadata/database.js';
import type { EntryRecord } from './metadata/entries.js';
import { releaseBytes, reserveBytes } from './metadata/space-usage.js';
import { deleteUploads, insertUpload, type UploadRecord, updateUpload } from './metadata/uploads.js';
import type { ByteRange } from './model.js';
import { openParked, parkStaged, settledBytes } from './parking.js';

/** Bytes whose size is not known in advance are set aside in steps of this much. */
const RESERVE_STEP_BYTES = 16 * 1024 * 1024;
/** Set aside together with the row, where there is so much: a small file then needs no second transaction. */
const FIRST_STEP_BYTES = 64 * 1024;
const COPY_STEP_BYTES = 1024 * 1024;
/** So often the row hears how much has come where no space has to be set aside: a start after a crash looks from there on. */
const NOTE_EVERY_BYTES = 64 * 1024 * 1024;

export interface StagingPlan {
  /** False for an upload over in a moment, of declared size: no row tells of it and nothing is set aside for it. */
  readonly isListed: boolean;
  readonly spaceId: string;
  readonly parentId: string;
  readonly name: string;
  readonly declaredSizeBytes: number | undefined;
  /** Bytes the quota counts already: the content that will be replaced. */
  readonly creditBytes: number;
  /** What the name holds now; null when it is free. */
  readonly baseVersionId: string | null;
  /** Bytes of that content the upload starts with. */
  readonly baseSizeBytes: number;
  /** What was there when it was parked before; 0 for a new one. */
  readonly keptBytes: number;
  /** Content to start from, copied at the first write. */
  readonly base: EntryRecord | undefined;
}

export interface SealedContent {
  /** Null for content without bytes. */
  readonly blob: BlobRecord | null;
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** Bytes not yet committed: sealed as they come, counted against the quota, invisible. */
export interface Staging {
  /** Its row, and what the space has set aside for it; the commit's transaction ends both. Null when it is not listed. */
  readonly upload: { readonly id: string; readonly reservedBytes: number } | null;
  readonly sizeBytes: number;
  /** False while nothing was written over the base. */
  readonly isTouched: boolean;
  write(chunk: Buffer, offset: number): Promise<void>;
  read(range: ByteRange): Promise<Buffer>;
  truncate(sizeBytes: number): Promise<void>;
  /** Hashes, syncs and moves the blob to its place. @throws invalid-input (reason `hole`) when a gap was never written */
  seal(): Promise<SealedContent>;
  /** Leaves the bytes that came for somebody who goes on; false, and nothing has changed, when they are not worth it. */
  park(): Promise<boolean>;
  /** Gives everything back: bytes, reservation, row. Safe after seal too, as long as nothing refers to the blob. */
  discard(ending?: Ending): Promise<void>;
}

/** How an upload ends of which nothing was published. */
export interface Ending {
  /** The database may refer to the blob after all: it is left to the sweeper, which looks again later. */
  readonly isInDoubt?: boolean;
  /** Writes about it, in the transaction that ends the upload: it is told once, whatever dies when. */
  readonly tell?: Telling;
}

type Telling = (transaction: Transaction) => Promise<void>;

/** Sets bytes aside and opens a staging file. @throws no-space (reason `quota` or `disk`) */
export async function openStaging(visit: Visit, plan: StagingPlan): Promise<Staging> {
  const key = randomBytes(32);
  const blobId = visit.blobs.newId();
  const uploadId = newId(visit.clock.now());
  await assertDiskTakes(visit, plan.declaredSizeBytes ?? FIRST_STEP_BYTES);
  const wrapped = { wrapped_key: visit.masterKey.wrap(key, blobId), key_id: visit.masterKey.keyId };
  const reservedBytes = plan.isListed ? await listUpload(visit, plan, { uploadId, blobId, wrapped }) : 0;
  const staged = await visit.blobs.stage(blobId).catch(async (error: unknown) => {
    if (plan.isListed) await endUpload(visit, { uploadId, spaceId: plan.spaceId, reservedBytes });
    throw error;
  });
  crashPoint('staging-created');
  const writer = createSealedWriter({ staged, blobId, key });
  return new OpenStaging(visit, plan, { uploadId, blobId, staged, writer, wrapped }, reservedBytes);
}

/** Makes the upload's row. @returns what is set aside for it @throws no-space (reason `quota`) */
async function listUpload(
  visit: Visit,
  plan: StagingPlan,
  { uploadId, blobId, wrapped }: Pick<Parts, 'uploadId' | 'blobId' | 'wrapped'>,
): Promise<number> {
  const reserved = await visit.database.writeRelaxed(async (transaction) => {
    const now = visit.clock.now().getTime();
    const reservedBytes = await reserveFirst(transaction, plan);
    await insertUpload(transaction, {
      id: uploadId,
      account_id: visit.session.account.id,
      credential_id: visit.session.credentialId ?? null,
      space_id: plan.spaceId,
      parent_id: plan.parentId,
      name: plan.name,
      blob_id: blobId,
      ...wrapped,
      door: visit.session.origin.door,
      state: 'open',
      declared_size_bytes: plan.declaredSizeBytes ?? null,
      received_bytes: 0,
      reserved_bytes: reservedBytes,
      base_version_id: plan.baseVersionId,
      base_size_bytes: plan.baseSizeBytes,
      kept_bytes: plan.keptBytes,
      is_in_order: true,
      created_at: now,
      updated_at: now,
      expires_at: null,
    });
    return reservedBytes;
  });
  crashPoint('upload-recorded');
  return reserved;
}

async function reserveFirst(transaction: Transaction, plan: StagingPlan): Promise<number> {
  const { spaceId, declaredSizeBytes, creditBytes } = plan;
  const growth = Math.max(0, (declaredSizeBytes ?? creditBytes + FIRST_STEP_BYTES) - creditBytes);
  if (await reserveBytes(transaction, spaceId, growth)) return growth;
  if (declaredSizeBytes !== undefined) throw quotaExceeded();
  return 0;
}

/** Goes on with a parked upload that was taken up again. @throws corrupt when the bytes it had are not all there */
export async function reopenStaging(visit: Visit, plan: StagingPlan, upload: UploadRecord): Promise<Staging> {
  const { blob_id: blobId, wrapped_key, key_id } = upload;
  const key = visit.masterKey.unwrap(wrapped_key, blobId);
  const { staged, keptFrames } = await openParked(visit, upload, key);
  const writer = resumeSealedWriter({ staged, blobId, key, keptFrames });
  const parts = { uploadId: upload.id, blobId, staged, writer, wrapped: { wrapped_key, key_id } };
  return new OpenStaging(visit, plan, parts, upload.reserved_bytes);
}

/** @returns whether the upload was still open; its commit may have ended it without our hearing of it */
async function endUpload(
  visit: Visit,
  upload: { readonly uploadId: string; readonly spaceId: string; readonly reservedBytes: number },
  tell?: Telling,
): Promise<boolean> {
  return visit.database.write(async (transaction) => {
    if ((await deleteUploads(transaction, [upload.uploadId])) === 0) return false;
    await releaseBytes(transaction, upload.spaceId, upload.reservedBytes);
    await tell?.(transaction);
    crashPoint('upload-end-recorded');
    return true;
  });
}

interface Parts {
  readonly uploadId: string;
  readonly blobId: string;
  readonly staged: Staged;
  readonly writer: SealedWriter;
  readonly wrapped: { readonly wrapped_key: string; readonly key_id: string };
}

class OpenStaging implements Staging {
  #reservedBytes: number;
  #reserving: Promise<void> = Promise.resolve();
  #baseCopied: Promise<void> | undefined;
  #nextOffset: number;
  #disordered: Promise<void> | undefined;
  #notedBytes: number;
  #isPublished = false;
  #isDiscarded = false;
  readonly #visit: Visit;
  readonly #plan: StagingPlan;
  readonly #parts: Parts;

  constructor(visit: Visit, plan: StagingPlan, parts: Parts, reservedBytes: number) {
    this.#visit = visit;
    this.#plan = plan;
    this.#parts = parts;
    this.#reservedBytes = reservedBytes;
    this.#nextOffset = plan.base?.size_bytes ?? parts.writer.sizeBytes;
    this.#notedBytes = this.#nextOffset;
  }

  get upload(): Staging['upload'] {
    return this.#plan.isListed ? { id: this.#parts.uploadId, reservedBytes: this.#reservedBytes } : null;
  }

  get sizeBytes(): number {
    return this.isTouched ? this.#parts.writer.sizeBytes : (this.#plan.base?.size_bytes ?? 0);
  }

  get isTouched(): boolean {
    return this.#plan.base === undefined || this.#baseCopied !== undefined;
  }

  async write(chunk: Buffer, offset: number): Promise<void> {
    await this.#copyBase(Number.POSITIVE_INFINITY);
    const end = offset + chunk.length;
    if (this.#plan.declaredSizeBytes !== undefined && end > this.#plan.declaredSizeBytes)
      throw new StorageError('too-large', 'More bytes came than were announced.', {
        reason: 'declared-size',
      });
    if (this.#plan.isListed && end > this.#reservedBytes + this.#plan.creditBytes) await this.#reserve(end);
    if (this.#plan.isListed) await this.#expectOrder(offset, end);
    await this.#parts.writer.write(chunk, offset);
    crashPoint('chunk-taken');
  }

  async read(range: ByteRange): Promise<Buffer> {
    if (!this.isTouched) return this.#readBase(range);
    await this.#baseCopied;
    return this.#parts.writer.read(range);
  }

  async truncate(sizeBytes: number): Promise<void> {
    await this.#copyBase(sizeBytes);
    await this.#expectOrder(sizeBytes, sizeBytes);
    await this.#parts.writer.truncate(sizeBytes);
  }

  async seal(): Promise<SealedContent> {
    const { writer, staged, blobId, wrapped } = this.#parts;
    const { sizeBytes, sha256 } = await writer.finish();
    if (sizeBytes === 0) {
      await staged.discard();
      return { blob: null, sizeBytes, sha256 };
    }
    crashPoint('content-sealed');
    await staged.publish();
    crashPoint('blob-published');
    this.#isPublished = true;
    const stored_at = this.#visit.clock.now().getTime();
    return { blob: { id: blobId, ...wrapped, size_bytes: sizeBytes, stored_at }, sizeBytes, sha256 };
  }

  async park(): Promise<boolean> {
    if (!this.isTouched || !this.#plan.isListed) return false;
    await this.#reserving.catch(() => {});
    const {
      baseSizeBytes,
      keptBytes,
      parentId: parent_id,
      name,
      baseVersionId: base_version_id,
    } = this.#plan;
    const goal = { account_id: this.#visit.session.account.id, parent_id, name, base_version_id };
    const isInOrder = this.#disordered === undefined;
    return parkStaged(this.#visit, { ...this.#parts, goal, baseSizeBytes, keptBytes, isInOrder });
  }

  async discard({ isInDoubt = false, tell }: Ending = {}): Promise<void> {
    if (this.#isDiscarded) return;
    this.#isDiscarded = true;
    const { blobId, staged, writer } = this.#parts;
    writer.end();
    let wasOpen = false;
    try {
      // Bytes first: on a full disk they make the room that the transaction needs.
      await staged.discard();
    } finally {
      crashPoint('staging-discarded');
      await this.#reserving.catch(() => {});
      // What cannot be told is given back all the same.
      wasOpen = await this.#endListing(tell).catch(() => this.#endListing());
      crashPoint('upload-ended');
    }
    // A row that is gone was taken by a commit whose answer got lost: what it refers to stays.
    if (this.#isPublished && wasOpen && !isInDoubt) await this.#visit.blobs.remove(blobId);
    crashPoint('upload-discarded');
  }

  /** @returns whether nothing has taken the upload's bytes over */
  async #endListing(tell?: Telling): Promise<boolean> {
    const { uploadId } = this.#parts;
    const { spaceId, isListed } = this.#plan;
    if (isListed)
      return endUpload(this.#visit, { uploadId, spaceId, reservedBytes: this.#reservedBytes }, tell);
    if (tell) await this.#visit.database.write(tell);
    return true;
  }

  /** Before a byte is written out of turn the row says so: a start after a crash must not take old bytes for new ones. */
  async #expectOrder(start: number, end: number): Promise<void> {
    if (start !== this.#nextOffset) this.#disordered ??= this.#update({ is_in_order: false });
    if (this.#disordered) return this.#disordered;
    this.#nextOffset = end;
    if (end - this.#notedBytes < NOTE_EVERY_BYTES) return;
    this.#notedBytes = end;
    // A start after a crash then looks further back, no more.
    this.#update({ received_bytes: settledBytes(this.#parts.writer) }).catch(() => {});
  }

  async #update(change: Parameters<typeof updateUpload>[2]): Promise<void> {
    const updated_at = this.#visit.clock.now().getTime();
    await this.#visit.database.writeRelaxed((transaction) =>
      updateUpload(transaction, this.#parts.uploadId, { ...change, updated_at }),
    );
  }

  /** The base is copied once, before the first change, and no further than what will be kept of it. */
  #copyBase(limitBytes: number): Promise<void> {
    const base = this.#plan.base;
    if (!base) return Promise.resolve();
    this.#baseCopied ??= this.#copyFrom(base, Math.min(base.size_bytes ?? 0, limitBytes));
    return this.#baseCopied;
  }

  async #copyFrom(base: EntryRecord, sizeBytes: number): Promise<void> {
    if (base.blob_id === null || sizeBytes === 0) return;
    const reader = await openContent(this.#visit, base.blob_id);
    try {
      for (let start = 0; start < sizeBytes; start += COPY_STEP_BYTES) {
        const chunk = await reader.read({ start, end: Math.min(sizeBytes, start + COPY_STEP_BYTES) });
        await this.#parts.writer.write(chunk, start);
      }
    } finally {
      await reader.close();
    }
  }

  async #readBase(range: ByteRange): Promise<Buffer> {
    const blobId = this.#plan.base?.blob_id ?? null;
    if (blobId === null) return Buffer.alloc(0);
    const reader = await openContent(this.#visit, blobId);
    return reader.read(range).finally(() => reader.close());
  }

  /** One after the other, so that two overlapping writes never set the same bytes aside twice. */
  #reserve(end: number): Promise<void> {
    const attempt = this.#reserving.then(() => this.#reserveUpTo(end));
    this.#reserving = attempt.catch(() => {});
    return attempt;
  }

  async #reserveUpTo(end: number): Promise<void> {
    const missing = end - this.#plan.creditBytes - this.#reservedBytes;
    if (missing <= 0) return;
    const { database, clock } = this.#visit;
    await assertDiskTakes(this.#visit, missing);
    for (const bytes of [Math.max(missing, RESERVE_STEP_BYTES), missing]) {
      const granted = await database.writeRelaxed(async (transaction) => {
        if (!(await reserveBytes(transaction, this.#plan.spaceId, bytes))) return false;
        const isOpen = await updateUpload(transaction, this.#parts.uploadId, {
          received_bytes: settledBytes(this.#parts.writer),
          reserved_bytes: this.#reservedBytes + bytes,
          updated_at: clock.now().getTime(),
        });
        // A write that was under way when the upload ended: nobody would give its bytes back.
        if (!isOpen) throw new StorageError('aborted', 'This upload has ended.', { reason: 'ended' });
        return true;
      });
      if (!granted) continue;
      this.#reservedBytes += bytes;
      return;
    }
    throw quotaExceeded();
  }
}

async function assertDiskTakes(visit: Visit, bytes: number): Promise<void> {
  if ((await visit.freeBytes()) < bytes)
    throw new StorageError('no-space', 'The disk of this appliance is full.', { reason: 'disk' });
}

export function quotaExceeded(): StorageError {
  return new StorageError('no-space', 'The quota of this group is used up.', { reason: 'quota' });
}
