import { admitDeposit } from './deposit-admission.js';
import { StorageError } from './errors.js';
import type { Visit } from './foundations.js';
import { newId } from './ids.js';
import type { Transaction } from './metadata/database.js';
import { insertEntries, reviveEntry, updateEntry } from './metadata/entries.js';
import { removeProperties } from './metadata/properties.js';
import { insertVersions } from './metadata/versions.js';
import type { Conditions } from './model.js';
import { isPrivateName } from './names.js';
import type { VirtualPath } from './paths.js';
import type { FreePlace } from './places.js';
import { slotOf } from './replacements.js';

const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** A free name is held by an empty placeholder that only its locker sees (RFC 4918, section 7.3). */
export async function reserveName(
  transaction: Transaction,
  visit: Visit,
  path: VirtualPath,
  conditions: Conditions,
): Promise<string> {
  const { place, holder } = await admitDeposit(transaction, visit, path, {
    ...conditions,
    mode: 'create-or-replace',
  });
  if (holder)
    throw new StorageError('locked', 'Somebody is creating this file now.', {
      reason: 'no-conflicting-lock',
    });
  return insertPlaceholder(transaction, visit, place);
}

async function insertPlaceholder(transaction: Transaction, visit: Visit, place: FreePlace): Promise<string> {
  const now = visit.clock.now();
  const { account, origin } = visit.session;
  const versionId = newId(now);
  const entryId = await reserveEntry(transaction, visit, place, versionId);
  const empty = { blobId: null, sizeBytes: 0, sha256: EMPTY_SHA256 };
  const by = { depositorAccountId: account.id, door: origin.door };
  const at = { depositedAt: now.getTime(), modifiedAt: now.getTime() };
  await insertVersions(transaction, [{ id: versionId, entryId, ...empty, ...by, ...at }]);
  return entryId;
}

/** A new entry; or the one whose file the account deleted a moment ago, and is about to send anew. */
async function reserveEntry(
  transaction: Transaction,
  visit: Visit,
  { parent, name, membership }: FreePlace,
  versionId: string,
): Promise<string> {
  const { account } = visit.session;
  const now = visit.clock.now();
  const at = now.getTime();
  const privateTo = isPrivateName(name) ? account.id : '';
  const reserved = {
    state: 'reserved',
    ownerAccountId: account.id,
    privateTo,
    versionId,
    modifiedAt: at,
  } as const;
  const slot = slotOf(visit, { parentId: parent.id, name });
  const begun = visit.replacements.take(slot, at);
  if (!begun?.isEnded) {
    const id = newId(now);
    const where = { spaceId: membership.spaceId, parentId: parent.id, kind: 'file', name } as const;
    await insertEntries(transaction, [{ id, at, ...where, ...reserved }]);
    return id;
  }
  await reviveEntry(transaction, begun.entryId);
  await removeProperties(transaction, begun.entryId);
  await updateEntry(transaction, begun.entryId, reserved);
  visit.replacements.note(slot, { ...begun, isEnded: false });
  return begun.entryId;
}
