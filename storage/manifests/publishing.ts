import { recordActivity } from '../activity.js';
import { announce } from '../announcing.js';
import { crashPoint } from '../crash-points.js';
import { StorageError } from '../errors.js';
import type { Foundations } from '../foundations.js';
import { newId } from '../ids.js';
import type { ActContext } from '../metadata/context.js';
import type { Transaction } from '../metadata/database.js';
import { type EntryRecord, endEntries, findEntries, saveFiles } from '../metadata/entries.js';
import { findHeld, forgetHeldVersions, type HeldRecord, lockEntries, settleEntry } from '../metadata/held.js';
import { pagesOf } from '../metadata/rows.js';
import { addUse } from '../metadata/space-usage.js';
import { endVersions, publishVersions } from '../metadata/versions.js';
import { pathOf, rowOf } from '../recovery.js';
import { type AnswerText, answer, withdrawAnswer } from './answers.js';
import { type Evaluation, evaluate, type ReadyFile } from './evaluation.js';

/** A held file about to be published. */
interface Release {
  readonly held: HeldRecord;
  /** What others see under its name until now. */
  readonly other: EntryRecord | undefined;
  readonly path: string;
}

/** What is published, and for whom. */
export interface Delivery {
  readonly manifest: HeldRecord;
  readonly context: ActContext;
  /** As it was evaluated before; the transaction evaluates anew. */
  readonly evaluation: Evaluation;
  /** What its depositor finds beside the manifest; undefined for one that was answered before. */
  readonly ok: AnswerText | undefined;
}

/**
 * The one transaction that publishes all files of a manifest: entries, versions, use, one line and one announcement for each,
 * and the answer. @throws aborted (reason `manifest-changed`) when they are not any more what was evaluated
 */
export async function publishDelivery(foundations: Foundations, delivery: Delivery): Promise<void> {
  await foundations.database.write(async (transaction) => {
    const { manifest, context, evaluation } = delivery;
    const now = foundations.clock.now();
    await claim(transaction, delivery);
    const again = await evaluate(transaction, manifest, context.group_id, now.getTime());
    if (!isSame(again, evaluation)) throw changed();
    const releases = await releasesOf(transaction, context, again.ready);
    await writeReleases(transaction, releases, now);
    crashPoint('delivery-published');
    await tell(transaction, foundations, context, releases);
    await answerAll(transaction, delivery, releases, now);
    crashPoint('delivery-answered');
  });
  crashPoint('delivery-committed');
}

/** From here to the end of the transaction nobody else changes what is published. */
async function claim(transaction: Transaction, { manifest, evaluation }: Delivery): Promise<void> {
  if (!(await settleEntry(transaction, manifest))) throw changed();
  const ids = evaluation.ready.flatMap(({ heldId, otherId }) => [
    heldId,
    ...(otherId === null ? [] : [otherId]),
  ]);
  if ((await lockEntries(transaction, ids)) < ids.length) throw changed();
}

function isSame(again: Evaluation, before: Evaluation): boolean {
  const versions = ({ ready }: Evaluation) => ready.map((file) => `${file.versionId} ${file.otherId}`).join();
  const isComplete = again.faults.length + again.missing.length === 0;
  return isComplete && again.publishedCount === before.publishedCount && versions(again) === versions(before);
}

function changed(): StorageError {
  return new StorageError('aborted', 'What a manifest names has changed meanwhile.', {
    reason: 'manifest-changed',
  });
}

async function releasesOf(
  transaction: Transaction,
  context: ActContext,
  files: readonly ReadyFile[],
): Promise<Release[]> {
  const found = await findHeld(
    transaction,
    files.map((file) => file.heldId),
  );
  const held = new Map(found.map((record) => [record.id, record]));
  const others = new Map<string, EntryRecord>();
  for (const page of pagesOf(files.flatMap(({ otherId }) => otherId ?? [])))
    for (const record of await findEntries(transaction, page)) others.set(record.id, record);
  return files.map(({ heldId, otherId, names }) => {
    const record = held.get(heldId);
    if (!record) throw changed();
    return { held: record, other: others.get(otherId ?? ''), path: pathOf(context, names) };
  });
}

/** A file's bytes go on in the entry that bore its name, so that links still lead there. */
async function writeReleases(
  transaction: Transaction,
  releases: readonly Release[],
  now: Date,
): Promise<void> {
  const at = now.getTime();
  const published = releases.map(({ held, other }) => ({
    ...(other ?? held),
    ...({ state: 'published', private_to: '', version_id: held.version_id } as const),
    ...{ owner_account_id: held.private_to, modified_at: held.modified_at },
  }));
  await endEntries(
    transaction,
    releases.flatMap(({ held, other }) => (other ? [held.id] : [])),
    at,
  );
  await saveFiles(transaction, published);
  await endVersions(
    transaction,
    releases.flatMap(({ other }) => other?.version_id ?? []),
    at,
  );
  await publishVersions(
    transaction,
    releases.map(({ held, other }) => ({
      ...{ id: held.version_id, entryId: (other ?? held).id, blobId: held.blob_id, door: 'sftp' as const },
      ...{ sizeBytes: held.size_bytes ?? 0, sha256: held.sha256 ?? '', depositorAccountId: held.private_to },
      ...{ depositedAt: at, modifiedAt: held.modified_at },
    })),
  );
  const [first] = releases;
  const freed = releases.reduce((sum, { other }) => sum + (other?.size_bytes ?? 0), 0);
  if (first && freed > 0) await addUse(transaction, first.held.space_id, -freed);
  await forgetHeldVersions(
    transaction,
    releases.map(({ held }) => held.version_id),
  );
}

async function tell(
  transaction: Transaction,
  foundations: Foundations,
  context: ActContext,
  releases: readonly Release[],
): Promise<void> {
  const actId = newId(foundations.clock.now());
  const rows = releases.map(({ held, other, path }) => ({
    ...rowOf(foundations, context, {
      ...({ action: 'deposit', outcome: 'ok', door: 'sftp', path, entryId: (other ?? held).id } as const),
      ...{ versionId: held.version_id, sizeBytes: held.size_bytes, sha256: held.sha256 ?? undefined },
      ...{ address: held.address ?? undefined },
      ...(other?.state === 'published' ? { reason: 'replaced' } : {}),
    }),
    actId,
  }));
  await recordActivity(transaction, rows);
  const shown = { state: 'published', privateTo: '', ownerAccountId: context.account_id } as const;
  const by = { groupId: context.group_id, depositorAccountId: context.account_id, entry: shown };
  await announce(
    transaction,
    foundations,
    releases.map(({ held }) => ({ ...by, versionId: held.version_id })),
  );
}

async function answerAll(
  transaction: Transaction,
  { manifest, ok }: Delivery,
  releases: readonly Release[],
  now: Date,
): Promise<void> {
  const { space_id: spaceId, private_to: accountId } = manifest;
  const answered = { spaceId, accountId, folderId: manifest.parent_id ?? '', name: manifest.name };
  if (ok) await answer(transaction, answered, { ok }, now);
  // What waited for so long that its depositor was told waits no more.
  for (const { held } of releases) if (held.told_at !== null) await withdrawAnswer(transaction, held, now);
  await forgetHeldVersions(transaction, [manifest.version_id]);
}
