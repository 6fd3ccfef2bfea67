import { randomBytes } from 'node:crypto';
import type { Staged } from './blobs/blob-store.js';
import { createSealedWriter, type SealedWriter } from './blobs/sealed-writer.js';
import { openContent } from './content.js';
import { crashPoint } from './crash-points.js';
import { StorageError } from './errors.js';
import type { Visit } from './foundations.js';
import { newBlobId, newId } from './ids.js';
import type { BlobRecord } from './metadata/blobs.js';
import type { Transaction } from './metadata/database.js';
import type { EntryRecord } from './metadata/entries.js';
import { releaseBytes, reserveBytes } from './metadata/space-usage.js';
import { deleteUpload, insertUpload, updateUpload } from './metadata/uploads.js';
import type { ByteRange } from './model.js';

/** Bytes whose size is not known in advance are set aside in steps of this much. */
const RESERVE_STEP_BYTES = 16 * 1024 * 1024;
const COPY_STEP_BYTES = 1024 * 1024;

export interface StagingPlan {
  readonly spaceId: string;
  readonly parentId: string;
  readonly name: string;
  readonly declaredSizeBytes: number | undefined;
  /** Bytes the quota counts already: the content that will be replaced. */
  readonly creditBytes: number;
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
  readonly uploadId: string;
  readonly sizeBytes: number;
  /** False while nothing was written over the base. */
  readonly isTouched: boolean;
  /** What the space has set aside for this upload; the commit's transaction turns it into use. */
  readonly reservedBytes: number;
  write(chunk: Buffer, offset: number): Promise<void>;
  read(range: ByteRange): Promise<Buffer>;
  truncate(sizeBytes: number): Promise<void>;
  /** Hashes, syncs and moves the blob to its place. @throws invalid-input (reason `hole`) when a gap was never written */
  seal(): Promise<SealedContent>;
  /**
   * Gives everything back: bytes, reservation, row. Safe after seal too, as long as nothing refers to the blob. `tell` writes
   * about it in the transaction that ends the upload, so that it is told once whatever dies when.
   */
  discard(tell?: Telling): Promise<void>;
}

/** Writes the line about an upload that ends. */
export type Telling = (transaction: Transaction) => Promise<void>;

/** Sets bytes aside and opens a staging file. @throws no-space (reason `quota` or `disk`) */
export async function openStaging(visit: Visit, plan: StagingPlan): Promise<Staging> {
  const key = randomBytes(32);
  const blobId = newBlobId();
  const uploadId = newId(visit.clock.now());
  const reservedBytes = Math.max(0, (plan.declaredSizeBytes ?? 0) - plan.creditBytes);
  await assertDiskTakes(visit, plan.declaredSizeBytes ?? 0);
  const wrapped = { wrapped_key: visit.masterKey.wrap(key, blobId), key_id: visit.masterKey.keyId };
  await visit.database.writeRelaxed(async (transaction) => {
    const now = visit.clock.now().getTime();
    if (!(await reserveBytes(transaction, plan.spaceId, reservedBytes))) throw quotaExceeded();
    await insertUpload(transaction, {
      id: uploadId,
      account_id: visit.session.account.id,
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
      created_at: now,
      updated_at: now,
    });
  });
  crashPoint('upload-recorded');
  const staged = await visit.blobs.stage(blobId).catch(async (error: unknown) => {
    await endUpload(visit, { uploadId, spaceId: plan.spaceId, reservedBytes });
    throw error;
  });
  crashPoint('staging-created');
  const writer = createSealedWriter({ staged, blobId, key });
  return new OpenStaging(visit, plan, { uploadId, blobId, staged, writer, wrapped }, reservedBytes);
}

/** @returns whether the upload was still open; its commit may have ended it without our hearing of it */
async function endUpload(
  visit: Visit,
  upload: { readonly uploadId: string; readonly spaceId: string; readonly reservedBytes: number },
  tell?: Telling,
): Promise<boolean> {
  return visit.database.write(async (transaction) => {
    const wasOpen = await deleteUpload(transaction, upload.uploadId);
    if (!wasOpen) return false;
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
  }

  get uploadId(): string {
    return this.#parts.uploadId;
  }

  get sizeBytes(): number {
    return this.isTouched ? this.#parts.writer.sizeBytes : (this.#plan.base?.size_bytes ?? 0);
  }

  get isTouched(): boolean {
    return this.#plan.base === undefined || this.#baseCopied !== undefined;
  }

  get reservedBytes(): number {
    return this.#reservedBytes;
  }

  async write(chunk: Buffer, offset: number): Promise<void> {
    await this.#copyBase(Number.POSITIVE_INFINITY);
    const end = offset + chunk.length;
    if (this.#plan.declaredSizeBytes !== undefined && end > this.#plan.declaredSizeBytes)
      throw new StorageError('too-large', 'More bytes came than were announced.', {
        reason: 'declared-size',
      });
    if (end > this.#reservedBytes + this.#plan.creditBytes) await this.#reserve(end);
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

  async discard(tell?: Telling): Promise<void> {
    if (this.#isDiscarded) return;
    this.#isDiscarded = true;
    await this.#reserving.catch(() => {});
    const { uploadId, blobId, staged } = this.#parts;
    const { spaceId } = this.#plan;
    const upload = { uploadId, spaceId, reservedBytes: this.#reservedBytes };
    // What cannot be told is given back all the same.
    const ended = endUpload(this.#visit, upload, tell).catch(() => endUpload(this.#visit, upload));
    const wasOpen = await ended.finally(() => {
      crashPoint('upload-ended');
      return staged.discard();
    });
    crashPoint('staging-discarded');
    // A row that is gone was taken by a commit whose answer got lost: what it refers to stays.
    if (this.#isPublished && wasOpen) await this.#visit.blobs.remove(blobId);
    crashPoint('upload-discarded');
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
          received_bytes: this.#parts.writer.sizeBytes,
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
