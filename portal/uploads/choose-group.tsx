import { type Entry, ROOT } from '../../storage/index.js';
import { EmptyState } from '../../web/components/empty-state.js';
import { FileTile } from '../../web/components/file-tile.js';
import { PageHead } from '../../web/components/page-head.js';
import type { Answer, MemberVisit, Route } from '../../web/routes.js';
import { DEPOSIT_PATH, directoryAddress } from '../addresses.js';
import { PortalPage } from '../portal-page.js';

/** « Déposer », before one is anywhere: in which group? With one group there is nothing to ask. */
export const chooseGroupRoute: Route = {
  act: 'choose-group',
  method: 'GET',
  path: DEPOSIT_PATH,
  access: 'member',
  handle: choose,
};

async function choose(visit: MemberVisit): Promise<Answer> {
  const workspace = visit.context.storage.open(visit.session);
  const groups: Entry[] = [];
  for await (const group of workspace.list(ROOT))
    if (await workspace.mayDeposit(group.path)) groups.push(group);
  const [only] = groups;
  if (only && groups.length === 1) return { kind: 'redirect', to: directoryAddress(only.path) };
  const words = visit.words.deposit.choose;
  return {
    kind: 'page',
    page: (
      <PortalPage visit={visit} title={words.title}>
        <div class="reading">
          <PageHead title={words.title} lead={words.lead} />
          {groups.length === 0 ? (
            <EmptyState icon="group" title={words.noneTitle}>
              {words.none}
            </EmptyState>
          ) : (
            <nav class="chooser" aria-label={words.title}>
              {groups.map((group) => (
                <a class="item" href={directoryAddress(group.path)}>
                  <FileTile name={group.name} kind="directory" />
                  {group.name}
                </a>
              ))}
            </nav>
          )}
        </div>
      </PortalPage>
    ),
  };
}
