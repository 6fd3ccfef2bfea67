import { Readable } from 'node:stream';
import { assertLive } from './admission.js';
import type { SealedReader } from './blobs/sealed-reader.js';
import { openBlob } from './content.js';
import { merge } from './coverage.js';
import { StorageError } from './errors.js';
import type { Visit } from './foundations.js';
import { newId } from './ids.js';
import type { TransferRecord } from './metadata/transfers.js';
import type { ByteRange, FileEntry } from './model.js';
import { formatPath, type VirtualPath } from './paths.js';
import { assertExists, type ExistingPlace, findPlace, toEntry } from './places.js';
import type { DeliveryOutcome, ReadingPurpose } from './reading-log.js';
import { keepTransferRow, type TransferRow } from './transfer-row.js';

export type { DeliveryOutcome };

/** A reading of one pinned version; later deposits under the name do not disturb it. The caller closes it. */
export interface Download {
  readonly entry: FileEntry;
  /** Shorter than asked only at the end of the file. @throws corrupt when a frame fails its authentication */
  read(range: ByteRange): Promise<Buffer>;
  /** The same without a copy, in pieces that must not be changed. */
  pieces(range: ByteRange): Promise<readonly Buffer[]>;
  /** Plain bytes in order; fails with `corrupt` before the last byte when a frame is damaged. Destroying it is allowed. */
  stream(range?: ByteRange): Readable;
  /** Gives the bytes back while their proof is waited for; `close` still records. Nothing can be read afterwards. */
  release(): Promise<void>;
  /**
   * Ends the reading and writes its one activity row: `download` when proven and, with what the account read before, whole;
   * `read` otherwise, `view` for a look. `delivered` are the ranges that left, as the door knows; a handle that delivered nothing leaves no row.
   */
  close(outcome: DeliveryOutcome, delivered: readonly ByteRange[]): Promise<void>;
}

/**
 * Pins the current version of a file. What is read to be looked at is never a pick-up, however much of it there is.
 * @throws not-found, is-a-directory, corrupt when its blob is missing
 */
export async function openDownload(
  visit: Visit,
  path: VirtualPath,
  purpose: ReadingPurpose,
): Promise<Download> {
  assertLive(visit);
  if (path.segments.length === 0) throw isDirectory(path);
  const found = await findPlace(visit.database.reader, visit, path, { withKey: true });
  const place = assertExists(found);
  const { membership } = place;
  const entry = toEntry(place.entry, place.path, { membership, visit, houseName: await visit.houseName() });
  if (entry.kind !== 'file') throw isDirectory(path);
  const { sizeBytes } = entry;
  const { blob_id: blobId } = place.entry;
  const content =
    blobId === null ? null : await openBlob(visit, { blobId, wrappedKey: found.wrappedKey, sizeBytes });
  try {
    const startedAt = visit.clock.now();
    const row = await keepTransferRow(
      visit,
      () => transferOf(visit, place, entry, { purpose, startedAt }),
      sizeBytes,
    );
    return new OpenDownload({ visit, place, purpose, entry, content, row });
  } catch (error) {
    await content?.close();
    throw error;
  }
}

function transferOf(
  visit: Visit,
  place: ExistingPlace,
  entry: FileEntry,
  { purpose, startedAt }: { readonly purpose: ReadingPurpose; readonly startedAt: Date },
): TransferRecord {
  const { account, origin } = visit.session;
  return {
    id: newId(startedAt),
    direction: purpose === 'view' ? 'view' : 'get',
    account_id: account.id,
    space_id: place.membership.spaceId,
    entry_id: entry.id,
    version_id: entry.versionId,
    path: formatPath(place.path),
    door: origin.door,
    address: origin.address,
    delivered_bytes: 0,
    state: 'open',
    started_at: startedAt.getTime(),
    updated_at: startedAt.getTime(),
  };
}

/** What a reading holds while it is open. */
interface Reading {
  readonly visit: Visit;
  readonly place: ExistingPlace;
  readonly purpose: ReadingPurpose;
  readonly entry: FileEntry;
  readonly content: SealedReader | null;
  readonly row: TransferRow;
}

class OpenDownload implements Download {
  readonly entry: FileEntry;
  #closing: Promise<void> | undefined;
  readonly #reading: Reading;

  constructor(reading: Reading) {
    this.#reading = reading;
    this.entry = reading.entry;
  }

  async read(range: ByteRange): Promise<Buffer> {
    assertLive(this.#reading.visit);
    return this.#reading.content?.read(range) ?? Buffer.alloc(0);
  }

  async pieces(range: ByteRange): Promise<readonly Buffer[]> {
    assertLive(this.#reading.visit);
    return this.#reading.content?.pieces(range) ?? [];
  }

  stream(range?: ByteRange): Readable {
    assertLive(this.#reading.visit);
    return this.#reading.content?.stream(range) ?? emptyStream();
  }

  async release(): Promise<void> {
    await this.#reading.content?.close();
  }

  close(outcome: DeliveryOutcome, delivered: readonly ByteRange[]): Promise<void> {
    this.#closing ??= this.#close(outcome, merge(delivered));
    return this.#closing;
  }

  async #close(outcome: DeliveryOutcome, delivered: readonly ByteRange[]): Promise<void> {
    const { visit, place, purpose, entry, content, row } = this.#reading;
    await content?.close();
    await visit.readings.record({
      visit,
      membership: place.membership,
      path: place.path,
      purpose,
      entry,
      outcome,
      delivered,
      transferId: await row.settle(),
      at: visit.clock.now(),
    });
  }
}

function emptyStream(): Readable {
  return Readable.from([]);
}

function isDirectory(path: VirtualPath): StorageError {
  return new StorageError('is-a-directory', 'This is a folder, not a file.', { subject: formatPath(path) });
}
