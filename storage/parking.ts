import type { Staged } from './blobs/blob-store.js';
import { createFrameCipher, FRAME_BYTES, SEALED_FRAME_BYTES } from './blobs/frames.js';
import type { SealedWriter } from './blobs/sealed-writer.js';
import { countWholeFrames } from './blobs/whole-frames.js';
import { crashPoint } from './crash-points.js';
import { StorageError } from './errors.js';
import type { Foundations } from './foundations.js';
import type { Connection } from './metadata/database.js';
import { findOwnNameHolder } from './metadata/entries.js';
import { parkUpload, type UploadRecord } from './metadata/uploads.js';
import type { Door } from './model.js';

/** Less than this is sent again sooner than gone on with. */
const MIN_NEW_BYTES = 1024 * 1024;
/** Doors whose clients ask how much is there, and go on from it. */
const RESUMING_DOORS: readonly Door[] = ['sftp', 'web'];
const PARKED_MS = 24 * 60 * 60 * 1000;

/** Plain bytes from the start on that a process which dies now leaves in the staging file. */
export function settledBytes(writer: SealedWriter): number {
  return writer.settledFrames * FRAME_BYTES;
}

/** How far an upload had come when it was cut off; all in plain bytes from the start. */
export interface Arrival {
  /** Without a gap. */
  readonly arrivedBytes: number;
  /** Taken over from published content. */
  readonly baseSizeBytes: number;
  /** What was there when it was parked before; 0 when it never was. */
  readonly keptBytes: number;
}

/**
 * Whole frames to keep of an upload, null when it is not worth it. One frame less than came: a client that had sent its last
 * byte would take the file for complete and never close it. What was kept before stays: it was less than had come already.
 */
export function framesToKeep({ arrivedBytes, baseSizeBytes, keptBytes }: Arrival): number | null {
  if (keptBytes > 0 && arrivedBytes >= keptBytes)
    return Math.max(Math.floor(arrivedBytes / FRAME_BYTES) - 1, keptBytes / FRAME_BYTES);
  const frames = Math.floor(arrivedBytes / FRAME_BYTES) - 1;
  const isWorthIt = arrivedBytes - baseSizeBytes >= MIN_NEW_BYTES && frames * FRAME_BYTES >= baseSizeBytes;
  return isWorthIt ? frames : null;
}

/** The name an upload is for, and what it held when the upload began. */
export type UploadGoal = Pick<UploadRecord, 'account_id' | 'parent_id' | 'name' | 'base_version_id'>;

/** Whether the name holds what it held: else the upload could never be committed. */
export async function holdsBase(db: Connection, goal: UploadGoal): Promise<boolean> {
  const holder = await findOwnNameHolder(db, goal.parent_id, goal.name, goal.account_id);
  return holder?.kind !== 'directory' && (holder?.version_id ?? null) === goal.base_version_id;
}

/** An upload under way, as its staging knows it. */
export interface ParkedParts {
  readonly uploadId: string;
  readonly goal: UploadGoal;
  readonly blobId: string;
  readonly staged: Staged;
  readonly writer: SealedWriter;
  readonly baseSizeBytes: number;
  readonly keptBytes: number;
  /** Every byte came once, one behind the other. */
  readonly isInOrder: boolean;
}

/**
 * Leaves the bytes before the first gap where `openParked` finds them, durable, and the row that says so. A changed copy of
 * published content is not kept: half of a change is no beginning of a file.
 * @returns false, and nothing was changed, when they are not worth it
 */
export async function parkStaged(foundations: Foundations, parts: ParkedParts): Promise<boolean> {
  const { uploadId, goal, blobId, staged, writer, baseSizeBytes, isInOrder } = parts;
  // What was cut and written anew may be a shorter file than the one that was kept.
  const keptBytes = isInOrder ? parts.keptBytes : 0;
  const frames = framesToKeep({ arrivedBytes: writer.prefixBytes, baseSizeBytes, keptBytes });
  if (frames === null || (baseSizeBytes > 0 && !isInOrder)) return false;
  // Whoever lost the connection without our noticing may have sent the file anew by now.
  if (!(await holdsBase(foundations.database.reader, goal))) return false;
  await writer.keep(frames);
  await staged.park();
  crashPoint('parking-synced');
  try {
    return await noteParked(foundations, { id: uploadId, account_id: goal.account_id }, frames);
  } catch (error) {
    await foundations.blobs.discardStaged(blobId);
    throw error;
  }
}

/** Opens what was parked, cut down to the frames it is to have. @throws corrupt unless they are there */
export async function openParked(
  { blobs }: Pick<Foundations, 'blobs'>,
  upload: UploadRecord,
  key: Buffer,
): Promise<{ readonly staged: Staged; readonly keptFrames: number }> {
  const keptFrames = upload.received_bytes / FRAME_BYTES;
  const staged = await blobs.resume(upload.blob_id);
  try {
    const last = await staged.read((keptFrames - 1) * SEALED_FRAME_BYTES, SEALED_FRAME_BYTES);
    createFrameCipher(key, upload.blob_id).open(last, keptFrames - 1, false);
    await staged.truncate(keptFrames * SEALED_FRAME_BYTES);
  } catch (error) {
    // Let go of, not thrown away: a disk that fails for a moment costs nobody his bytes.
    await staged.park().catch(() => undefined);
    throw error;
  }
  return { staged, keptFrames };
}

/**
 * Parks an upload that a process which died left open, as far as its staging file is whole. @returns false when it cannot be
 * gone on with: its door knows no resuming, its bytes came out of order, too few are there, or the name holds another content
 */
export async function parkAfterCrash(foundations: Foundations, upload: UploadRecord): Promise<boolean> {
  if (!RESUMING_DOORS.includes(upload.door) || !upload.is_in_order) return false;
  if (!(await holdsBase(foundations.database.reader, upload))) return false;
  const { blob_id: blobId, base_size_bytes: baseSizeBytes, kept_bytes: keptBytes } = upload;
  try {
    const key = foundations.masterKey.unwrap(upload.wrapped_key, blobId);
    const staged = await foundations.blobs.resume(blobId);
    const believed = Math.floor(upload.received_bytes / FRAME_BYTES);
    const whole = await countWholeFrames({ staged, blobId, key }, believed);
    const frames = framesToKeep({ arrivedBytes: whole * FRAME_BYTES, baseSizeBytes, keptBytes });
    if (frames !== null) await staged.truncate(frames * SEALED_FRAME_BYTES);
    await staged.park();
    return frames !== null && (await noteParked(foundations, upload, frames));
  } catch (error) {
    if (error instanceof StorageError && error.code === 'corrupt') return false;
    throw error;
  }
}

async function noteParked(
  { database, clock, parkedAccounts }: Foundations,
  { id, account_id: accountId }: Pick<UploadRecord, 'id' | 'account_id'>,
  frames: number,
): Promise<boolean> {
  const updated_at = clock.now().getTime();
  const change = { received_bytes: frames * FRAME_BYTES, updated_at, expires_at: updated_at + PARKED_MS };
  const isParked = await database.write((transaction) => parkUpload(transaction, id, change));
  crashPoint('upload-parked');
  if (isParked) parkedAccounts.note(accountId);
  return isParked;
}
