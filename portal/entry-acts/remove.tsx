import { parentOf } from '../../storage/index.js';
import { directoryAddress, entryAddress, restoreAddress } from '../addresses.js';
import { trailTo } from '../trail-to.js';
import type { ActPage } from './act-page.js';
import { findEntry } from './find-entry.js';

/** Out of every list; a folder with all it holds. */
export const removePage: ActPage = {
  act: 'entry-remove',
  path: '/elements/:id/supprimer',
  async view(visit) {
    const words = visit.words.entryActs.remove;
    const { entry } = await findEntry(visit);
    const action = `${entryAddress(entry.id)}/supprimer`;
    const directory = parentOf(entry.path);
    return {
      title: words.title(entry.name),
      lead: entry.kind === 'file' ? words.file : words.folder,
      steps: [...trailTo(visit, directory), { label: words.short, href: action }],
      action,
      submit: words.submit,
      look: 'danger',
      back: directoryAddress(directory),
    };
  },
  async submit(visit) {
    const { workspace, entry } = await findEntry(visit);
    await workspace.remove(entry.path);
    return {
      kind: 'redirect',
      to: directoryAddress(parentOf(entry.path)),
      notice: {
        key: 'entry-removed',
        subject: entry.name,
        next: { kind: 'undo', path: restoreAddress(entry.id) },
      },
    };
  },
};
