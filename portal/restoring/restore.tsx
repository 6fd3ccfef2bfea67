import { type Entry, parentOf, parsePath, ROOT, type VirtualPath } from '../../storage/index.js';
import { readBody } from '../../web/forms.js';
import type { MemberVisit, Route } from '../../web/routes.js';
import { deletionsAddress, directoryAddress } from '../addresses.js';
import { pathInAddress } from '../path-in-address.js';
import { type Refused, refusedBy } from '../refused.js';
import { deletionsPage } from './page.js';

const MAX_FORM_BYTES = 65_536;
const MAX_CHOSEN = 500;

/** One file or folder comes back. The form says in which `group` it was deleted; a notice does not. */
export const restoreRoute: Route = {
  act: 'restore',
  method: 'POST',
  path: '/elements/:id/retablir',
  access: 'member',
  async handle(visit) {
    const id = visit.params.id ?? '';
    const group = visit.form.get('group');
    const { refused, restored } = await restoreAll(visit, group === undefined ? ROOT : parsePath(group), [
      id,
    ]);
    if (!restored) return deletionsPage(visit, parsePath(group ?? ''), refused);
    return {
      kind: 'redirect',
      to: directoryAddress(parentOf(restored.path)),
      notice: { key: 'entry-restored', subject: restored.name },
    };
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
    const form = new URLSearchParams((await readBody(visit.request, MAX_FORM_BYTES)).toString('utf8'));
    const path = pathInAddress(visit.path);
    const ids = [...new Set(form.getAll('element'))].slice(0, MAX_CHOSEN);
    if (ids.length === 0)
      return { kind: 'redirect', to: deletionsAddress(path), notice: { key: 'nothing-chosen', subject: '' } };
    const { refused } = await restoreAll(visit, path, ids);
    if (refused.length > 0) return deletionsPage(visit, path, refused);
    const notice = { key: 'entries-restored', subject: String(ids.length) } as const;
    return { kind: 'redirect', to: directoryAddress(path), notice };
  },
};

/** One after the other. At the root nothing can be shown beside a refusal: it is thrown. @throws what is no refusal */
async function restoreAll(
  visit: MemberVisit,
  group: VirtualPath,
  ids: readonly string[],
): Promise<{ readonly restored: Entry | undefined; readonly refused: readonly Refused[] }> {
  const workspace = visit.context.storage.open(visit.session);
  const isRoot = group.segments.length === 0;
  const deleted = isRoot ? [] : await workspace.deletions(group);
  const names = new Map(deleted.map(({ entry }) => [entry.id, entry.name]));
  let restored: Entry | undefined;
  const refused: Refused[] = [];
  for (const id of ids)
    try {
      restored = await workspace.restore(id);
    } catch (error) {
      if (isRoot) throw error;
      refused.push(refusedBy(error, names.get(id) ?? visit.words.restoring.gone, visit));
    }
  return { restored, refused };
}
