import { childOf } from '../../storage/index.js';
import { TextField } from '../../web/components/field.js';
import { directoryAddress, newFolderAddress } from '../addresses.js';
import { pathInAddress } from '../path-in-address.js';
import { trailTo } from '../trail-to.js';
import type { ActPage } from './act-page.js';

/** A folder in a directory. */
export const newFolderPage: ActPage = {
  act: 'folder-make',
  path: '/nouveau-dossier/*path',
  async view(visit) {
    const words = visit.words.entryActs.newFolder;
    const directory = await visit.context.storage.open(visit.session).stat(pathInAddress(visit.path));
    const action = newFolderAddress(directory.path);
    return {
      title: words.title(directory.name),
      lead: words.lead,
      steps: [...trailTo(visit, directory.path), { label: words.short, href: action }],
      action,
      submit: words.submit,
      look: 'filled',
      back: directoryAddress(directory.path),
      fields: (
        <TextField
          name="name"
          label={visit.words.entryActs.name}
          value={visit.form.get('name')}
          maxLength={255}
          required
          autofocus
        />
      ),
    };
  },
  async submit(visit) {
    const directory = pathInAddress(visit.path);
    const name = (visit.form.get('name') ?? '').trim();
    await visit.context.storage.open(visit.session).createDirectory(childOf(directory, name));
    return {
      kind: 'redirect',
      to: directoryAddress(directory),
      notice: { key: 'folder-made', subject: name },
    };
  },
};
