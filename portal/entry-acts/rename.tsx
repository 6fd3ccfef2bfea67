import { childOf, parentOf } from '../../storage/index.js';
import { TextField } from '../../web/components/field.js';
import { directoryAddress, entryAddress } from '../addresses.js';
import { trailTo } from '../trail-to.js';
import type { ActPage } from './act-page.js';
import { findEntry } from './find-entry.js';

/** Another name in the same place. */
export const renamePage: ActPage = {
  act: 'entry-rename',
  path: '/elements/:id/renommer',
  async view(visit) {
    const words = visit.words.entryActs.rename;
    const { entry } = await findEntry(visit);
    const action = `${entryAddress(entry.id)}/renommer`;
    const directory = parentOf(entry.path);
    return {
      title: words.title(entry.name),
      lead: words.lead,
      steps: [...trailTo(visit, directory), { label: words.short, href: action }],
      action,
      submit: words.submit,
      look: 'filled',
      back: directoryAddress(directory),
      fields: (
        <TextField
          name="name"
          label={visit.words.entryActs.name}
          value={visit.form.get('name') ?? entry.name}
          maxLength={255}
          required
          autofocus
        />
      ),
    };
  },
  async submit(visit) {
    const { workspace, entry } = await findEntry(visit);
    const name = (visit.form.get('name') ?? '').trim();
    const directory = parentOf(entry.path);
    if (name !== entry.name) await workspace.move(entry.path, childOf(directory, name), { overwrite: false });
    return {
      kind: 'redirect',
      to: directoryAddress(directory),
      notice: { key: 'entry-renamed', subject: name },
    };
  },
};
