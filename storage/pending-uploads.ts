import { recordActivity } from './activity.js';
import { assertLive } from './admission.js';
import { crashPoint } from './crash-points.js';
import type { Foundations, Visit } from './foundations.js';
import { actContext } from './metadata/context.js';
import type { Transaction } from './metadata/database.js';
import { findAncestry } from './metadata/entries.js';
import type { Membership } from './metadata/memberships.js';
import { releaseBytes } from './metadata/space-usage.js';
import {
  deleteParkedUpload,
  deleteUploads,
  findUpload,
  type UploadRecord,
  uploadsOf,
} from './metadata/uploads.js';
import type { ActivityOutcome, Door, Session } from './model.js';
import { holdsBase } from './parking.js';
import { ROOT, type VirtualPath } from './paths.js';
import { notFound } from './places.js';
import { pathOf, rowOf } from './recovery.js';

/** An upload of one's own that is under way, or was cut off and waits to be gone on with. */
export interface PendingUpload {
  readonly id: string;
  readonly path: VirtualPath;
  readonly state: 'open' | 'parked';
  readonly door: Door;
  /** Of a parked one, where it goes on; of an open one what had come some time ago. */
  readonly receivedBytes: number;
  readonly declaredSizeBytes: number | null;
  readonly startedAt: Date;
  readonly updatedAt: Date;
  /** Of a parked one: when its bytes are thrown away. */
  readonly expiresAt: Date | null;
  /** Parked, and the name holds what it held when the upload began. */
  readonly isResumable: boolean;
}

export interface PendingFilter {
  readonly state?: PendingUpload['state'];
}

/** One's own uploads in the groups one belongs to, the oldest first; a service account sees those of the key it signed in with. */
export async function pendingUploads(visit: Visit, filter: PendingFilter): Promise<PendingUpload[]> {
  assertLive(visit);
  const records =
    filter.state === 'parked' ? await parkedRecords(visit) : await recordsOf(visit, filter.state);
  const pending: PendingUpload[] = [];
  for (const record of records.filter((one) => isOwn(visit.session, one))) {
    const home = await findHome(visit, record);
    if (home) pending.push(await pendingOf(visit, record, home.path));
  }
  return pending;
}

function recordsOf(visit: Visit, state?: PendingUpload['state']): Promise<UploadRecord[]> {
  return uploadsOf(visit.database.reader, visit.session.account.id, state);
}

async function parkedRecords(visit: Visit): Promise<UploadRecord[]> {
  const { id } = visit.session.account;
  const mark = await visit.parkedAccounts.markOf(id);
  if (!mark) return [];
  const records = await recordsOf(visit, 'parked');
  if (records.length === 0) visit.parkedAccounts.forget(id, mark);
  return records;
}

/** Throws a parked upload of one's own away, with a line in the history. @throws not-found */
export async function discardUpload(visit: Visit, id: string): Promise<void> {
  const { record } = await findOwn(visit, id);
  const ended = await endParked(visit, record, { outcome: 'aborted', reason: 'discarded' });
  if (!ended) throw notFound(ROOT);
}

/** @throws not-found for others' uploads too */
export async function findOwn(
  visit: Visit,
  id: string,
): Promise<{ readonly record: UploadRecord; readonly home: UploadHome }> {
  assertLive(visit);
  const record = await findUpload(visit.database.reader, id);
  const home = record && isOwn(visit.session, record) ? await findHome(visit, record) : undefined;
  if (!record || !home) throw notFound(ROOT);
  return { record, home };
}

/** Where an upload will be deposited. */
export interface UploadHome {
  readonly membership: Membership;
  readonly path: VirtualPath;
}

/** How an upload ended without a deposit, for its one line in the history. */
export interface UploadEnd {
  readonly outcome: ActivityOutcome;
  readonly reason: string;
  /** What else is written with it. */
  also?(transaction: Transaction): Promise<void>;
}

/** Ends a parked upload: row, reservation, one line, then its bytes. @returns false when it is not parked any more */
export function endParked(foundations: Foundations, upload: UploadRecord, end: UploadEnd): Promise<boolean> {
  return endAs(foundations, upload, end, deleteParkedUpload);
}

/** The same for one that was taken up again and cannot be gone on with. */
export function endReopened(
  foundations: Foundations,
  upload: UploadRecord,
  end: UploadEnd,
): Promise<boolean> {
  return endAs(
    foundations,
    upload,
    end,
    async (transaction, id) => (await deleteUploads(transaction, [id])) === 1,
  );
}

async function endAs(
  foundations: Foundations,
  upload: UploadRecord,
  { outcome, reason, also }: UploadEnd,
  take: (transaction: Transaction, id: string) => Promise<boolean>,
): Promise<boolean> {
  const { database, blobs } = foundations;
  const context = await actContext(database.reader, upload.account_id, upload.space_id);
  const folders = (await findAncestry(database.reader, upload.parent_id)).slice(1);
  const ended = await database.write(async (transaction) => {
    if (!(await take(transaction, upload.id))) return false;
    await releaseBytes(transaction, upload.space_id, upload.reserved_bytes);
    if (!context) return true;
    const path = pathOf(context, [...folders.map((step) => step.name), upload.name]);
    const facts = { action: 'deposit', outcome, door: upload.door, path, reason } as const;
    const row = rowOf(foundations, context, {
      ...facts,
      sizeBytes: upload.received_bytes,
      entryId: null,
      versionId: null,
    });
    await recordActivity(transaction, [row]);
    await also?.(transaction);
    crashPoint('parked-end-recorded');
    return true;
  });
  crashPoint('parked-ended');
  if (ended) await blobs.discardStaged(upload.blob_id);
  crashPoint('parked-discarded');
  return ended;
}

/** A service account's keys are its users: what one of them sent is not another's to finish. */
function isOwn({ account, credentialId }: Session, upload: UploadRecord): boolean {
  if (upload.account_id !== account.id) return false;
  return account.kind === 'person' || upload.credential_id === (credentialId ?? null);
}

async function findHome(visit: Visit, upload: UploadRecord): Promise<UploadHome | undefined> {
  const memberships = await visit.memberships(visit.session.account.id);
  const membership = memberships.find((one) => one.spaceId === upload.space_id);
  if (!membership) return undefined;
  const folders = (await findAncestry(visit.database.reader, upload.parent_id)).slice(1);
  const segments = [membership.directory, ...folders.map((step) => step.name), upload.name];
  return { membership, path: { segments } };
}

async function pendingOf(visit: Visit, record: UploadRecord, path: VirtualPath): Promise<PendingUpload> {
  const { id, state, door, expires_at: expiresAt } = record;
  return {
    ...{ id, path, state, door },
    receivedBytes: record.received_bytes,
    declaredSizeBytes: record.declared_size_bytes,
    startedAt: new Date(record.created_at),
    updatedAt: new Date(record.updated_at),
    expiresAt: expiresAt === null ? null : new Date(expiresAt),
    isResumable: state === 'parked' && (await holdsBase(visit.database.reader, record)),
  };
}
