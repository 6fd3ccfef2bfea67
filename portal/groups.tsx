import { EmptyState } from '../web/components/empty-state.js';
import { PageHead } from '../web/components/page-head.js';
import type { Route } from '../web/routes.js';
import { GroupCards } from './group-cards.js';
import { readOverview } from './overview.js';
import { PortalPage } from './portal-page.js';

/** « Espace commun »: the groups one belongs to. */
export const groupsRoute: Route = {
  act: 'groups',
  method: 'GET',
  path: '/groupes',
  access: 'member',
  async handle(visit) {
    const { group: words, home } = visit.words.portal;
    const groups = await readOverview(visit.context.storage.open(visit.session));
    return {
      kind: 'page',
      page: (
        <PortalPage visit={visit} title={words.title}>
          <PageHead title={words.title} lead={words.lead(groups.length)} />
          {groups.length > 0 ? (
            <GroupCards visit={visit} groups={groups} />
          ) : (
            <EmptyState icon="group" title={home.noGroups}>
              {home.noGroupsText}
            </EmptyState>
          )}
        </PortalPage>
      ),
    };
  },
};
