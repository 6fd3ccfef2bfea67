import type { GroupSummary, MemberSummary } from '../storage/index.js';
import { LinkButton } from '../web/components/button.js';
import { EmptyState } from '../web/components/empty-state.js';
import { PageHead } from '../web/components/page-head.js';
import { Trail } from '../web/components/trail.js';
import type { AdministratorVisit, Route } from '../web/routes.js';
import { GROUPS_PATH, groupAddress } from './addresses.js';
import { AdminPage } from './admin-page.js';
import { GroupFacts } from './group-facts.js';
import { MembersTable } from './members-table.js';
import { RolesExplained } from './roles-explained.js';

/** One group: who belongs to it, with which role, and what it holds. */
export const groupRoute: Route = {
  act: 'admin-group',
  method: 'GET',
  path: `${GROUPS_PATH}/:directory`,
  access: 'administrator',
  async handle(visit) {
    const group = await visit.administration.group(visit.params.directory ?? '');
    const members = await visit.administration.members(group.directory);
    return { kind: 'page', page: <GroupPage visit={visit} group={group} members={members} /> };
  },
};

interface GroupPageProps {
  readonly visit: AdministratorVisit;
  readonly group: GroupSummary;
  readonly members: readonly MemberSummary[];
}

function GroupPage({ visit, group, members }: GroupPageProps) {
  const { groups, group: words } = visit.words.administration;
  const add = (
    <LinkButton look="filled" icon="plus" href={groupAddress(group.directory, '/ajouter')}>
      {words.add}
    </LinkButton>
  );
  const hasMembers = members.length > 0;
  return (
    <AdminPage visit={visit} title={group.name}>
      <Trail
        label={visit.words.kit.trail}
        steps={[
          { label: groups.title, href: GROUPS_PATH },
          { label: group.name, href: groupAddress(group.directory) },
        ]}
      />
      <PageHead
        title={group.name}
        lead={`${groups.memberCount(group.memberCount)} · ${groups.createdAt(visit.format.day(group.createdAt))}`}
        {...(hasMembers && { actions: add })}
      />
      <GroupFacts visit={visit} group={group} />
      <section class="panel flush">
        <h2>{words.members}</h2>
        {hasMembers ? (
          <MembersTable visit={visit} group={group} members={members} />
        ) : (
          <EmptyState icon="user" title={words.emptyTitle} actions={add}>
            {words.emptyText}
          </EmptyState>
        )}
      </section>
      <RolesExplained visit={visit} />
    </AdminPage>
  );
}
