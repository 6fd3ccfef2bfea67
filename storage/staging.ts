import { randomBytes } from 'node:crypto';
import type { Staged } from './blobs/blob-store.js';
import { createSealedWriter, resumeSealedWriter, type SealedWriter } from './blobs/sealed-writer.js';
import { openContent } from './content.js';
import { crashPoint } from './crash-points.js';
import { StorageError } from './errors.js';
import type { Visit } from './foundations.js';
import { newId } from './ids.js';
import type { BlobRecord } from './metadata/blobs.js';
import type { EntryRecord } from './metadata/entries.js';
import type { UploadRecord } from './metadata/uploads.js';
import type { ByteRange } from './model.js';
import { openParked, parkStaged, settledBytes } from './parking.js';
import {
  assertDiskTakes,
  type ListedUpload,
  type ListingTime,
  openListing,
  reopenListing,
  type Telling,
  type UploadListing,
} from './upload-listing.js';

/** The disk must take as much at least where the size is not known. */
const FIRST_BYTES = 64 * 1024;
const COPY_STEP_BYTES = 1024 * 1024;
export interface StagingPlan {
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
  /** Row and reservation of the upload, which the commit's transaction ends; null for one so short that it never had them. */
  readonly upload: { readonly id: string; readonly reservedBytes: number } | null;
}

/** Bytes not yet committed: sealed as they come, counted against the quota, invisible. */
export interface Staging {
  /** Of the upload, by which it is gone on with once it is parked. */
  readonly uploadId: string;
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

/** Sets bytes aside and opens a staging file. @throws no-space (reason `quota` or `disk`) */
export async function openStaging(visit: Visit, plan: StagingPlan, time: ListingTime): Promise<Staging> {
  const key = randomBytes(32);
  const blobId = visit.blobs.newId();
  await assertDiskTakes(visit, plan.declaredSizeBytes ?? FIRST_BYTES);
  const wrapped = { wrapped_key: visit.masterKey.wrap(key, blobId), key_id: visit.masterKey.keyId };
  const upload = listedUpload(plan, { id: newId(visit.clock.now()), blob_id: blobId, ...wrapped });
  let writer: SealedWriter | undefined;
  const listing = await openListing(visit, upload, {
    time,
    startsAt: plan.base?.size_bytes ?? 0,
    receivedBytes: () => (writer ? settledBytes(writer) : 0),
  });
  const staged = await visit.blobs.stage(blobId).catch(async (error: unknown) => {
    await listing.end();
    throw error;
  });
  crashPoint('staging-created');
  writer = createSealedWriter({ staged, blobId, key });
  return new OpenStaging(visit, plan, { upload, listing, staged, writer });
}

function listedUpload(
  plan: StagingPlan,
  row: Pick<ListedUpload, 'id' | 'blob_id' | 'wrapped_key' | 'key_id'>,
): ListedUpload {
  return {
    ...row,
    space_id: plan.spaceId,
    parent_id: plan.parentId,
    name: plan.name,
    declared_size_bytes: plan.declaredSizeBytes ?? null,
    base_version_id: plan.baseVersionId,
    base_size_bytes: plan.baseSizeBytes,
    kept_bytes: plan.keptBytes,
    creditBytes: plan.creditBytes,
  };
}

/** Goes on with a parked upload that was taken up again. @throws corrupt when the bytes it had are not all there */
export async function reopenStaging(visit: Visit, plan: StagingPlan, upload: UploadRecord): Promise<Staging> {
  const { blob_id: blobId, wrapped_key } = upload;
  const key = visit.masterKey.unwrap(wrapped_key, blobId);
  const { staged, keptFrames } = await openParked(visit, upload, key);
  const writer = resumeSealedWriter({ staged, blobId, key, keptFrames });
  const listed = listedUpload(plan, upload);
  const listing = reopenListing(visit, listed, {
    reservedBytes: upload.reserved_bytes,
    startsAt: writer.sizeBytes,
    receivedBytes: () => settledBytes(writer),
  });
  return new OpenStaging(visit, plan, { upload: listed, listing, staged, writer });
}

interface Parts {
  readonly upload: ListedUpload;
  readonly listing: UploadListing;
  readonly staged: Staged;
  readonly writer: SealedWriter;
}

class OpenStaging implements Staging {
  #baseCopied: Promise<void> | undefined;
  #isPublished = false;
  #isDiscarded = false;
  readonly #visit: Visit;
  readonly #plan: StagingPlan;
  readonly #parts: Parts;

