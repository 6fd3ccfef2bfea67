import { assertAllowed, assertUnlocked, takenBy } from './admission.js';
import { crashPoint } from './crash-points.js';
import { StorageError } from './errors.js';
import type { Visit } from './foundations.js';
import { withdrawAnswer } from './manifests/answers.js';
import { isHeldDeposit, isWithheld } from './manifests/holding.js';
import type { Transaction } from './metadata/database.js';
import { type EntryRecord, findNameHolder, updateEntry } from './metadata/entries.js';
import { insertHeldVersions } from './metadata/held.js';
import { adoptVersion } from './metadata/versions.js';
import { answerNames, assertCreatableName, isPrivateName } from './names.js';
import { formatPath } from './paths.js';
import type { FreePlace } from './places.js';
import { isVisible } from './policy.js';
import { type RemovableTree, removeTree } from './removal.js';
import type { Target, TransferOptions } from './targets.js';

/* Renaming what waits for a manifest, and what begins to wait because it gets its final name. */

/** Whether a file waits under its new name: it did before, or was sent under a temporary name where deposits wait. */
export function waitsUnder(visit: Visit, source: EntryRecord, place: FreePlace): boolean {
  if (source.kind !== 'file' || isPrivateName(place.name)) return false;
  if (isWithheld(source)) return true;
  const isTemporary = source.private_to !== '' && source.state === 'published';
  return isTemporary && (isHeldDeposit(visit, place.membership, place.name) || isWithheld(place.entry));
}

/** It takes a place of its own beside what it is to replace; both must allow it. @throws already-exists, forbidden, locked */
export async function admitWithheldTarget(
  transaction: Transaction,
  visit: Visit,
  found: FreePlace,
  source: EntryRecord,
  options: TransferOptions,
): Promise<Target> {
  assertCreatableName(found.name);
  assertCreatableName(answerNames(found.name).ok);
  const { parent, name, membership } = found;
  const accountId = visit.session.account.id;
  const own = await findNameHolder(transaction, parent.id, name, accountId);
  const others = await findNameHolder(transaction, parent.id, name, '');
  const place = { ...found, entry: own };
  if (own && own.id !== source.id && (own.name !== name || !options.overwrite))
    throw takenBy(visit, found, own);
  if (others) {
    const isTaken = others.name !== name || others.kind === 'directory' || !isSeen(others, accountId, found);
    if (others.state !== 'reserved' && (isTaken || !options.overwrite)) throw takenBy(visit, found, others);
    if (others.state !== 'reserved') await assertAllowed(transaction, visit, membership, 'replace', [others]);
  }
  const holder = others ?? own;
  const folders = found.entry ? found.steps.slice(0, -1) : found.steps;
  const steps = holder ? [...folders, holder] : folders;
  const isFree = holder === undefined;
  await assertUnlocked(transaction, visit, { steps, changesParent: isFree, isFree }, options);
  return { place, holder: own, replaced: undefined, isWithheld: true };
}

function isSeen(record: EntryRecord, accountId: string, { membership }: FreePlace): boolean {
  const { state, private_to: privateTo, owner_account_id: ownerAccountId } = record;
  return isVisible({ state, privateTo, ownerAccountId }, accountId, membership.role);
}

/** Nobody hears of it: it is told when it is published. */
export async function moveWithheld(
  transaction: Transaction,
  visit: Visit,
  { place: { entry, path } }: RemovableTree,
  { place, holder }: Target,
): Promise<void> {
  const { account, origin } = visit.session;
  const at = visit.clock.now();
  if (holder && holder.id !== entry.id) {
    const replaced = { ...place, entry: holder };
    await removeTree(transaction, visit, {
      place: replaced,
      entries: [{ record: holder, path: place.path }],
    });
  }
  await withdrawAnswer(transaction, entry, at);
  const change = { parentId: place.parent.id, name: place.name, privateTo: account.id };
  const begins = !isWithheld(entry);
  await updateEntry(transaction, entry.id, { ...change, state: begins ? 'held' : entry.state });
  crashPoint('entry-renamed');
  if (!begins) return;
  const { version_id: versionId } = entry;
  if (versionId === null) throw new Error(`A file without a version cannot wait: ${formatPath(path)}`);
  const by = { depositorAccountId: account.id, door: origin.door, depositedAt: at.getTime() };
  await adoptVersion(transaction, versionId, { entryId: entry.id, ...by });
  await insertHeldVersions(transaction, [{ versionId, address: origin.address }]);
}

/** @throws locked (reason `held`) for what waits for its manifest: a copy would be a second way to others' eyes */
export function assertNotWithheld(records: readonly Pick<EntryRecord, 'state' | 'name'>[]): void {
  const waiting = records.find(isWithheld);
  if (waiting)
    throw new StorageError('locked', 'A file here waits for its manifest.', {
      reason: 'held',
      subject: waiting.name,
    });
}
