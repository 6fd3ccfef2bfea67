import { type NewActivity, recordActivity } from './activity.js';
import { writeNotifications } from './announcing.js';
import { crashPoint } from './crash-points.js';
import { type AdmittedDeposit, admitDeposits, type DepositConditions } from './deposit-admission.js';
import { StorageError } from './errors.js';
import type { Foundations, Visit } from './foundations.js';
import { newId } from './ids.js';
import { insertBlobs } from './metadata/blobs.js';
import type { Transaction } from './metadata/database.js';
import { type EntryRecord, saveFiles } from './metadata/entries.js';
import { insertHeldVersions } from './metadata/held.js';
import type { Membership } from './metadata/memberships.js';
import { removeProperties } from './metadata/properties.js';
import { settleBytes } from './metadata/space-usage.js';
import { deleteUploads } from './metadata/uploads.js';
import { endVersions, insertVersions } from './metadata/versions.js';
import { isPrivateName, sortKey } from './names.js';
import { type Announcement, planNotifications } from './notifications.js';
import type { VirtualPath } from './paths.js';
import type { Recipients } from './recipients.js';
import { activityOf } from './records.js';
import { type BegunReplacement, slotOf } from './replacements.js';
import type { SealedContent } from './staging.js';
import { quotaExceeded, uploadEnded } from './upload-listing.js';

/** Sealed bytes that are about to become the content of a name. */
export interface Publication {
  readonly visit: Visit;
  readonly membership: Membership;
  readonly path: VirtualPath;
  readonly options: DepositConditions & { readonly reservesIfEmpty?: boolean };
  /** The content the bytes were made from: it must still be the current one. */
  readonly base: UploadBase | undefined;
  readonly content: SealedContent;
  readonly modifiedAt: Date | undefined;
}

/** The content an upload began with: null where there was none. */
export interface UploadBase {
  readonly version_id: string | null;
}

export interface Published {
  readonly record: EntryRecord;
  /** The name held something the account saw. */
  readonly replaced: boolean;
}

type Parts = Pick<Foundations, 'quietWindow' | 'clock'> & { readonly recipients: Recipients };

/**
 * The one transaction of a deposit, for many at once: every check is made again against the database, then entries, versions,
 * quota, activity and mail are written with one statement per table. A refusal is the outcome of its own deposit alone; what is
 * thrown undoes all of them.
 */
export async function publishTogether(
  transaction: Transaction,
  parts: Parts,
  publications: readonly Publication[],
): Promise<readonly (Published | StorageError)[]> {
  const verdicts = await admitDeposits(transaction, publications);
  const at = parts.clock.now();
  const outcomes = publications.map((publication, index) => planFor(at, publication, verdicts[index]));
  const plans = outcomes.flatMap((outcome) => (outcome instanceof StorageError ? [] : [outcome]));
  if (plans.length > 0) await writePlans(transaction, parts, plans);
  return outcomes.map((outcome) =>
    outcome instanceof StorageError
      ? outcome
      : { record: outcome.record, replaced: outcome.admitted.place.entry !== undefined },
  );
}

interface Plan {
  readonly publication: Publication;
  readonly admitted: AdmittedDeposit;
  /** The entry as it will stand. */
  readonly record: EntryRecord;
  readonly versionId: string;
  readonly at: Date;
  readonly actId: string;
  /** What it goes on with; `isEnded`: in an entry that comes back. */
  readonly begun: BegunReplacement | undefined;
}

