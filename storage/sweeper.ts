import { recordActivity } from './activity.js';
import { announce } from './announcing.js';
import { crashPoint } from './crash-points.js';
import { expireUploads } from './expired-uploads.js';
import type { Foundations } from './foundations.js';
import { LAPSED_MS } from './held-locks.js';
import { idFrom } from './ids.js';
import { settleWaiting } from './manifests/lateness.js';
import { deleteUnreferenced, knownBlobs } from './metadata/blobs.js';
import { actContext, isActivePerson, peopleWithRole } from './metadata/context.js';
import {
  type EntryRecord,
  endEntries,
  findAncestry,
  findStaleReserved,
  findUnfinished,
  publishReserved,
} from './metadata/entries.js';
import { deleteStaleHeld } from './metadata/held.js';
import { noteJobDone, noteJobError, takeJob } from './metadata/jobs.js';
import { deleteExpiredLocks } from './metadata/locks.js';
import { deleteEndedSessions } from './metadata/sessions.js';
import { standingNow } from './metadata/standing.js';
import { deleteStaleThrottles } from './metadata/throttle.js';
import { deleteEndedTransfers } from './metadata/transfers.js';
import { openUploads } from './metadata/uploads.js';
import { detachBlobs, findExpiredVersions } from './metadata/versions.js';
import { isCompanionName } from './names.js';
import { queueMail } from './outbox-queue.js';
import { shownName } from './policy.js';
import { pathOf, rowOf } from './recovery.js';
import { RESTORE_MS } from './restoring.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A background job never holds the writer for more rows than this. */
const ROWS_PER_TURN = 200;
const PLACEHOLDER_MS = 15 * MINUTE;
const UNFINISHED_MS = 30 * MINUTE;
/** Of a file's replaced versions no more than these are kept until what was deleted can no longer be restored. */
const KEPT_VERSIONS = 5;
const ORPHAN_MS = HOUR;

interface Job {
  readonly name: string;
  readonly intervalMs: number;
  /** @param lastRunAt of the run before that came to its end, milliseconds since 1970; 0 at the first */
  run(foundations: Foundations, lastRunAt: number): Promise<void>;
}

const JOBS: readonly Job[] = [
  { name: 'placeholders', intervalMs: MINUTE, run: publishPlaceholders },
  { name: 'unfinished', intervalMs: MINUTE, run: tellUnfinished },
  {
    name: 'parked-uploads',
    intervalMs: MINUTE,
    run: (foundations) => expireUploads(foundations, ROWS_PER_TURN),
  },
  {
    name: 'manifests',
    intervalMs: MINUTE,
    run: (foundations) => settleWaiting(foundations, ROWS_PER_TURN),
  },
  { name: 'expired-versions', intervalMs: 5 * MINUTE, run: destroyExpiredVersions },
  { name: 'orphans', intervalMs: HOUR, run: removeOrphans },
  { name: 'expired-rows', intervalMs: HOUR, run: deleteExpiredRows },
  { name: 'checkpoint', intervalMs: HOUR, run: (foundations) => foundations.database.checkpoint() },
];

export interface Sweeper {
  /** Runs every job whose time has come, once; one that fails is told to `onError` and tried again at its next time. */
  runDueJobs(): Promise<void>;
}

/** The appliance's housekeeping. Starts no timer of its own. */
export function createSweeper(
  foundations: Foundations,
  onError: (job: string, error: unknown) => void,
): Sweeper {
  const { database, clock } = foundations;
  return {
    async runDueJobs() {
      for (const job of JOBS) {
        const now = clock.now().getTime();
        const lastRunAt = await database.write((transaction) =>
          takeJob(transaction, job.name, now, job.intervalMs),
        );
        if (lastRunAt === null) continue;
        crashPoint('job-taken');
        try {
          await job.run(foundations, lastRunAt);
          crashPoint('job-run');
          await database.write((transaction) => noteJobDone(transaction, job.name, now));
        } catch (error) {
          onError(job.name, error);
          await database.write((transaction) => noteJobError(transaction, job.name, String(error)));
        }
      }
    },
  };
}

/** A placeholder nobody came back to is a real empty file, a quarter of an hour after its last lock. */
async function publishPlaceholders(foundations: Foundations): Promise<void> {
  const { database, clock } = foundations;
  const stale = await findStaleReserved(
    database.reader,
    clock.now().getTime() - PLACEHOLDER_MS,
    ROWS_PER_TURN,
  );
  for (const entry of stale) await publishPlaceholder(foundations, entry);
}

