import {
  type DirectoryEntry,
  type HistoryPage,
  type HistoryPerson,
  isStorageError,
  ROOT,
  type Workspace,
} from '../../storage/index.js';
import { ActivityLines } from '../../web/components/activity-lines.js';
import { Alert } from '../../web/components/alert.js';
import { LinkButton } from '../../web/components/button.js';
import { EmptyState } from '../../web/components/empty-state.js';
import { PageHead } from '../../web/components/page-head.js';
import { Pager } from '../../web/components/pager.js';
import type { Answer, MemberVisit, Route } from '../../web/routes.js';
import { HISTORY_EXPORT_PATH, HISTORY_PATH } from '../addresses.js';
import { PortalPage } from '../portal-page.js';
import { type Choice, countOf, filterOf, historyAddress, readChoice } from './choice.js';
import { historyExportRoute } from './export.js';
import { HistoryFilters, HistoryScope } from './filters.js';
import { historyLine } from './lines.js';

const ROWS_PER_PAGE = 100;
const NOTHING: HistoryPage = { rows: [], next: null, previous: null };

/** « Historique d'activité »: what was done in one's groups, and by oneself. */
export const historyRoutes: readonly Route[] = [
  { act: 'history', method: 'GET', path: HISTORY_PATH, access: 'member', handle: showHistory },
  historyExportRoute,
];

async function showHistory(visit: MemberVisit): Promise<Answer> {
  const workspace = visit.context.storage.open(visit.session);
  const choice = readChoice(visit.query);
  const found = await find(visit, workspace, choice);
  const groups = await groupsOf(workspace);
  const people = await workspace.historyPeople();
  return { kind: 'page', page: <HistoryView {...{ visit, choice, groups, people, found }} /> };
}

/** Undefined when the filter names a group or a person that one is not shown. */
async function find(
  visit: MemberVisit,
  workspace: Workspace,
  choice: Choice,
): Promise<HistoryPage | undefined> {
  const stretch = { before: idIn(visit, 'before'), after: idIn(visit, 'after'), limit: ROWS_PER_PAGE };
  try {
    return await workspace.history(filterOf(visit, choice), stretch);
  } catch (error) {
    if (isStorageError(error, 'not-found')) return undefined;
    throw error;
  }
}

function idIn(visit: MemberVisit, name: 'before' | 'after'): number | undefined {
  const text = visit.query.get(name) ?? '';
  return /^\d{1,15}$/u.test(text) ? Number(text) : undefined;
}

async function groupsOf(workspace: Workspace): Promise<DirectoryEntry[]> {
  const groups: DirectoryEntry[] = [];
  for await (const entry of workspace.list(ROOT)) if (entry.kind === 'directory') groups.push(entry);
  return groups;
}

interface HistoryViewProps {
  readonly visit: MemberVisit;
  readonly choice: Choice;
  readonly groups: readonly DirectoryEntry[];
  readonly people: readonly HistoryPerson[];
  readonly found: HistoryPage | undefined;
}

function HistoryView({ visit, choice, groups, people, found }: HistoryViewProps) {
  const { activity, history: words } = visit.words;
  const { rows, next, previous } = found ?? NOTHING;
  return (
    <PortalPage visit={visit} title={activity.title}>
      <PageHead
        title={activity.title}
        lead={choice.file === '' ? activity.lead : words.ofOneFile}
        actions={
          <LinkButton look="outline" icon="down" href={historyAddress(choice, {}, HISTORY_EXPORT_PATH)}>
            {words.export}
          </LinkButton>
        }
      />
      <HistoryScope visit={visit} choice={choice} />
      <HistoryFilters visit={visit} choice={choice} groups={groups} people={people} />
      {found === undefined ? <Alert tone="look" title={words.unknownFilter} /> : null}
      {rows.length > 0 ? (
        <ActivityLines format={visit.format} lines={rows.map((row) => historyLine(visit, row))} />
      ) : (
        <Empty visit={visit} choice={choice} isCut={next !== null} />
      )}
      {next === null && previous === null ? null : (
        <Pager
          words={visit.words.kit}
          previous={previous === null ? undefined : historyAddress(choice, { after: previous })}
          next={next === null ? undefined : historyAddress(choice, { before: next })}
        />
      )}
    </PortalPage>
  );
}

interface EmptyProps extends Pick<HistoryViewProps, 'visit' | 'choice'> {
  /** There are older lines that were not looked through. */
  readonly isCut: boolean;
}

function Empty({ visit, choice, isCut }: EmptyProps) {
  const { activity, history: words } = visit.words;
  const text = countOf(choice) > 0 ? activity.emptyText : words.emptyText;
  return (
    <EmptyState icon="clock" title={activity.emptyTitle}>
      {isCut ? words.goOn : text}
    </EmptyState>
  );
}
