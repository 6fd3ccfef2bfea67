import { Readable } from 'node:stream';
import { recordActivity } from './activity.js';
import { assertLive } from './admission.js';
import type { SealedReader } from './blobs/sealed-reader.js';
import { openContent } from './content.js';
import {
  addInterrupted,
  addProven,
  type Coverage,
  countBytes,
  isWhole,
  merge,
  NOTHING_READ,
} from './coverage.js';
import { crashPoint } from './crash-points.js';
import { StorageError } from './errors.js';
import type { Visit } from './foundations.js';
import { newId } from './ids.js';
import { findCoverage, saveCoverage } from './metadata/coverage.js';
import type { Transaction } from './metadata/database.js';
import { endTransfer, insertTransfer } from './metadata/transfers.js';
import type { ActivityAction, ActivityOutcome, ByteRange, FileEntry } from './model.js';
import { formatPath, type VirtualPath } from './paths.js';
import { assertExists, type ExistingPlace, findPlace, toEntry } from './places.js';
import { activityOf } from './records.js';

/**
 * What the door knows of the delivery. `proven`: the client showed life after the last byte, or closed an SFTP handle after
 * every byte was answered. `sent`: handed to the kernel, nothing known since. `interrupted`: a reset, or fewer bytes than asked.
 */
export type DeliveryOutcome = 'proven' | 'sent' | 'interrupted';

/** A reading of one pinned version; later deposits under the name do not disturb it. The caller closes it. */
export interface Download {
  readonly entry: FileEntry;
  /** Shorter than asked only at the end of the file. @throws corrupt when a frame fails its authentication */
  read(range: ByteRange): Promise<Buffer>;
  /** Plain bytes in order; fails with `corrupt` before the last byte when a frame is damaged. Destroying it is allowed. */
  stream(range?: ByteRange): Readable;
  /**
   * Ends the reading and writes its one activity row: `download` when proven and, with what the account read before, whole;
   * `read` otherwise. `delivered` are the ranges that left, as the door knows; a handle that delivered nothing leaves no row.
   */
  close(outcome: DeliveryOutcome, delivered: readonly ByteRange[]): Promise<void>;
}

/** Pins the current version of a file. @throws not-found, is-a-directory, corrupt when its blob is missing */
export async function openDownload(visit: Visit, path: VirtualPath): Promise<Download> {
  assertLive(visit);
  if (path.segments.length === 0) throw isDirectory(path);
  const place = assertExists(await findPlace(visit.database.reader, visit, path));
  const { membership } = place;
  const entry = toEntry(place.entry, place.path, { membership, visit, houseName: await visit.houseName() });
  if (entry.kind !== 'file') throw isDirectory(path);
  const content = place.entry.blob_id === null ? null : await openContent(visit, place.entry.blob_id);
  const transferId = newId(visit.clock.now());
  const now = visit.clock.now().getTime();
  const { account, origin } = visit.session;
  const opened = visit.database.writeRelaxed((transaction) =>
    insertTransfer(transaction, {
      id: transferId,
      direction: 'get',
      account_id: account.id,
      space_id: membership.spaceId,
      entry_id: entry.id,
      version_id: entry.versionId,
      path: formatPath(place.path),
      door: origin.door,
      address: origin.address,
      delivered_bytes: 0,
      state: 'open',
      started_at: now,
      updated_at: now,
    }),
  );
  await opened.catch(async (error: unknown) => {
    await content?.close();
    throw error;
  });
  crashPoint('transfer-begun');
  return new OpenDownload(visit, place, entry, content, transferId);
}

class OpenDownload implements Download {
  readonly entry: FileEntry;
  #closing: Promise<void> | undefined;
  readonly #visit: Visit;
  readonly #place: ExistingPlace;
  readonly #content: SealedReader | null;
  readonly #transferId: string;

