import { type FileEntry, type LockHolder, parentOf } from '../storage/index.js';
import { Alert } from '../web/components/alert.js';
import { LinkButton } from '../web/components/button.js';
import { CopyCode } from '../web/components/copy-code.js';
import { Fil } from '../web/components/fil.js';
import { FileTile } from '../web/components/file-tile.js';
import { Icon } from '../web/components/icon.js';
import { Instant } from '../web/components/instant.js';
import { Trail } from '../web/components/trail.js';
import type { Answer, MemberVisit, Route } from '../web/routes.js';
import { FRAMING_POLICY } from '../web/security-headers.js';
import { directoryAddress, downloadAddress, entryAddress, fileAddress } from './addresses.js';
import { fileKind } from './file-kind.js';
import { heldBy } from './held-by.js';
import { historyAddress } from './history/choice.js';
import { PortalPage } from './portal-page.js';
import { findPreview, needsFrame, Preview, type PreviewState } from './preview/panel.js';
import { trailTo } from './trail-to.js';

/** A file's own page: what the links of mails lead to. */
export const fileRoute: Route = {
  act: 'file',
  method: 'GET',
  path: '/fichiers/:id',
  access: 'member',
  async handle(visit): Promise<Answer> {
    const workspace = visit.context.storage.open(visit.session);
    const entry = await workspace.find(visit.params.id ?? '');
    if (entry.kind === 'directory') return { kind: 'redirect', to: directoryAddress(entry.path) };
    const [preview, [holder]] = await Promise.all([
      findPreview(visit, entry),
      workspace.lockHolders(entry.path),
    ]);
    return {
      kind: 'page',
      page: <FilePage {...{ visit, preview, holder }} file={entry} />,
      ...(needsFrame(preview) && { headers: { 'Content-Security-Policy': FRAMING_POLICY } }),
    };
  },
};

interface FilePageProps {
  readonly visit: MemberVisit;
  readonly file: FileEntry;
}

function FilePage({
  visit,
  file,
  preview,
  holder,
}: FilePageProps & { readonly preview: PreviewState; readonly holder: LockHolder | undefined }) {
  const words = visit.words.portal.file;
  return (
    <PortalPage visit={visit} title={file.name} islands={['copy']}>
      <Trail
        label={visit.words.kit.trail}
        steps={[...trailTo(visit, parentOf(file.path)), { label: file.name, href: fileAddress(file.id) }]}
      />
      <div class="reading">
        <FileHead visit={visit} file={file} />
        {holder === undefined ? null : (
          <Alert tone="note" icon="lock" title={heldBy(visit, holder)} isNews={false}>
            {holder.isOneself ? words.heldByYou : words.held}
          </Alert>
        )}
        <div class="actions">
          <LinkButton look="filled" size="big" icon="down" href={downloadAddress(file.id)}>
            {words.download(visit.format.size(file.sizeBytes))}
          </LinkButton>
          <LinkButton look="text" icon="dots" href={entryAddress(file.id)}>
            {visit.words.entryActs.otherActs}
          </LinkButton>
          <LinkButton look="text" icon="folder" href={directoryAddress(parentOf(file.path))}>
            {words.seeFolder}
          </LinkButton>
          <LinkButton look="text" icon="clock" href={historyAddress({ file: file.id })}>
            {visit.words.history.ofFile}
          </LinkButton>
        </div>
        <Preview visit={visit} file={file} preview={preview} />
        <Journey visit={visit} file={file} />
        <Fingerprint visit={visit} file={file} />
      </div>
    </PortalPage>
  );
}

function FileHead({ visit, file }: FilePageProps) {
  const words = visit.words.portal.file;
  const { depositor } = file;
  const house = depositor.side === 'house' && depositor.name !== visit.houseName ? visit.houseName : '';
  return (
    <header class="file-head">
      <FileTile name={file.name} kind="file" />
      <div>
        <p class="meta">
          {visit.format.size(file.sizeBytes)} · {words.kinds[fileKind(file.name)]}
        </p>
        <h1>{file.name}</h1>
        <p class="lead">
          {isOwn(visit, file) ? (
            words.depositedByYou
          ) : (
            <>
              {words.depositedBy} <b>{depositor.name}</b>
              {house === '' ? null : `, ${house}`}
            </>
          )}
          , <Instant at={file.depositedAt} format={visit.format} />
        </p>
      </div>
    </header>
  );
}

function Journey({ visit, file }: FilePageProps) {
  const words = visit.words.portal.file;
  return (
    <section class="panel">
      <h2>{words.journey}</h2>
      <Fil
        steps={[
          {
            title: visit.words.kit.fil.deposited,
            text: <Instant at={file.depositedAt} format={visit.format} />,
            state: 'done',
          },
          { title: words.verified, text: words.verifiedText, state: 'done' },
          {
            title: words.toHandOver,
            text: isOwn(visit, file) ? words.toHandOverOthers : words.toHandOverYou,
            state: 'now',
          },
          { title: words.erased, text: words.erasedText, state: 'later' },
        ]}
      />
    </section>
  );
}

function Fingerprint({ visit, file }: FilePageProps) {
  const words = visit.words.portal.file;
  const text = isOwn(visit, file) ? words.fingerprintYou : words.fingerprintText(file.depositor.name);
  return (
    <section class="panel fingerprint">
      <span class="sign">
        <Icon name="shield" />
      </span>
      <div>
        <h2>{words.fingerprint}</h2>
        <p>{text}</p>
        <CopyCode text={file.sha256} label={words.copyFingerprint} words={visit.words.kit} />
      </div>
    </section>
  );
}

function isOwn(visit: MemberVisit, file: FileEntry): boolean {
  return file.depositor.id === visit.session.account.id;
}
