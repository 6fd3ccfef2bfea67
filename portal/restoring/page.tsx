import { type Deletion, formatPath, parentOf, type VirtualPath } from '../../storage/index.js';
import { SubmitButton } from '../../web/components/button.js';
import { DataTable } from '../../web/components/data-table.js';
import { EmptyState } from '../../web/components/empty-state.js';
import { FileTile } from '../../web/components/file-tile.js';
import { Instant } from '../../web/components/instant.js';
import { PageHead } from '../../web/components/page-head.js';
import { Trail } from '../../web/components/trail.js';
import { HttpStatus } from '../../web/http-status.js';
import type { Answer, MemberVisit, Route } from '../../web/routes.js';
import { deletionsAddress, restoreAddress } from '../addresses.js';
import { pathInAddress } from '../path-in-address.js';
import { PortalPage } from '../portal-page.js';
import { type Refused, RefusedAlert } from '../refused.js';
import { trailTo } from '../trail-to.js';

/** « Supprimés récemment », of the group a path lies in. */
export const deletionsRoute: Route = {
  act: 'deletions',
  method: 'GET',
  path: '/supprimes/*path',
  access: 'member',
  handle: (visit) => deletionsPage(visit, pathInAddress(visit.path)),
};

/** The same with what could not be restored, and why. */
export async function deletionsPage(
  visit: MemberVisit,
  path: VirtualPath,
  refused: readonly Refused[] = [],
): Promise<Answer> {
  const group = { segments: path.segments.slice(0, 1) };
  const deletions = await visit.context.storage.open(visit.session).deletions(group);
  return {
    kind: 'page',
    ...(refused.length > 0 && { status: HttpStatus.conflict }),
    page: <DeletionsPage {...{ visit, group, deletions, refused }} />,
  };
}

interface DeletionsPageProps {
  readonly visit: MemberVisit;
  readonly group: VirtualPath;
  readonly deletions: readonly Deletion[];
  readonly refused: readonly Refused[];
}

function DeletionsPage({ visit, group, deletions, refused }: DeletionsPageProps) {
  const words = visit.words.restoring;
  const address = deletionsAddress(group);
  return (
    <PortalPage visit={visit} title={words.short}>
      <Trail
        label={visit.words.kit.trail}
        steps={[...trailTo(visit, group), { label: words.short, href: address }]}
      />
      <PageHead title={words.title(group.segments[0] ?? '')} lead={words.lead} />
      {refused.length > 0 ? (
        <RefusedAlert visit={visit} title={words.refused(refused.length)} refused={refused} />
      ) : null}
      {deletions.length === 0 ? (
        <EmptyState icon="trash" title={words.nothing}>
          {words.nothingText}
        </EmptyState>
      ) : (
        <form method="post" action={address}>
          <input type="hidden" name="group" value={formatPath(group)} />
          <Deletions visit={visit} deletions={deletions} />
          <div class="actions">
            <SubmitButton look="filled" icon="retry">
              {words.submit}
            </SubmitButton>
          </div>
        </form>
      )}
    </PortalPage>
  );
}

function Deletions({ visit, deletions }: Pick<DeletionsPageProps, 'visit' | 'deletions'>) {
  const words = visit.words.restoring;
  const { group } = visit.words.portal;
  return (
    <DataTable
      caption={words.short}
      rows={deletions}
      columns={[
        { label: group.name, kind: 'main', cell: (one) => <Name visit={visit} deletion={one} /> },
        { label: words.place, cell: ({ entry }) => parentOf(entry.path).segments.join(' / ') },
        { label: words.by, cell: (one) => <Deleted visit={visit} deletion={one} /> },
        {
          label: words.until,
          cell: ({ restorableUntil }) => <Instant at={restorableUntil} format={visit.format} />,
        },
        {
          label: words.restore,
          kind: 'acts',
          cell: ({ entry }) => (
            <SubmitButton
              look="outline"
              size="small"
              action={restoreAddress(entry.id)}
              label={words.restoreOne(entry.name)}
            >
              {words.restore}
            </SubmitButton>
          ),
        },
      ]}
    />
  );
}

function Name({ visit, deletion }: { readonly visit: MemberVisit; readonly deletion: Deletion }) {
  const { entry } = deletion;
  return (
    <label class="deleted">
      <input type="checkbox" name="element" value={entry.id} />
      <FileTile name={entry.name} kind={entry.kind} />
      <span>
        <b>{entry.name}</b>
        <span class="meta">
          {entry.kind === 'file' ? visit.format.size(entry.sizeBytes) : visit.words.restoring.folder}
        </span>
      </span>
    </label>
  );
}

function Deleted({ visit, deletion }: { readonly visit: MemberVisit; readonly deletion: Deletion }) {
  const { deletedBy, deletedAt } = deletion;
  const who = deletedBy?.isOneself ? visit.words.portal.home.you : deletedBy?.name;
  return (
    <span>
      {who} <Instant at={deletedAt} format={visit.format} />
    </span>
  );
}