  constructor(
    visit: Visit,
    place: ExistingPlace,
    entry: FileEntry,
    content: SealedReader | null,
    transferId: string,
  ) {
    this.#visit = visit;
    this.#place = place;
    this.entry = entry;
    this.#content = content;
    this.#transferId = transferId;
  }

  async read(range: ByteRange): Promise<Buffer> {
    assertLive(this.#visit);
    return this.#content ? this.#content.read(range) : Buffer.alloc(0);
  }

  stream(range?: ByteRange): Readable {
    assertLive(this.#visit);
    return this.#content ? this.#content.stream(range) : emptyStream();
  }

  close(outcome: DeliveryOutcome, delivered: readonly ByteRange[]): Promise<void> {
    this.#closing ??= this.#close(outcome, merge(delivered));
    return this.#closing;
  }

  async #close(outcome: DeliveryOutcome, delivered: readonly ByteRange[]): Promise<void> {
    await this.#content?.close();
    await this.#visit.database.write((transaction) => this.#record(transaction, outcome, delivered));
    crashPoint('reading-recorded');
  }

  async #record(
    transaction: Transaction,
    outcome: DeliveryOutcome,
    delivered: readonly ByteRange[],
  ): Promise<void> {
    const now = this.#visit.clock.now();
    const sizeBytes = countBytes(delivered);
    const ended = { delivered_bytes: sizeBytes, updated_at: now.getTime() };
    if (!(await endTransfer(transaction, this.#transferId, ended))) return;
    crashPoint('transfer-ended');
    const isRead = sizeBytes > 0 || (this.entry.sizeBytes === 0 && outcome !== 'interrupted');
    if (!isRead) return;
    const becameWhole = await this.#cover(transaction, outcome, delivered, now);
    const { action, outcome: told } = verdict(outcome, becameWhole, sizeBytes === this.entry.sizeBytes);
    const { id: entryId, versionId, sha256 } = this.entry;
    const facts = {
      action,
      outcome: told,
      at: now,
      path: this.#place.path,
      entryId,
      versionId,
      sizeBytes,
      sha256,
    };
    await recordActivity(transaction, [activityOf(this.#visit, this.#place.membership, facts)]);
  }

  /** @returns whether this reading completed the version for the account */
  async #cover(
    transaction: Transaction,
    outcome: DeliveryOutcome,
    delivered: readonly ByteRange[],
    now: Date,
  ): Promise<boolean> {
    if (outcome === 'sent') return false;
    const accountId = this.#visit.session.account.id;
    const known = await findCoverage(transaction, accountId, this.entry.versionId);
    const before: Coverage = known ? JSON.parse(known.intervals) : NOTHING_READ;
    const after = outcome === 'proven' ? addProven(before, delivered) : addInterrupted(before, delivered);
    const whole = outcome === 'proven' && isWhole(after, this.entry.sizeBytes);
    await saveCoverage(transaction, {
      account_id: accountId,
      version_id: this.entry.versionId,
      // A download that was completed starts anew: the next one is a line of its own.
      intervals: JSON.stringify(whole ? NOTHING_READ : after),
      completed_at: whole ? now.getTime() : (known?.completed_at ?? null),
      updated_at: now.getTime(),
    });
    return whole;
  }
}

function verdict(
  outcome: DeliveryOutcome,
  becameWhole: boolean,
  wasWhole: boolean,
): { action: ActivityAction; outcome: ActivityOutcome } {
  if (becameWhole) return { action: 'download', outcome: 'ok' };
  if (outcome === 'sent') return { action: wasWhole ? 'download' : 'read', outcome: 'sent' };
  return { action: 'read', outcome: outcome === 'interrupted' ? 'interrupted' : 'ok' };
}

function emptyStream(): Readable {
  return Readable.from([]);
}

function isDirectory(path: VirtualPath): StorageError {
  return new StorageError('is-a-directory', 'This is a folder, not a file.', { subject: formatPath(path) });
}