  constructor(visit: Visit, plan: StagingPlan, parts: Parts) {
    this.#visit = visit;
    this.#plan = plan;
    this.#parts = parts;
  }

  get uploadId(): string {
    return this.#parts.upload.id;
  }

  get sizeBytes(): number {
    return this.isTouched ? this.#parts.writer.sizeBytes : (this.#plan.base?.size_bytes ?? 0);
  }

  get isTouched(): boolean {
    return this.#plan.base === undefined || this.#baseCopied !== undefined;
  }

  async write(chunk: Buffer, offset: number): Promise<void> {
    await this.#copyBase(Number.POSITIVE_INFINITY);
    const { listing, writer } = this.#parts;
    const end = offset + chunk.length;
    if (this.#plan.declaredSizeBytes !== undefined && end > this.#plan.declaredSizeBytes)
      throw new StorageError('too-large', 'More bytes came than were announced.', {
        reason: 'declared-size',
      });
    await listing.reserve(end);
    await listing.noteOrder(offset, end);
    await writer.write(chunk, offset);
    crashPoint('chunk-taken');
  }

  async read(range: ByteRange): Promise<Buffer> {
    if (!this.isTouched) return this.#readBase(range);
    await this.#baseCopied;
    return this.#parts.writer.read(range);
  }

  async truncate(sizeBytes: number): Promise<void> {
    await this.#copyBase(sizeBytes);
    await this.#parts.listing.noteOrder(sizeBytes, sizeBytes);
    await this.#parts.writer.truncate(sizeBytes);
  }

  async seal(): Promise<SealedContent> {
    const { writer, listing } = this.#parts;
    const { sizeBytes, sha256 } = await writer.finish();
    const blob = sizeBytes === 0 ? await this.#sealNothing() : await this.#publish(sizeBytes);
    return { blob, sizeBytes, sha256, upload: await listing.settle() };
  }

  async park(): Promise<boolean> {
    const { upload, listing, staged, writer } = this.#parts;
    const { id: uploadId, blob_id: blobId, parent_id, name, base_version_id } = upload;
    if (!this.isTouched || (await listing.settle()) === null) return false;
    const { baseSizeBytes, keptBytes } = this.#plan;
    const goal = { account_id: this.#visit.session.account.id, parent_id, name, base_version_id };
    const { isInOrder } = listing;
    const parts = { uploadId, blobId, staged, writer, goal, baseSizeBytes, keptBytes, isInOrder };
    return parkStaged(this.#visit, parts);
  }

  async discard({ isInDoubt = false, tell }: Ending = {}): Promise<void> {
    if (this.#isDiscarded) return;
    this.#isDiscarded = true;
    const { upload, listing, staged, writer } = this.#parts;
    writer.end();
    let wasOpen = false;
    try {
      // Bytes first: on a full disk they make the room that the transaction needs.
      await staged.discard();
    } finally {
      crashPoint('staging-discarded');
      // What cannot be told is given back all the same.
      wasOpen = await listing.end(tell).catch(() => listing.end());
      crashPoint('upload-ended');
    }
    // A row that is gone was taken by a commit whose answer got lost: what it refers to stays.
    if (this.#isPublished && wasOpen && !isInDoubt) await this.#visit.blobs.remove(upload.blob_id);
    crashPoint('upload-discarded');
  }

  async #sealNothing(): Promise<null> {
    await this.#parts.staged.discard();
    return null;
  }

  async #publish(sizeBytes: number): Promise<BlobRecord> {
    crashPoint('content-sealed');
    await this.#parts.staged.publish();
    crashPoint('blob-published');
    this.#isPublished = true;
    const { blob_id: id, wrapped_key, key_id } = this.#parts.upload;
    return { id, wrapped_key, key_id, size_bytes: sizeBytes, stored_at: this.#visit.clock.now().getTime() };
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
}
