import { assertLive } from './admission.js';
import { StorageError } from './errors.js';
import type { Visit } from './foundations.js';
import type { Connection } from './metadata/database.js';
import { findSubtree } from './metadata/entries.js';
import type { Entry } from './model.js';
import type { VirtualPath } from './paths.js';
import { assertExists, type ExistingPlace, findPlace, toEntry } from './places.js';
import { isVisible } from './policy.js';
import { MAX_TREE_ENTRIES, type TreeEntry, withPaths } from './tree.js';

/**
 * An entry and all that one sees below it, itself first, parents before children: three statements for any depth.
 * @throws too-large (reason `tree-size`) beyond 10,000 entries
 */
export async function tree(visit: Visit, path: VirtualPath): Promise<readonly Entry[]> {
  assertLive(visit);
  const { reader } = visit.database;
  const place = assertExists(await findPlace(reader, visit, path));
  const view = { membership: place.membership, visit, houseName: await visit.houseName() };
  const entries = await visibleTree(reader, visit, place, {});
  return entries.map(({ record, path: at }) => toEntry(record, at, view));
}

/** The same as rows; `isShallow`: the entry alone. @throws as `tree` */
export async function visibleTree(
  db: Connection,
  visit: Visit,
  source: ExistingPlace,
  { isShallow = false }: { readonly isShallow?: boolean },
): Promise<TreeEntry[]> {
  const limit = isShallow ? 1 : MAX_TREE_ENTRIES + 1;
  const records = await findSubtree(db, source.entry.id, limit);
  if (records.length > MAX_TREE_ENTRIES)
    throw new StorageError('too-large', 'This folder holds more than 10,000 entries.', {
      reason: 'tree-size',
    });
  return visibleEntries(visit, source, withPaths(records, source.path));
}

/** Without what the account does not see, nor anything below that. `entries` has parents before children. */
export function visibleEntries(
  visit: Visit,
  { entry, membership }: ExistingPlace,
  entries: readonly TreeEntry[],
): TreeEntry[] {
  const seen = new Set([entry.parent_id]);
  return entries.filter(({ record }) => {
    const { state, private_to: privateTo, owner_account_id: ownerAccountId } = record;
    const isSeen =
      seen.has(record.parent_id) &&
      isVisible({ state, privateTo, ownerAccountId }, visit.session.account.id, membership.role);
    if (isSeen) seen.add(record.id);
    return isSeen;
  });
}
