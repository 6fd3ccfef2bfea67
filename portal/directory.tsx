import {
  type DirectoryEntry,
  type EntryPage,
  formatPath,
  type LockHolder,
  type News,
  type Usage,
} from '../storage/index.js';
import { LinkButton } from '../web/components/button.js';
import { EmptyState } from '../web/components/empty-state.js';
import { PageHead } from '../web/components/page-head.js';
import { Pager } from '../web/components/pager.js';
import { Trail } from '../web/components/trail.js';
import type { Answer, MemberVisit, Route } from '../web/routes.js';
import { DRIVE_PATH, deletionsAddress, directoryAddress, fileAddress } from './addresses.js';
import { EntryTable } from './entry-table.js';
import { historyAddress } from './history/choice.js';
import { countNews, MAX_NEWS, NewsButton } from './news.js';
import { pathInAddress } from './path-in-address.js';
import { PortalPage } from './portal-page.js';
import { SearchForm } from './search/form.js';
import { SelectionBar } from './selection/bar.js';
import { readSorting, type Sorting, sortingCookie } from './sorting.js';
import { trailTo } from './trail-to.js';
import { DepositButton, DepositPlace } from './uploads/deposit-button.js';

const ROWS_PER_PAGE = 500;

/** A group or a folder in it: what lies there, by whom, since when. */
export const directoryRoute: Route = {
  act: 'directory',
  method: 'GET',
  path: '/groupes/*path',
  access: 'member',
  handle: showDirectory,
};

async function showDirectory(visit: MemberVisit): Promise<Answer> {
  const workspace = visit.context.storage.open(visit.session);
  const entry = await workspace.stat(pathInAddress(visit.path));
  if (entry.kind === 'file') return { kind: 'redirect', to: fileAddress(entry.id) };
  const sorting = readSorting(visit);
  const number = parsePageNumber(visit.query.get('page'));
  const [page, usage, mayDeposit, news, holders] = await Promise.all([
    workspace.page(entry.path, {
      ...sorting,
      offset: (number - 1) * ROWS_PER_PAGE,
      limit: ROWS_PER_PAGE,
    }),
    workspace.usage(entry.path),
    workspace.mayDeposit(entry.path),
    workspace.news({ path: entry.path, limit: MAX_NEWS, isVisit: true }),
    workspace.lockHolders(entry.path),
  ]);
  return {
    kind: 'page',
    cookies: sortingCookie(visit, sorting),
    page: (
      <DirectoryPage
        {...{ visit, usage, mayDeposit, sorting, news, holders }}
        listing={{ ...page, number }}
        directory={entry}
      />
    ),
  };
}

function parsePageNumber(text: string | undefined): number {
  return text !== undefined && /^[1-9]\d{0,5}$/u.test(text) ? Number(text) : 1;
}

/** One page, by its number from 1. */
interface Listing extends EntryPage {
  readonly number: number;
}

interface DirectoryPageProps {
  readonly visit: MemberVisit;
  readonly directory: DirectoryEntry;
  readonly listing: Listing;
  readonly usage: Usage;
  readonly mayDeposit: boolean;
  readonly sorting: Sorting;
  /** Of this group. */
  readonly news: readonly News[];
  readonly holders: readonly LockHolder[];
}

function DirectoryPage(props: DirectoryPageProps) {
  const { visit, directory, listing, usage, mayDeposit, sorting, news, holders } = props;
  const words = visit.words.portal.group;
  const newsOf = countNews(news);
  const holderOf = new Map(holders.map((holder) => [holder.entryId, holder]));
  return (
    <PortalPage visit={visit} title={directory.name} islands={[mayDeposit ? 'deposit' : 'selection']}>
      <Trail label={visit.words.kit.trail} steps={trailTo(visit, directory.path)} />
      <PageHead
        title={directory.name}
        lead={<Lead visit={visit} listing={listing} usage={usage} />}
        actions={
          <>
            <LinkButton look="text" icon="drive" href={DRIVE_PATH}>
              {visit.words.drive.openFromGroup}
            </LinkButton>
            {directory.path.segments.length === 1 ? (
              <>
                <LinkButton look="text" icon="clock" href={historyAddress({ group: directory.id })}>
                  {visit.words.history.short}
                </LinkButton>
                {mayDeposit ? (
                  <LinkButton look="text" icon="trash" href={deletionsAddress(directory.path)}>
                    {visit.words.restoring.short}
                  </LinkButton>
                ) : null}
              </>
            ) : null}
            {news.map((one) => (
              <NewsButton
                visit={visit}
                groupEntryId={one.groupEntryId}
                files={one.files}
                group={one.directory}
              />
            ))}
            {mayDeposit ? <DepositButton visit={visit} directory={directory} /> : null}
          </>
        }
      />
      {listing.entries.length > 0 || directory.path.segments.length > 1 ? (
        <SearchForm visit={visit} path={directory.path} />
      ) : null}
      {listing.entries.length > 0 ? (
        <form method="post" action="/selection/telecharger" autocomplete="off">
          <input type="hidden" name="from" value={formatPath(directory.path)} />
          <EntryTable
            {...{ visit, mayDeposit, sorting, newsOf, holderOf }}
            entries={listing.entries}
            caption={directory.name}
          />
          <SelectionBar visit={visit} mayDeposit={mayDeposit} />
        </form>
      ) : (
        <EmptyState icon="down" title={words.emptyTitle}>
          {words.emptyText}
        </EmptyState>
      )}
      <Directions visit={visit} directory={directory} listing={listing} />
      {mayDeposit ? <DepositPlace visit={visit} directory={directory} /> : null}
    </PortalPage>
  );
}

function Lead({ visit, listing, usage }: Pick<DirectoryPageProps, 'visit' | 'listing' | 'usage'>) {
  const words = visit.words.portal.group;
  const { fileCount: files, directoryCount: folders } = listing;
  const facts = [
    folders > 0 ? words.folders(folders) : undefined,
    files > 0 || folders === 0 ? words.files(files) : undefined,
    usage.quotaBytes === null
      ? undefined
      : words.used(visit.format.size(usage.usedBytes), visit.format.size(usage.quotaBytes)),
  ];
  return <>{facts.filter(Boolean).join(' · ')}</>;
}

function Directions({
  visit,
  directory,
  listing,
}: Pick<DirectoryPageProps, 'visit' | 'directory' | 'listing'>) {
  const { number, entries, fileCount, directoryCount } = listing;
  const count = fileCount + directoryCount;
  const from = (number - 1) * ROWS_PER_PAGE + 1;
  const to = from + entries.length - 1;
  if (number === 1 && to >= count) return null;
  const address = directoryAddress(directory.path);
  return (
    <Pager
      words={visit.words.kit}
      status={visit.words.portal.group.range(from, to, visit.format.count(count))}
      previous={number > 1 ? `${address}?page=${number - 1}` : undefined}
      next={to >= count ? undefined : `${address}?page=${number + 1}`}
    />
  );
}