async function publishPlaceholder(foundations: Foundations, entry: EntryRecord): Promise<void> {
  const { database, clock } = foundations;
  const now = clock.now().getTime();
  const accountId = entry.owner_account_id ?? '';
  const context = await actContext(database.reader, accountId, entry.space_id);
  const steps = await findAncestry(database.reader, entry.id);
  await database.write(async (transaction) => {
    // Its bytes may have come since it was found, or somebody may have taken it away.
    if (!(await publishReserved(transaction, entry))) return;
    crashPoint('placeholder-published');
    const { version_id: versionId, private_to: privateTo } = entry;
    if (!context || versionId === null || privateTo !== '') return;
    const owner = await standingNow(transaction, accountId, context.group_id);
    // What somebody began who may not come back is not published.
    if (owner?.state !== 'active' || owner.role === null) return endEntries(transaction, [entry.id], now);
    const path = pathOf(
      context,
      steps.slice(1).map((step) => step.name),
    );
    const facts = {
      action: 'deposit',
      outcome: 'ok',
      door: 'webdav',
      path,
      entryId: entry.id,
      versionId,
    } as const;
    const row = rowOf(foundations, context, { ...facts, sizeBytes: 0, sha256: entry.sha256 ?? undefined });
    await recordActivity(transaction, [row]);
    const shown = { state: 'published', privateTo, ownerAccountId: accountId } as const;
    const announcement = {
      groupId: context.group_id,
      versionId,
      depositorAccountId: accountId,
      entry: shown,
    };
    await announce(transaction, foundations, [announcement]);
    crashPoint('placeholder-announced');
  });
  crashPoint('placeholder-committed');
}

/** A file left under a temporary name is told to its depositor and the group's managers, once. */
async function tellUnfinished(foundations: Foundations, lastRunAt: number): Promise<void> {
  const { database, clock } = foundations;
  const before = clock.now().getTime() - UNFINISHED_MS;
  const window = { after: lastRunAt - UNFINISHED_MS, before };
  let afterId = '';
  for (;;) {
    const page = await findUnfinished(database.reader, window, { afterId, limit: ROWS_PER_TURN });
    for (const entry of page) if (!isCompanionName(entry.name)) await tellOf(foundations, entry);
    const last = page.at(-1);
    if (!last || page.length < ROWS_PER_TURN) return;
    afterId = last.id;
  }
}

async function tellOf(foundations: Foundations, entry: EntryRecord): Promise<void> {
  const { database, clock } = foundations;
  const accountId = entry.owner_account_id ?? '';
  const context = await actContext(database.reader, accountId, entry.space_id);
  if (!context) return;
  const managers = await peopleWithRole(database.reader, context.group_id, ['manager']);
  const told = new Set(managers);
  if (await isActivePerson(database.reader, accountId)) told.add(accountId);
  const partner = { side: 'partner', showsHousePeople: false } as const;
  const depositor = shownName(
    { name: context.name, side: context.side },
    partner,
    await foundations.houseName(),
  );
  await database.write(async (transaction) => {
    for (const recipient of told) {
      await queueMail(transaction, clock, {
        id: idFrom('unfinished', entry.version_id ?? '', recipient),
        accountId: recipient,
        groupId: context.group_id,
        template: 'unfinished',
        props: { fileName: entry.name, depositor, since: String(entry.deposited_at ?? entry.modified_at) },
      });
      crashPoint('unfinished-queued');
    }
  });
  crashPoint('unfinished-committed');
}

/** After the restore window the bytes go, and with the last reference their key: unreadable from then on. */
async function destroyExpiredVersions(foundations: Foundations): Promise<void> {
  const { database, clock, blobs } = foundations;
  for (;;) {
    const limits = { endedBefore: clock.now().getTime() - RESTORE_MS, keep: KEPT_VERSIONS };
    const expired = await findExpiredVersions(database.reader, limits, ROWS_PER_TURN);
    const gone = await database.write(async (transaction) => {
      await detachBlobs(
        transaction,
        expired.map((version) => version.id),
      );
      crashPoint('versions-detached');
      return deleteUnreferenced(
        transaction,
        expired.map((version) => version.blob_id),
      );
    });
    crashPoint('keys-destroyed');
    for (const blobId of gone) {
      await blobs.remove(blobId);
      crashPoint('expired-blob-removed');
    }
    if (expired.length < ROWS_PER_TURN) return;
  }
}

/** Blobs nobody points at: what a crash left between storing the bytes and writing the entry. */
async function removeOrphans(foundations: Foundations): Promise<void> {
  const { database, clock, blobs } = foundations;
  const before = clock.now().getTime() - ORPHAN_MS;
  let page: string[] = [];
  const removeUnknown = async () => {
    // Uploads first: one that commits between the two questions is then found by the second.
    const underWay = new Set((await openUploads(database.reader)).map((upload) => upload.blob_id));
    const known = await knownBlobs(database.reader, page);
    for (const id of page) {
      if (known.has(id) || underWay.has(id)) continue;
      await blobs.remove(id);
      crashPoint('orphan-removed');
    }
    page = [];
  };
  for await (const blob of blobs.list()) {
    if (blob.storedAt.getTime() < before) page.push(blob.id);
    if (page.length === ROWS_PER_TURN) await removeUnknown();
  }
  await removeUnknown();
}

async function deleteExpiredRows({ database, clock }: Foundations): Promise<void> {
  const now = clock.now().getTime();
  await database.write(async (transaction) => {
    // A placeholder still counts from the end of its last lock, and a lapsed lock may be named for some hours more.
    await deleteExpiredLocks(transaction, now - LAPSED_MS);
    await deleteEndedSessions(transaction, now);
    await deleteStaleThrottles(transaction, now - DAY);
    await deleteEndedTransfers(transaction, now - 30 * DAY);
    await deleteStaleHeld(transaction, now - DAY);
  });
}
