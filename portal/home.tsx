import type { FileEntry } from '../storage/index.js';
import { firstNameOf } from '../web/components/avatar.js';
import { LinkButton } from '../web/components/button.js';
import { EmptyState } from '../web/components/empty-state.js';
import { PageHead } from '../web/components/page-head.js';
import type { MemberVisit, Route } from '../web/routes.js';
import { HomeCards } from './home-cards.js';
import { Deposit, MAX_NEWS, NewsSection } from './news.js';
import { latestOf, readOverview } from './overview.js';
import { PortalPage } from './portal-page.js';

/** « Accueil »: what is new since the last visit, group by group, and the four ways on. */
export const homeRoute: Route = {
  act: 'home',
  method: 'GET',
  path: '/',
  access: 'member',
  async handle(visit) {
    const workspace = visit.context.storage.open(visit.session);
    const news = await workspace.news({ limit: MAX_NEWS });
    // Looked through only where there is nothing new: whoever has news has a group, and sees them instead.
    const groups = news.length > 0 ? [] : await readOverview(workspace);
    const latest = latestOf(groups);
    const words = visit.words.portal.home;
    const today = visit.format.heading(visit.context.clock.now());
    const newCount = news.reduce((sum, { files }) => sum + files.length, 0);
    return {
      kind: 'page',
      page: (
        <PortalPage visit={visit} title={visit.words.portal.navigation.home}>
          <PageHead
            title={words.hello(firstNameOf(visit.session.account.name))}
            lead={words.lead(today, newCount)}
          />
          <NewsSection visit={visit} news={news} />
          {news.length + groups.length > 0 ? <HomeCards visit={visit} /> : <NoGroups visit={visit} />}
          {latest.length > 0 ? <Latest visit={visit} files={latest} /> : null}
        </PortalPage>
      ),
    };
  },
};

function Latest({ visit, files }: { readonly visit: MemberVisit; readonly files: readonly FileEntry[] }) {
  return (
    <section>
      <h2>{visit.words.portal.home.recent}</h2>
      <ul class="news">
        {files.map((file) => (
          <li>
            <Deposit visit={visit} file={file} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function NoGroups({ visit }: { readonly visit: MemberVisit }) {
  const words = visit.words.portal.home;
  const { isAdministrator } = visit.session.account;
  return (
    <EmptyState
      icon="group"
      title={words.noGroups}
      actions={
        isAdministrator ? (
          <LinkButton look="filled" href="/administration/groupes">
            {words.toAdministration}
          </LinkButton>
        ) : undefined
      }
    >
      {isAdministrator ? words.noGroupsAdministrator : words.noGroupsText}
    </EmptyState>
  );
}
