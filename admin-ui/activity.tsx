import {
  type ActivityAction,
  type ActivityFilter,
  type ActivityRow,
  type GroupSummary,
  isStorageError,
} from '../storage/index.js';
import { ActivityLines } from '../web/components/activity-lines.js';
import { Alert } from '../web/components/alert.js';
import { EmptyState } from '../web/components/empty-state.js';
import { PageHead } from '../web/components/page-head.js';
import { Pager } from '../web/components/pager.js';
import type { Fields } from '../web/forms.js';
import type { AdministratorVisit, Answer, Route } from '../web/routes.js';
import { ActivityFilters } from './activity-filters.js';
import { activityLine } from './activity-lines.js';
import { ACTIVITY_PATH } from './addresses.js';
import { AdminPage } from './admin-page.js';

const ROWS_PER_PAGE = 50;

/** The history of everything, newest first. */
export const activityRoute: Route = {
  act: 'admin-activity',
  method: 'GET',
  path: ACTIVITY_PATH,
  access: 'administrator',
  handle: showActivity,
};

/** As the address asks for it; an empty text filters nothing. */
export interface ChosenFilters {
  readonly group: string;
  readonly account: string;
  readonly action: string;
}

async function showActivity(visit: AdministratorVisit): Promise<Answer> {
  const chosen = readFilters(visit.query);
  const filter = toActivityFilter(visit, chosen);
  const [groups, found] = await Promise.all([visit.administration.groups(), find(visit, filter)]);
  const rows = found?.slice(0, ROWS_PER_PAGE) ?? [];
  return {
    kind: 'page',
    page: (
      <ActivityPage
        visit={visit}
        chosen={chosen}
        groups={groups}
        rows={rows}
        isUnknown={found === undefined}
        hasMore={found !== undefined && found.length > ROWS_PER_PAGE}
      />
    ),
  };
}

function readFilters(query: Fields): ChosenFilters {
  const text = (name: string) => (query.get(name) ?? '').trim();
  return { group: text('group'), account: text('account'), action: text('action') };
}

function toActivityFilter(visit: AdministratorVisit, chosen: ChosenFilters): ActivityFilter {
  const before = visit.query.get('before');
  const action = chosen.action;
  return {
    ...(chosen.group !== '' && { group: chosen.group }),
    ...(chosen.account !== '' && { account: chosen.account }),
    ...(isAction(visit, action) && { action }),
    ...(before !== undefined && /^\d{1,15}$/u.test(before) && { before: Number(before) }),
    isFolded: true,
    // One more than is shown tells whether there is another page.
    limit: ROWS_PER_PAGE + 1,
    order: 'desc',
  };
}

function isAction(visit: AdministratorVisit, text: string): text is ActivityAction {
  return Object.hasOwn(visit.words.activity.acts, text);
}

/** Undefined when the filter names a group or an account that does not exist. */
async function find(visit: AdministratorVisit, filter: ActivityFilter): Promise<ActivityRow[] | undefined> {
  try {
    return await visit.administration.activity(filter);
  } catch (error) {
    if (isStorageError(error, 'not-found')) return undefined;
    throw error;
  }
}

interface ActivityPageProps {
  readonly visit: AdministratorVisit;
  readonly chosen: ChosenFilters;
  readonly groups: readonly GroupSummary[];
  readonly rows: readonly ActivityRow[];
  readonly isUnknown: boolean;
  readonly hasMore: boolean;
}

function ActivityPage({ visit, chosen, groups, rows, isUnknown, hasMore }: ActivityPageProps) {
  const words = visit.words.activity;
  const last = rows.at(-1);
  const isFirstPage = !visit.query.has('before');
  return (
    <AdminPage visit={visit} title={words.title}>
      <PageHead title={words.title} lead={words.lead} />
      <ActivityFilters visit={visit} chosen={chosen} groups={groups} />
      {isUnknown ? <Alert tone="look" title={words.unknownFilter} /> : null}
      {rows.length > 0 ? (
        <ActivityLines format={visit.format} lines={rows.map((row) => activityLine(visit, row))} />
      ) : (
        <EmptyState icon="clock" title={words.emptyTitle}>
          {words.emptyText}
        </EmptyState>
      )}
      {isFirstPage && !hasMore ? null : (
        <Pager
          words={visit.words.kit}
          previous={isFirstPage ? undefined : address(chosen)}
          previousLabel={words.newest}
          next={hasMore && last ? address(chosen, last.id) : undefined}
          nextLabel={words.older}
        />
      )}
    </AdminPage>
  );
}

function address(chosen: ChosenFilters, before?: number): string {
  const query = new URLSearchParams(Object.entries(chosen).filter(([, value]) => value !== ''));
  if (before !== undefined) query.set('before', String(before));
  return query.size > 0 ? `${ACTIVITY_PATH}?${query}` : ACTIVITY_PATH;
}
