import type { DirectoryEntry, Entry, Usage, VirtualPath, Workspace } from '../storage/index.js';
import { LinkButton } from '../web/components/button.js';
import { EmptyState } from '../web/components/empty-state.js';
import { PageHead } from '../web/components/page-head.js';
import { Pager } from '../web/components/pager.js';
import { Trail } from '../web/components/trail.js';
import type { Answer, MemberVisit, Route } from '../web/routes.js';
import { DRIVE_PATH, directoryAddress, fileAddress } from './addresses.js';
import { EntryTable } from './entry-table.js';
import { pathInAddress } from './path-in-address.js';
import { PortalPage } from './portal-page.js';
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
  const pageNumber = parsePageNumber(visit.query.get('page'));
  const [listing, usage, mayDeposit] = await Promise.all([
    readPage(workspace, entry.path, pageNumber),
    workspace.usage(entry.path),
    workspace.mayDeposit(entry.path),
  ]);
  return {
    kind: 'page',
    page: <DirectoryPage {...{ visit, listing, usage, mayDeposit }} directory={entry} />,
  };
}

function parsePageNumber(text: string | undefined): number {
  return text !== undefined && /^[1-9]\d{0,5}$/u.test(text) ? Number(text) : 1;
}

interface Listing {
  readonly entries: readonly Entry[];
  readonly number: number;
  readonly isLast: boolean;
}

async function readPage(workspace: Workspace, path: VirtualPath, number: number): Promise<Listing> {
  const start = (number - 1) * ROWS_PER_PAGE;
  const entries: Entry[] = [];
  let index = 0;
  for await (const entry of workspace.list(path)) {
    if (index >= start) entries.push(entry);
    index += 1;
    if (entries.length > ROWS_PER_PAGE) break;
  }
  const isLast = entries.length <= ROWS_PER_PAGE;
  // Folders lead where one page shows everything; over several pages the order of names stays whole.
  if (number === 1 && isLast) return { entries: foldersFirst(entries), number, isLast };
  return { entries: entries.slice(0, ROWS_PER_PAGE), number, isLast };
}

function foldersFirst(entries: readonly Entry[]): Entry[] {
  return [
    ...entries.filter((entry) => entry.kind === 'directory'),
    ...entries.filter((entry) => entry.kind === 'file'),
  ];
}

interface DirectoryPageProps {
  readonly visit: MemberVisit;
  readonly directory: DirectoryEntry;
  readonly listing: Listing;
  readonly usage: Usage;
  readonly mayDeposit: boolean;
}

function DirectoryPage({ visit, directory, listing, usage, mayDeposit }: DirectoryPageProps) {
  const words = visit.words.portal.group;
  return (
    <PortalPage visit={visit} title={directory.name} islands={mayDeposit ? ['deposit'] : []}>
      <Trail label={visit.words.kit.trail} steps={trailTo(visit, directory.path)} />
      <PageHead
        title={directory.name}
        lead={<Lead visit={visit} listing={listing} usage={usage} />}
        actions={
          <>
            <LinkButton look="text" icon="drive" href={DRIVE_PATH}>
              {visit.words.drive.openFromGroup}
            </LinkButton>
            {mayDeposit ? <DepositButton visit={visit} directory={directory} /> : null}
          </>
        }
      />
      {listing.entries.length > 0 ? (
        <EntryTable
          visit={visit}
          entries={listing.entries}
          caption={directory.name}
          mayDeposit={mayDeposit}
        />
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
  const files = listing.entries.filter((entry) => entry.kind === 'file').length;
  const folders = listing.entries.length - files;
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
  const { number, isLast, entries } = listing;
  if (number === 1 && isLast) return null;
  const address = directoryAddress(directory.path);
  const from = (number - 1) * ROWS_PER_PAGE + 1;
  return (
    <Pager
      words={visit.words.kit}
      status={visit.words.portal.group.range(from, from + entries.length - 1, isLast)}
      previous={number > 1 ? `${address}?page=${number - 1}` : undefined}
      next={isLast ? undefined : `${address}?page=${number + 1}`}
    />
  );
}
