import { type NewActivity, recordActivity } from './activity.js';
import { createBatches } from './batches.js';
import { addInterrupted, addProven, type Coverage, countBytes, isWhole, NOTHING_READ } from './coverage.js';
import { crashPoint } from './crash-points.js';
import type { Foundations, Visit } from './foundations.js';
import { type CoverageRecord, findCoverages, saveCoverages } from './metadata/coverage.js';
import type { Transaction } from './metadata/database.js';
import type { Membership } from './metadata/memberships.js';
import { endTransfer } from './metadata/transfers.js';
import type { ActivityAction, ActivityOutcome, ByteRange, FileEntry } from './model.js';
import type { VirtualPath } from './paths.js';
import { activityOf } from './records.js';

/**
 * What the door knows of the delivery. `proven`: the client showed life after the last byte, or closed an SFTP handle after
 * every byte was answered. `sent`: handed to the kernel, nothing known since. `interrupted`: a reset, or fewer bytes than asked.
 */
export type DeliveryOutcome = 'proven' | 'sent' | 'interrupted';

/** To have the file, or to look at it on a page: a look adds to no download and is no pick-up. */
export type ReadingPurpose = 'download' | 'view';

/** A reading that came to its end, as it goes into the history. */
export interface EndedReading {
  readonly visit: Visit;
  readonly membership: Membership;
  readonly path: VirtualPath;
  readonly purpose: ReadingPurpose;
  readonly entry: FileEntry;
  readonly outcome: DeliveryOutcome;
  /** Sorted and apart from each other. */
  readonly delivered: readonly ByteRange[];
  /** Its row among the transfers, where it has one. */
  readonly transferId: string | undefined;
  readonly at: Date;
}

/** Records readings. Shared by all sessions, so that those that end together are written together. */
export interface ReadingLog {
  /** Resolves when coverage and activity are durable, both or neither. One that read nothing and has no row asks nothing. */
  record(reading: EndedReading): Promise<void>;
}

/** Those that end together are written together. */
export function createReadingLog({ database }: Pick<Foundations, 'database'>): ReadingLog {
  const batches = createBatches<EndedReading, 'recorded'>({
    maxItems: 250,
    async commit(readings) {
      await database.write((transaction) => recordTogether(transaction, readings));
      crashPoint('reading-recorded');
      return readings.map(() => 'recorded');
    },
  });
  return {
    async record(reading) {
      if (isRead(reading) || reading.transferId !== undefined) await batches.submit(reading);
    },
  };
}

function isRead({ delivered, entry, outcome }: EndedReading): boolean {
  return delivered.length > 0 || (entry.sizeBytes === 0 && outcome !== 'interrupted');
}

async function recordTogether(transaction: Transaction, readings: readonly EndedReading[]): Promise<void> {
  const open: EndedReading[] = [];
  for (const reading of readings)
    if ((await endRow(transaction, reading)) && isRead(reading)) open.push(reading);
  crashPoint('transfer-ended');
  const becameWhole = await cover(transaction, open);
  await recordActivity(
    transaction,
    open.map((reading) => lineOf(reading, becameWhole.has(reading))),
  );
}

/** @returns false when somebody else ended it, and recorded it, already */
async function endRow(transaction: Transaction, reading: EndedReading): Promise<boolean> {
  const { transferId, delivered, at } = reading;
  if (transferId === undefined) return true;
  const ended = { delivered_bytes: countBytes(delivered), updated_at: at.getTime() };
  return endTransfer(transaction, transferId, ended);
}

/** @returns those that completed the version for their account */
async function cover(
  transaction: Transaction,
  readings: readonly EndedReading[],
): Promise<ReadonlySet<EndedReading>> {
  const counted = readings.filter(({ purpose, outcome }) => purpose === 'download' && outcome !== 'sent');
  // What was read whole is complete whatever came before it: most readings need no look.
  const parts = counted.filter((reading) => !isProvenWhole(reading));
  const known = await findCoverages(transaction, parts.map(keyOf));
  const rows = new Map(known.map((row) => [textOf(row), row]));
  const becameWhole = new Set<EndedReading>();
  for (const reading of counted) {
    const key = keyOf(reading);
    const before = rows.get(textOf(key));
    const after = coverageAfter(reading, before);
    const whole = reading.outcome === 'proven' && isWhole(after, reading.entry.sizeBytes);
    if (whole) becameWhole.add(reading);
    rows.set(textOf(key), {
      ...key,
      // A download that was completed starts anew: the next one is a line of its own.
      intervals: JSON.stringify(whole ? NOTHING_READ : after),
      completed_at: whole ? reading.at.getTime() : (before?.completed_at ?? null),
      updated_at: reading.at.getTime(),
    });
  }
  await saveCoverages(transaction, [...rows.values()]);
  return becameWhole;
}

function coverageAfter({ outcome, delivered }: EndedReading, row: CoverageRecord | undefined): Coverage {
  const before: Coverage = row ? JSON.parse(row.intervals) : NOTHING_READ;
  return outcome === 'proven' ? addProven(before, delivered) : addInterrupted(before, delivered);
}

function isProvenWhole({ outcome, delivered, entry }: EndedReading): boolean {
  return outcome === 'proven' && isWhole(addProven(NOTHING_READ, delivered), entry.sizeBytes);
}

function keyOf({ visit, entry }: EndedReading) {
  return { account_id: visit.session.account.id, version_id: entry.versionId };
}

function textOf(key: Pick<CoverageRecord, 'account_id' | 'version_id'>): string {
  return `${key.account_id} ${key.version_id}`;
}

function lineOf(reading: EndedReading, becameWhole: boolean): NewActivity {
  const { visit, membership, path, purpose, entry, delivered, at } = reading;
  const { id: entryId, versionId, sha256 } = entry;
  const sizeBytes = countBytes(delivered);
  const { action, outcome } =
    purpose === 'view'
      ? ({ action: 'view', outcome: viewOutcome(reading.outcome) } as const)
      : verdict(reading.outcome, becameWhole, sizeBytes === entry.sizeBytes);
  return activityOf(visit, membership, { action, outcome, at, path, entryId, versionId, sizeBytes, sha256 });
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

/** Shown is shown, as far as anybody can know. */
function viewOutcome(outcome: DeliveryOutcome): ActivityOutcome {
  return outcome === 'interrupted' ? 'interrupted' : 'ok';
}
