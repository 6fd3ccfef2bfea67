import { parentOf, parsePath, type VirtualPath } from '../../storage/index.js';
import type { MemberVisit, Route } from '../../web/routes.js';
import { deletionsAddress, directoryAddress } from '../addresses.js';
import { pathInAddress } from '../path-in-address.js';
import { refusedBy, withEach } from '../refused.js';
import { readTicked } from '../ticked.js';
import { deletionsPage } from './page.js';

/** One file or folder comes back. The form says in which `group` it was deleted; a notice does not. */
export const restoreRoute: Route = {
  act: 'restore',
  method: 'POST',
  path: '/elements/:id/retablir',
  access: 'member',
  async handle(visit) {
    const id = visit.params.id ?? '';
    try {
      const { name, path } = await visit.context.storage.open(visit.session).restore(id);
      const notice = { key: 'entry-restored', subject: name } as const;
      return { kind: 'redirect', to: directoryAddress(parentOf(path)), notice };
    } catch (error) {
      const group = visit.form.get('group');
      // Without it there is no list to tell the refusal on.
      if (group === undefined) throw error;
      const path = parsePath(group);
      const nameOf = await namesIn(visit, path);
      return deletionsPage(visit, path, [refusedBy(error, nameOf(id), visit)]);
    }
  },
};

/** All that was ticked comes back; what is refused keeps nothing else back. */
export const restoreChosenRoute: Route = {
  act: 'restore-chosen',
  method: 'POST',
  path: '/supprimes/*path',
  access: 'member',
  readsForm: true,
  async handle(visit) {
    const path = pathInAddress(visit.path);
    const { ids } = await readTicked(visit);
    if (ids.length === 0)
      return { kind: 'redirect', to: deletionsAddress(path), notice: { key: 'nothing-chosen', subject: '' } };
    const workspace = visit.context.storage.open(visit.session);
    const nameOf = await namesIn(visit, path);
    const named = ids.map((id) => ({ id, name: nameOf(id) }));
    const refused = await withEach(visit, named, ({ id }) => workspace.restore(id));
    if (refused.length > 0) return deletionsPage(visit, path, refused);
    const notice = { key: 'entries-restored', subject: String(ids.length) } as const;
    return { kind: 'redirect', to: directoryAddress(path), notice };
  },
};

/** What was deleted there is called by the name it had, anything else in general. */
async function namesIn(visit: MemberVisit, path: VirtualPath): Promise<(id: string) => string> {
  const deleted = await visit.context.storage.open(visit.session).deletions(path);
  const names = new Map(deleted.map(({ entry }) => [entry.id, entry.name]));
  return (id) => names.get(id) ?? visit.words.restoring.gone;
}
