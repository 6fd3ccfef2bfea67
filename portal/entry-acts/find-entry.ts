import { type Entry, StorageError, type Workspace } from '../../storage/index.js';
import type { MemberVisit } from '../../web/routes.js';

/** The entry an address names. @throws StorageError not-found; forbidden for a group itself, which its managers administer */
export async function findEntry(
  visit: MemberVisit,
): Promise<{ readonly workspace: Workspace; readonly entry: Entry }> {
  const workspace = visit.context.storage.open(visit.session);
  const entry = await workspace.find(visit.params.id ?? '');
  if (entry.path.segments.length === 1)
    throw new StorageError('forbidden', 'A group is no folder of its members.', {
      reason: 'group-directory',
    });
  return { workspace, entry };
}
