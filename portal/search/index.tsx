import {
  type Entry,
  type Findings,
  isStorageError,
  parentOf,
  parsePath,
  type VirtualPath,
} from '../../storage/index.js';
import { Alert } from '../../web/components/alert.js';
import { DataTable } from '../../web/components/data-table.js';
import { EmptyState } from '../../web/components/empty-state.js';
import { Instant } from '../../web/components/instant.js';
import { PageHead } from '../../web/components/page-head.js';
import { Trail } from '../../web/components/trail.js';
import { HttpStatus } from '../../web/http-status.js';
import type { Answer, MemberVisit, Route } from '../../web/routes.js';
import { directoryAddress, fileAddress, SEARCH_PATH } from '../addresses.js';
import { PortalPage } from '../portal-page.js';
import { trailTo } from '../trail-to.js';
import { SearchForm } from './form.js';
import { highlight } from './highlight.js';

/** Files and folders of a group by a part of their names (`?dans=` the group, `q=` what is looked for). */
export const searchRoute: Route = {
  act: 'search',
  method: 'GET',
  path: SEARCH_PATH,
  access: 'member',
  handle: show,
};

async function show(visit: MemberVisit): Promise<Answer> {
  const workspace = visit.context.storage.open(visit.session);
  const { path } = await workspace.stat(parsePath(visit.query.get('dans') ?? '/'));
  const text = visit.query.get('q') ?? '';
  try {
    const findings = await workspace.search(path, text);
    return { kind: 'page', page: <SearchPage {...{ visit, path, text, findings }} /> };
  } catch (error) {
    if (!isStorageError(error, 'invalid-input')) throw error;
    const status = HttpStatus.badRequest;
    return { kind: 'page', status, page: <SearchPage {...{ visit, path, text }} /> };
  }
}

interface SearchPageProps {
  readonly visit: MemberVisit;
  readonly path: VirtualPath;
  readonly text: string;
  /** Absent where the text cannot be looked for. */
  readonly findings?: Findings;
}

function SearchPage({ visit, path, text, findings }: SearchPageProps) {
  const words = visit.words.search;
  const [group = ''] = path.segments;
  const count = findings?.entries.length ?? 0;
  const title = words.title(text.trim(), group);
  return (
    <PortalPage visit={visit} title={title}>
      <Trail
        label={visit.words.kit.trail}
        steps={[...trailTo(visit, path), { label: words.short, href: SEARCH_PATH }]}
      />
      <PageHead title={title} lead={findings && words.found(count, findings.isCut)} />
      <SearchForm visit={visit} path={path} text={text} />
      {findings === undefined ? <Alert tone="bad" title={words.bad} /> : null}
      {findings !== undefined && count === 0 ? (
        <EmptyState icon="search" title={words.nothing}>
          {words.nothingText}
        </EmptyState>
      ) : null}
      {count > 0 ? <Found visit={visit} text={text} entries={findings?.entries ?? []} /> : null}
    </PortalPage>
  );
}

function Found({
  visit,
  text,
  entries,
}: {
  readonly visit: MemberVisit;
  readonly text: string;
  readonly entries: readonly Entry[];
}) {
  const { group } = visit.words.portal;
  return (
    <DataTable
      caption={visit.words.search.short}
      rows={entries}
      columns={[
        { label: group.name, kind: 'main', cell: (entry) => <Name entry={entry} text={text} /> },
        {
          label: visit.words.search.place,
          cell: ({ path }) => (
            <a href={directoryAddress(parentOf(path))}>{path.segments.slice(0, -1).join(' / ')}</a>
          ),
        },
        {
          label: group.deposited,
          cell: (entry) => (
            <Instant
              at={entry.kind === 'file' ? entry.depositedAt : entry.modifiedAt}
              format={visit.format}
            />
          ),
        },
        {
          label: group.size,
          kind: 'figure',
          cell: (entry) => (entry.kind === 'file' ? visit.format.size(entry.sizeBytes) : group.folder),
        },
      ]}
    />
  );
}

function Name({ entry, text }: { readonly entry: Entry; readonly text: string }) {
  const [before, part, after] = highlight(entry.name, text);
  return (
    <a href={entry.kind === 'file' ? fileAddress(entry.id) : directoryAddress(entry.path)}>
      {before}
      {part === '' ? null : <mark>{part}</mark>}
      {after}
    </a>
  );
}
