import { parsePath } from '../../storage/index.js';
import { createVisitor } from '../pages/visitor.js';
import { mkdir, put } from '../storage/acts.js';
import { GROUP_NAME, PEOPLE } from '../support/appliance.js';
import type { RunningAppliance } from '../support/running.js';
import { type Doors, type Operation, undone } from './operations.js';
import { VIEW, workspaceOf } from './prepared.js';
import { digestOf } from './views.js';

const GONE = `/${GROUP_NAME}/gone`;
const DELETIONS = `/supprimes/${encodeURIComponent(GROUP_NAME)}`;

/** Claire deleted a folder just now. */
export async function deleteFolder(appliance: RunningAppliance): Promise<void> {
  const claire = await workspaceOf(appliance);
  await mkdir(claire, GONE);
  await put(claire, `${GONE}/a.txt`, 'comes back');
  await claire.remove(parsePath(GONE));
}

/** What was deleted comes back, through the portal. */
export const RESTORATIONS: readonly Operation[] = [
  {
    name: 'a folder that comes back with what it held',
    async act({ origin, password }: Doors) {
      const { port, host } = new URL(origin);
      const claire = createVisitor(Number(port), host);
      await claire.post('/connexion', { login: PEOPLE.claire.login, password });
      const page = await claire.get(DELETIONS);
      const [, id] = /\/elements\/([\w-]+)\/retablir/u.exec(page.text) ?? [];
      return (await claire.post(`/elements/${id}/retablir`, {})).status === 303;
    },
    outcomes: [
      undone(['tree-revived', 'restoration-recorded']),
      {
        labels: ['restoration-committed'],
        view: { ...VIEW, [GONE]: 'folder', [`${GONE}/a.txt`]: digestOf('comes back') },
        lines: [GONE, `${GONE}/a.txt`].map((path) => `restore ok ${path}`),
      },
    ],
  },
];
