import { parentOf } from '../../storage/index.js';
import { Icon, type IconName } from '../../web/components/icon.js';
import { PageHead } from '../../web/components/page-head.js';
import { Trail } from '../../web/components/trail.js';
import type { Answer, MemberVisit, Route } from '../../web/routes.js';
import {
  archiveAddress,
  directoryAddress,
  downloadAddress,
  entryAddress,
  fileAddress,
} from '../addresses.js';
import { PortalPage } from '../portal-page.js';
import { trailTo } from '../trail-to.js';
import { findEntry } from './find-entry.js';

/** All that can be done with a file or folder, as a page. */
export const entryMenuRoute: Route = {
  act: 'entry-menu',
  method: 'GET',
  path: '/elements/:id',
  access: 'member',
  handle: showMenu,
};

async function showMenu(visit: MemberVisit): Promise<Answer> {
  const { entry } = await findEntry(visit);
  const words = visit.words.entryActs;
  const here = entryAddress(entry.id);
  const title = words.menuTitle(entry.name);
  const first: readonly [IconName, string, string][] =
    entry.kind === 'file'
      ? [
          ['down', words.download, downloadAddress(entry.id)],
          ['info', words.details, fileAddress(entry.id)],
        ]
      : [
          ['folder', words.open, directoryAddress(entry.path)],
          ['down', words.downloadFolder, archiveAddress(entry.id)],
        ];
  const items: readonly [IconName, string, string][] = [
    ...first,
    ['letter', words.rename.short, `${here}/renommer`],
    ['move', words.move.short, `${here}/deplacer`],
    ['copy', words.copy.short, `${here}/copier`],
    ['trash', words.remove.short, `${here}/supprimer`],
  ];
  return {
    kind: 'page',
    page: (
      <PortalPage visit={visit} title={title}>
        <Trail
          label={visit.words.kit.trail}
          steps={[...trailTo(visit, parentOf(entry.path)), { label: entry.name, href: here }]}
        />
        <div class="reading">
          <PageHead title={title} lead={words.menuLead} />
          <nav class="chooser" aria-label={title}>
            {items.map(([icon, label, href]) => (
              <a class="item" href={href}>
                <Icon name={icon} />
                {label}
              </a>
            ))}
          </nav>
        </div>
      </PortalPage>
    ),
  };
}
