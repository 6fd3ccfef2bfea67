import type { FileEntry } from '../storage/index.js';
import { Avatar, firstNameOf } from '../web/components/avatar.js';
import { LinkButton } from '../web/components/button.js';
import { EmptyState } from '../web/components/empty-state.js';
import { Instant } from '../web/components/instant.js';
import { PageHead } from '../web/components/page-head.js';
import type { MemberVisit, Route } from '../web/routes.js';
import { fileAddress } from './addresses.js';
import { GroupCards } from './group-cards.js';
import { latestOf, readOverview } from './overview.js';
import { PortalPage } from './portal-page.js';

/** « Accueil »: what arrived lately, and one's groups. */
export const homeRoute: Route = {
  act: 'home',
  method: 'GET',
  path: '/',
  access: 'member',
  async handle(visit) {
    const groups = await readOverview(visit.context.storage.open(visit.session));
    const latest = latestOf(groups);
    const words = visit.words.portal.home;
    const today = visit.format.heading(visit.context.clock.now());
    return {
      kind: 'page',
      page: (
        <PortalPage visit={visit} title={visit.words.portal.navigation.home}>
          <PageHead
            title={words.hello(firstNameOf(visit.session.account.name))}
            lead={words.lead(today, latest.length)}
          />
          {latest.length > 0 ? <Latest visit={visit} files={latest} /> : null}
          {groups.length > 0 ? (
            <section>
              <h2>{words.groups}</h2>
              <GroupCards visit={visit} groups={groups} />
            </section>
          ) : (
            <NoGroups visit={visit} />
          )}
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

/** « Claire Moreau a déposé présences.xlsx » and where, when, how large. */
function Deposit({ visit, file }: { readonly visit: MemberVisit; readonly file: FileEntry }) {
  const words = visit.words.portal.home;
  const isOwn = file.depositor.id === visit.session.account.id;
  return (
    <>
      <Avatar name={file.depositor.name} side={file.depositor.side} />
      <div class="news-words">
        <p>
          <b>{isOwn ? words.you : file.depositor.name}</b> {isOwn ? words.youDeposited : words.deposited}{' '}
          <a href={fileAddress(file.id)}>{file.name}</a>
        </p>
        <p class="meta">
          {file.path.segments[0]} · {visit.format.size(file.sizeBytes)} ·{' '}
          <Instant at={file.depositedAt} format={visit.format} />
        </p>
      </div>
      <LinkButton look="outline" href={fileAddress(file.id)} label={words.seeFile(file.name)}>
        {words.see}
      </LinkButton>
    </>
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
