import { recordActivity } from './activity.js';
import { crashPoint } from './crash-points.js';
import type { Foundations } from './foundations.js';
import { knownBlobs } from './metadata/blobs.js';
import { type ActContext, actContext } from './metadata/context.js';
import { findAncestry } from './metadata/entries.js';
import { recountReservations } from './metadata/space-usage.js';
import { endTransfer, openTransfers, type TransferRecord } from './metadata/transfers.js';
import { deleteUploads, openUploads, parkedBlobs, type UploadRecord } from './metadata/uploads.js';
import type { ActivityAction, ActivityOutcome, Door } from './model.js';
import { parkAfterCrash } from './parking.js';

/** What a start found of an earlier process. */
export interface Recovered {
  /** Uploads that ended with it. */
  readonly uploads: number;
  /** Uploads it left that can be gone on with; those parked before are not counted. */
  readonly parked: number;
  readonly downloads: number;
}

/**
 * What an earlier process left when it died: uploads that can be gone on with are parked; the others and downloads that never
 * ended are told in the history; staged bytes and reservations nobody needs are cleared away. Runs before any door opens,
 * while nothing is under way.
 */
export async function recover(foundations: Foundations): Promise<Recovered> {
  const { database, blobs } = foundations;
  const found = await openUploads(database.reader);
  let parked = 0;
  for (const upload of found) {
    if (await parkAfterCrash(foundations, upload)) parked += 1;
    else await endUpload(foundations, upload);
  }
  const transfers = await openTransfers(database.reader);
  for (const transfer of transfers) await endDownload(foundations, transfer);
  await database.write(recountReservations);
  crashPoint('recovery-reservations-counted');
  const needed = await parkedBlobs(database.reader);
  for await (const staged of blobs.listStaged()) {
    if (needed.has(staged.id)) continue;
    await blobs.discardStaged(staged.id);
    crashPoint('recovery-staging-discarded');
  }
  return { uploads: found.length - parked, parked, downloads: transfers.length };
}

async function endUpload(foundations: Foundations, upload: UploadRecord): Promise<void> {
  const { database, blobs } = foundations;
  // Died between the blob and the transaction: the blob is in its place and nobody points at it.
  const known = await knownBlobs(database.reader, [upload.blob_id]);
  if (!known.has(upload.blob_id)) await blobs.remove(upload.blob_id);
  crashPoint('recovery-blob-removed');
  const context = await actContext(database.reader, upload.account_id, upload.space_id);
  const steps = await findAncestry(database.reader, upload.parent_id);
  await database.write(async (transaction) => {
    await deleteUploads(transaction, [upload.id]);
    crashPoint('recovery-upload-ended');
    if (!context) return;
    const path = pathOf(context, [...steps.slice(1).map((step) => step.name), upload.name]);
    const facts = { action: 'deposit', outcome: 'aborted', door: upload.door, path } as const;
    const row = rowOf(foundations, context, {
      ...facts,
      sizeBytes: upload.received_bytes,
      entryId: null,
      versionId: null,
    });
    await recordActivity(transaction, [row]);
  });
  crashPoint('recovery-upload-told');
}

async function endDownload(foundations: Foundations, transfer: TransferRecord): Promise<void> {
  const { database } = foundations;
  const context = await actContext(database.reader, transfer.account_id, transfer.space_id);
  await database.write(async (transaction) => {
    const updated_at = foundations.clock.now().getTime();
    await endTransfer(transaction, transfer.id, { delivered_bytes: transfer.delivered_bytes, updated_at });
    if (!context) return;
    const { entry_id: entryId, version_id: versionId, delivered_bytes: sizeBytes, door, path } = transfer;
    const action = transfer.direction === 'view' ? 'view' : 'read';
    const facts = { action, outcome: 'interrupted', door, path } as const;
    await recordActivity(transaction, [
      rowOf(foundations, context, { ...facts, entryId, versionId, sizeBytes }),
    ]);
  });
  crashPoint('recovery-download-told');
}

export interface SystemAct {
  readonly action: ActivityAction;
  readonly outcome: ActivityOutcome;
  readonly door: Door;
  readonly path: string;
  readonly entryId: string | null;
  readonly versionId: string | null;
  readonly sizeBytes: number | null;
  readonly sha256?: string | undefined;
  readonly reason?: string;
  /** Where it was done from, if that is still known. */
  readonly address?: string | undefined;
}

/** A row about somebody's doing that the appliance writes later, on its own. */
export function rowOf(foundations: Pick<Foundations, 'clock'>, context: ActContext, act: SystemAct) {
  const { path, sha256, address, reason = act.outcome === 'ok' ? undefined : 'restart', ...open } = act;
  return {
    ...open,
    at: foundations.clock.now(),
    accountId: context.account_id,
    groupId: context.group_id,
    personal: {
      account: context.login,
      accountName: context.name,
      address,
      group: context.group_name,
      path,
      sha256,
      reason,
    },
  };
}

export function pathOf(context: ActContext, names: readonly string[]): string {
  return `/${[context.directory, ...names].join('/')}`;
}
