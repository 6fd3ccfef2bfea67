import { lastSegment, type PendingUpload, parentOf } from '../../storage/index.js';
import { Alert } from '../../web/components/alert.js';
import { LinkButton, SubmitButton } from '../../web/components/button.js';
import { DataTable } from '../../web/components/data-table.js';
import { EmptyState } from '../../web/components/empty-state.js';
import { Instant } from '../../web/components/instant.js';
import { PageHead } from '../../web/components/page-head.js';
import type { Answer, MemberVisit, Route } from '../../web/routes.js';
import { directoryAddress, PENDING_PATH } from '../addresses.js';
import { PortalPage } from '../portal-page.js';

/** « Dépôts en cours »: what one has begun to send, by any door, and what of it waits to be gone on with. */
export const pendingRoutes: readonly Route[] = [
  { act: 'pending', method: 'GET', path: PENDING_PATH, access: 'member', handle: showPending },
  {
    act: 'pending-discard',
    method: 'POST',
    path: `${PENDING_PATH}/:id/abandonner`,
    access: 'member',
    handle: discard,
  },
];

async function showPending(visit: MemberVisit): Promise<Answer> {
  const uploads = await visit.context.storage.open(visit.session).uploads();
  return { kind: 'page', page: <PendingPage visit={visit} uploads={uploads} /> };
}

async function discard(visit: MemberVisit): Promise<Answer> {
  const workspace = visit.context.storage.open(visit.session);
  const id = visit.params.id ?? '';
  const upload = (await workspace.uploads({ state: 'parked' })).find((one) => one.id === id);
  await workspace.discard(id);
  const subject = upload ? lastSegment(upload.path) : '';
  return { kind: 'redirect', to: PENDING_PATH, notice: { key: 'upload-discarded', subject } };
}

interface PendingProps {
  readonly visit: MemberVisit;
  readonly uploads: readonly PendingUpload[];
}

function PendingPage({ visit, uploads }: PendingProps) {
  const words = visit.words.deposit.pending;
  const hasParked = uploads.some(({ state, door }) => state === 'parked' && door === 'web');
  return (
    <PortalPage visit={visit} title={words.title}>
      <PageHead title={words.title} lead={words.lead(uploads.length)} />
      {hasParked ? (
        <Alert tone="note" title={words.howTitle} isNews={false}>
          {words.how}
        </Alert>
      ) : null}
      {uploads.length > 0 ? (
        <PendingTable visit={visit} uploads={uploads} />
      ) : (
        <EmptyState
          icon="up"
          title={words.emptyTitle}
          actions={
            <LinkButton look="outline" href="/groupes">
              {words.toGroups}
            </LinkButton>
          }
        >
          {words.emptyText}
        </EmptyState>
      )}
    </PortalPage>
  );
}

function PendingTable({ visit, uploads }: PendingProps) {
  const words = visit.words.deposit.pending;
  return (
    <DataTable
      caption={words.title}
      rows={uploads}
      columns={[
        { label: words.file, kind: 'main', cell: (upload) => <Name visit={visit} upload={upload} /> },
        { label: words.progress, cell: (upload) => <Progress visit={visit} upload={upload} /> },
        {
          label: words.since,
          cell: ({ startedAt }) => <Instant at={startedAt} format={visit.format} />,
        },
        { label: words.acts, kind: 'acts', cell: (upload) => <Discard visit={visit} upload={upload} /> },
      ]}
    />
  );
}

interface RowProps {
  readonly visit: MemberVisit;
  readonly upload: PendingUpload;
}

function Name({ visit, upload }: RowProps) {
  const directory = parentOf(upload.path);
  return (
    <span class="stack">
      <b>{lastSegment(upload.path)}</b>
      <span class="meta">
        <a href={directoryAddress(directory)}>{directory.segments.join(' › ')}</a> ·{' '}
        {visit.words.activity.doors[upload.door]}
      </span>
    </span>
  );
}

function Progress({ visit, upload }: RowProps) {
  const words = visit.words.deposit.pending;
  const { receivedBytes, declaredSizeBytes } = upload;
  const received = visit.format.size(receivedBytes);
  return (
    <span class="stack">
      {declaredSizeBytes === null ? (
        <span>{received}</span>
      ) : (
        <>
          <span>{words.of(received, visit.format.size(declaredSizeBytes))}</span>
          <progress max={declaredSizeBytes} value={receivedBytes} aria-label={lastSegment(upload.path)} />
        </>
      )}
      <span class="meta">{stateOf({ visit, upload })}</span>
    </span>
  );
}

function stateOf({ visit, upload }: RowProps): string {
  const words = visit.words.deposit.pending;
  if (upload.state === 'open' || upload.expiresAt === null) return words.underWay;
  return upload.isResumable ? words.parked(visit.format.instant(upload.expiresAt)) : words.stale;
}

function Discard({ visit, upload }: RowProps) {
  if (upload.state === 'open') return null;
  const words = visit.words.deposit.pending;
  return (
    <form method="post" action={`${PENDING_PATH}/${encodeURIComponent(upload.id)}/abandonner`}>
      <SubmitButton look="text" icon="trash" label={words.discardOne(lastSegment(upload.path))}>
        {words.discard}
      </SubmitButton>
    </form>
  );
}
