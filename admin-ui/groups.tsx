import type { GroupSummary } from '../storage/index.js';
import { LinkButton } from '../web/components/button.js';
import { type Column, DataTable } from '../web/components/data-table.js';
import { EmptyState } from '../web/components/empty-state.js';
import { Instant } from '../web/components/instant.js';
import { PageHead } from '../web/components/page-head.js';
import type { Route, Visit } from '../web/routes.js';
import { GROUPS_PATH, groupAddress, NEW_GROUP_PATH } from './addresses.js';
import { AdminPage } from './admin-page.js';
import { Used } from './used.js';

/** All groups of the house. */
export const groupsRoute: Route = {
  act: 'admin-groups',
  method: 'GET',
  path: GROUPS_PATH,
  access: 'administrator',
  async handle(visit) {
    const words = visit.words.administration.groups;
    const groups = await visit.administration.groups();
    const create = (
      <LinkButton look="filled" icon="plus" href={NEW_GROUP_PATH}>
        {words.create}
      </LinkButton>
    );
    return {
      kind: 'page',
      page: (
        <AdminPage visit={visit} title={words.title}>
          {groups.length > 0 ? (
            <>
              <PageHead title={words.title} lead={words.lead(groups.length)} actions={create} />
              <DataTable caption={words.title} columns={columnsFor(visit)} rows={groups} />
            </>
          ) : (
            <>
              <PageHead title={words.title} />
              <EmptyState icon="group" title={words.emptyTitle} actions={create}>
                {words.emptyText}
              </EmptyState>
            </>
          )}
        </AdminPage>
      ),
    };
  },
};

function columnsFor({ words, format }: Visit): readonly Column<GroupSummary>[] {
  const { groups } = words.administration;
  return [
    {
      label: groups.name,
      kind: 'main',
      cell: (group) => (
        <a class="strong" href={groupAddress(group.directory)}>
          {group.name}
        </a>
      ),
    },
    { label: groups.members, cell: (group) => groups.memberCount(group.memberCount) },
    { label: groups.used, cell: (group) => <Used words={groups} format={format} group={group} /> },
    {
      label: groups.lastDeposit,
      cell: (group) =>
        group.lastDepositAt === null ? groups.never : <Instant at={group.lastDepositAt} format={format} />,
    },
  ];
}