function planFor(
  at: Date,
  publication: Publication,
  verdict: AdmittedDeposit | StorageError | undefined,
): Plan | StorageError {
  if (!verdict || verdict instanceof StorageError)
    return verdict ?? new StorageError('aborted', 'No verdict.');
  const { base, visit } = publication;
  if (base && base.version_id !== (verdict.content?.version_id ?? null)) return baseChanged();
  const versionId = newId(at);
  const slot = slotOf(visit, { parentId: verdict.place.parent.id, name: verdict.place.name });
  const begun = goneOnWith(verdict.holder, visit.replacements.take(slot, at.getTime()));
  const record = recordOf(publication, verdict, { versionId, now: at, begun });
  const actId = begun?.actId ?? newId(at);
  if (isEmptied(publication, verdict) || (begun && record.state === 'reserved')) {
    const { id: entryId, created_at: createdAt } = record;
    const begunAt = begun?.begunAt ?? at.getTime();
    visit.replacements.note(slot, { entryId, createdAt, actId, begunAt, isEnded: false });
  }
  return { publication, admitted: verdict, versionId, at, actId, record, begun };
}

/** What was begun goes on in the entry that holds the name, or in the one that left it. */
function goneOnWith(
  holder: EntryRecord | undefined,
  begun: BegunReplacement | undefined,
): BegunReplacement | undefined {
  const isSame = holder ? begun?.entryId === holder.id : begun?.isEnded === true;
  return isSame && begun ? { ...begun, isEnded: holder === undefined } : undefined;
}

/** Explorer's older redirector empties a file before it deletes it and sends the new one. */
function isEmptied({ content, options }: Publication, { holder }: AdmittedDeposit): boolean {
  return content.sizeBytes === 0 && options.reservesIfEmpty === true && holder?.state === 'published';
}

function recordOf(
  { visit, content, options, modifiedAt }: Publication,
  { place, holder, isHeld }: AdmittedDeposit,
  given: { readonly versionId: string; readonly now: Date; readonly begun: BegunReplacement | undefined },
): EntryRecord {
  const { versionId, now, begun } = given;
  const { account } = visit.session;
  const at = now.getTime();
  const isPlaceholder =
    content.sizeBytes === 0 && options.reservesIfEmpty === true && holder?.state !== 'published';
  return {
    id: holder?.id ?? begun?.entryId ?? newId(now),
    space_id: place.membership.spaceId,
    parent_id: place.parent.id,
    kind: 'file',
    name: place.name,
    sort_key: sortKey(place.name),
    state: isHeld ? 'held' : isPlaceholder ? 'reserved' : 'published',
    private_to: isHeld || isPrivateName(place.name) ? account.id : '',
    owner_account_id: account.id,
    version_id: versionId,
    created_at: holder?.created_at ?? begun?.createdAt ?? at,
    modified_at: modifiedAt?.getTime() ?? at,
    blob_id: content.blob?.id ?? null,
    size_bytes: content.sizeBytes,
    sha256: content.sha256,
    deposited_at: at,
    depositor_account_id: account.id,
    depositor_name: account.name,
    depositor_side: account.side,
  };
}

async function writePlans(transaction: Transaction, parts: Parts, plans: readonly Plan[]): Promise<void> {
  await insertBlobs(
    transaction,
    plans.flatMap(({ publication }) => publication.content.blob ?? []),
  );
  await saveFiles(
    transaction,
    plans.map(({ record }) => record),
  );
  await endReplaced(transaction, plans);
  for (const { record, begun } of plans) if (begun?.isEnded) await removeProperties(transaction, record.id);
  crashPoint('deposit-entry-written');
  await insertVersions(transaction, plans.map(versionOf));
  await insertHeldVersions(transaction, plans.filter(({ admitted }) => admitted.isHeld).map(heldVersionOf));
  crashPoint('deposit-version-written');
  await settleSpaces(transaction, plans);
  await endUploads(transaction, plans);
  crashPoint('deposit-settled');
  const told = plans.filter(isTold);
  await recordActivity(transaction, told.map(rowOf));
  crashPoint('deposit-recorded');
  await announceAll(transaction, parts, told);
  crashPoint('deposit-announced');
}

