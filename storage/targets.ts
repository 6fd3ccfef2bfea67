import { assertAllowed, assertUnlocked, confirmMembership, takenBy } from './admission.js';
import { StorageError } from './errors.js';
import type { Visit } from './foundations.js';
import type { Transaction } from './metadata/database.js';
import { type EntryRecord, findNameHolder } from './metadata/entries.js';
import type { Conditions } from './model.js';
import { assertCreatableName, isPrivateName } from './names.js';
import { formatPath, isWithin, type VirtualPath } from './paths.js';
import { assertInsideGroup, type ExistingPlace, type FreePlace, findPlace, parentFor } from './places.js';
import { admitRemoval, type RemovableTree } from './removal.js';
import { admitWithheldTarget, assertNotWithheld, waitsUnder } from './withheld-moves.js';

export interface TransferOptions extends Conditions {
  /** False: an existing target is `already-exists`. */
  readonly overwrite: boolean;
}

/** Where a move or copy goes. */
export interface Target {
  readonly place: FreePlace;
  /** What stands under the target's name and gives way; a case-only rename finds the source itself. */
  readonly holder: EntryRecord | undefined;
  /** The holder with all below it, when it goes as a whole; undefined for a file that gets a new version. */
  readonly replaced: RemovableTree | undefined;
  /** The file waits there for its manifest, beside what others see; `holder` is its account's own. */
  readonly isWithheld?: true;
}

/** @throws forbidden for a group's own folder, a folder into itself (reason `into-itself`) or over one it lies in (`over-parent`) */
export function assertRoute(from: VirtualPath, to: VirtualPath): void {
  assertInsideGroup(from);
  assertInsideGroup(to);
  const isSame = formatPath(from) === formatPath(to);
  const isCaseOnly = from.segments.length === to.segments.length && !isSame;
  if (isWithin(to, from) && !isCaseOnly)
    throw new StorageError('forbidden', 'A folder cannot be put into itself.', {
      reason: 'into-itself',
      subject: formatPath(to),
    });
  if (isWithin(from, to) && !isCaseOnly)
    throw new StorageError('forbidden', 'Nothing can take the place of a folder it lies in.', {
      reason: 'over-parent',
      subject: formatPath(to),
    });
}

/** Checks the target of a move or copy: parent, name, rights, locks, what gives way. */
export async function admitTarget(
  transaction: Transaction,
  visit: Visit,
  to: VirtualPath,
  source: ExistingPlace,
  options: TransferOptions,
): Promise<Target> {
  const found = parentFor(await findPlace(transaction, visit, to));
  const membership = await confirmMembership(transaction, visit, found.membership);
  const place = { ...found, membership };
  await assertAllowed(transaction, visit, membership, 'deposit');
  if (waitsUnder(visit, source.entry, place))
    return admitWithheldTarget(transaction, visit, place, source.entry, options);
  if (place.entry && place.entry.id !== source.entry.id) assertNotWithheld([place.entry]);
  const isFile = source.entry.kind === 'file';
  const privateTo = isFile && isPrivateName(place.name) ? visit.session.account.id : '';
  const holder = place.entry ?? (await findNameHolder(transaction, place.parent.id, place.name, privateTo));
  if (holder && holder.id === source.entry.id) {
    assertCreatableName(place.name);
    return { place, holder, replaced: undefined };
  }
  if (!holder) {
    assertCreatableName(place.name);
    await assertUnlocked(
      transaction,
      visit,
      { steps: place.steps, changesParent: true, isFree: true },
      options,
    );
    return { place, holder: undefined, replaced: undefined };
  }
  if (holder.name !== place.name || !options.overwrite || isUnseenContent(place, holder))
    throw takenBy(visit, place, holder);
  const steps = place.entry ? place.steps : [...place.steps, holder];
  if (isFile && holder.kind === 'file') {
    if (holder.state !== 'reserved') await assertAllowed(transaction, visit, membership, 'replace', [holder]);
    await assertUnlocked(transaction, visit, { steps, changesParent: false, isFree: false }, options);
    return { place, holder, replaced: undefined };
  }
  const replaced = await admitRemoval(
    transaction,
    visit,
    { ...place, steps, entry: holder },
    { lockTokens: options.lockTokens ?? [] },
  );
  return { place, holder, replaced };
}

function isUnseenContent(place: FreePlace, holder: EntryRecord): boolean {
  return place.entry === undefined && holder.state !== 'reserved';
}