async function endReplaced(transaction: Transaction, plans: readonly Plan[]): Promise<void> {
  const ids = plans.flatMap(({ admitted }) => admitted.holder?.version_id ?? []);
  const at = plans[0]?.at.getTime() ?? 0;
  await endVersions(transaction, ids, at);
}

function versionOf({ publication, record, versionId, at }: Plan) {
  const { visit, content } = publication;
  return {
    id: versionId,
    entryId: record.id,
    blobId: record.blob_id,
    sizeBytes: content.sizeBytes,
    sha256: content.sha256,
    depositorAccountId: visit.session.account.id,
    door: visit.session.origin.door,
    depositedAt: at.getTime(),
    modifiedAt: record.modified_at,
  };
}

function heldVersionOf({ publication, versionId }: Plan) {
  return { versionId, address: publication.visit.session.origin.address };
}

/** @throws no-space when the growth of all of them together passes a quota */
async function settleSpaces(transaction: Transaction, plans: readonly Plan[]): Promise<void> {
  const changes = new Map<string, { usedBytes: number; reservedBytes: number }>();
  for (const { publication, admitted, record } of plans) {
    const change = changes.get(record.space_id) ?? { usedBytes: 0, reservedBytes: 0 };
    changes.set(record.space_id, {
      usedBytes: change.usedBytes + publication.content.sizeBytes - (admitted.holder?.size_bytes ?? 0),
      reservedBytes: change.reservedBytes + (publication.content.upload?.reservedBytes ?? 0),
    });
  }
  for (const [spaceId, change] of changes)
    if (!(await settleBytes(transaction, spaceId, change))) throw quotaExceeded();
}

async function endUploads(transaction: Transaction, plans: readonly Plan[]): Promise<void> {
  const ids = plans.flatMap(({ publication }) => publication.content.upload?.id ?? []);
  // Gone: another process took one for dead and has cleared its bytes away.
  if ((await deleteUploads(transaction, ids)) < ids.length) throw uploadEnded();
}

/** Placeholders and names private to somebody are nobody's news. */
function isTold({ record }: Plan): boolean {
  return record.state === 'published' && record.private_to === '';
}

function rowOf({ publication, admitted, record, versionId, at, actId, begun }: Plan): NewActivity {
  const { sizeBytes, sha256 } = publication.content;
  const { membership, path } = admitted.place;
  const isReplacement = admitted.holder?.state === 'published' || begun !== undefined;
  return activityOf(publication.visit, membership, {
    ...{ action: 'deposit', at, path, entryId: record.id, versionId, sizeBytes, sha256, actId },
    ...(isReplacement ? { reason: 'replaced' } : {}),
  });
}

async function announceAll(transaction: Transaction, parts: Parts, told: readonly Plan[]): Promise<void> {
  const { recipients, quietWindow, clock } = parts;
  const groups = new Map<string, Plan[]>();
  for (const plan of told) {
    const { groupId } = plan.admitted.place.membership;
    groups.set(groupId, [...(groups.get(groupId) ?? []), plan]);
  }
  const written: ReturnType<typeof planNotifications>[] = [];
  for (const [groupId, plans] of groups) {
    const epochValue = plans[0]?.admitted.epochValue ?? 0;
    const members = await recipients.of(transaction, groupId, epochValue);
    written.push(planNotifications(plans.map(announcementOf), members, quietWindow, clock.now()));
  }
  await writeNotifications(transaction, written);
}

function announcementOf({ publication, admitted, record, versionId }: Plan): Announcement {
  return {
    groupId: admitted.place.membership.groupId,
    versionId,
    depositorAccountId: publication.visit.session.account.id,
    entry: { state: record.state, privateTo: record.private_to, ownerAccountId: record.owner_account_id },
  };
}

/** @returns what an upload hears whose bytes would be put over a content that came meanwhile: somebody's deposit */
export function baseChanged(): StorageError {
  return new StorageError('precondition-failed', 'The file was changed meanwhile.', {
    reason: 'base-changed',
  });
}
