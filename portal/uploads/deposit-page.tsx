import type { Readable } from 'node:stream';
import {
  childOf,
  type DirectoryEntry,
  type Entry,
  StorageError,
  type VirtualPath,
  type Workspace,
} from '../../storage/index.js';
import { Alert } from '../../web/components/alert.js';
import { LinkButton, SubmitButton } from '../../web/components/button.js';
import { SelectField } from '../../web/components/field.js';
import { PageHead } from '../../web/components/page-head.js';
import { Trail } from '../../web/components/trail.js';
import { HttpStatus } from '../../web/http-status.js';
import type { Answer, MemberVisit, Route } from '../../web/routes.js';
import { depositAddress, directoryAddress } from '../addresses.js';
import { pathInAddress } from '../path-in-address.js';
import { PortalPage } from '../portal-page.js';
import { type Refused, RefusedAlert, refusedBy } from '../refused.js';
import { trailTo } from '../trail-to.js';
import { readFiles } from './form-files.js';
import { openDeposit } from './open-deposit.js';
import { parseClash } from './upload-metadata.js';

const PATH = '/deposer/*path';

/** The plain form: what « Déposer » leads to where no script runs. */
export const depositPageRoutes: readonly Route[] = [
  { act: 'deposit-page', method: 'GET', path: PATH, access: 'member', handle: (visit) => show(visit, []) },
  { act: 'deposit', method: 'POST', path: PATH, access: 'member', readsForm: true, handle: deposit },
];

async function deposit(visit: MemberVisit): Promise<Answer> {
  const workspace = visit.context.storage.open(visit.session);
  const { path } = await findDirectory(workspace, visit.path);
  const refused: Refused[] = [];
  let deposited = 0;
  await readFiles(visit.request, async (name, bytes, fields) => {
    try {
      await store(workspace, { path: childOf(path, name), clash: parseClash(fields.get('clash')) }, bytes);
      deposited += 1;
    } catch (error) {
      refused.push(refusedBy(error, name, visit));
      bytes.resume();
    }
  });
  const isNothing = deposited === 0 && refused.length === 0;
  if (isNothing || refused.length > 0) return show(visit, refused, deposited, isNothing);
  const notice = { key: 'deposited', subject: String(deposited) } as const;
  return { kind: 'redirect', to: directoryAddress(path), notice };
}

/** One file of the form, which does not tell its size in advance. */
async function store(
  workspace: Workspace,
  { path, clash }: { readonly path: VirtualPath; readonly clash: ReturnType<typeof parseClash> },
  bytes: Readable,
): Promise<void> {
  const upload = await openDeposit(workspace, {
    ...{ path, clash },
    ...{ sizeBytes: undefined, modifiedAt: undefined, sha256: undefined },
  });
  try {
    let offset = 0;
    for await (const chunk of bytes as AsyncIterable<Buffer>) {
      await upload.write(chunk, offset);
      offset += chunk.length;
    }
    await upload.commit();
  } catch (error) {
    await upload.abort(error);
    throw error;
  }
}

async function findDirectory(workspace: Workspace, address: string): Promise<DirectoryEntry> {
  const entry: Entry = await workspace.stat(pathInAddress(address));
  if (entry.kind === 'directory') return entry;
  throw new StorageError('not-a-directory', 'Files are deposited in a folder.');
}

async function show(
  visit: MemberVisit,
  refused: readonly Refused[],
  deposited = 0,
  isNothing = false,
): Promise<Answer> {
  const workspace = visit.context.storage.open(visit.session);
  const directory = await findDirectory(workspace, visit.path);
  if (!(await workspace.mayDeposit(directory.path)))
    throw new StorageError('forbidden', 'Your role does not allow it.', { reason: 'role' });
  return {
    kind: 'page',
    ...((refused.length > 0 || isNothing) && { status: HttpStatus.badRequest }),
    page: <DepositPage {...{ visit, directory, refused, deposited, isNothing }} />,
  };
}

interface DepositPageProps {
  readonly visit: MemberVisit;
  readonly directory: DirectoryEntry;
  readonly refused: readonly Refused[];
  readonly deposited: number;
  readonly isNothing: boolean;
}

function DepositPage({ visit, directory, refused, deposited, isNothing }: DepositPageProps) {
  const words = visit.words.deposit.page;
  const here = depositAddress(directory.path);
  const title = words.title(directory.name);
  return (
    <PortalPage visit={visit} title={title}>
      <Trail
        label={visit.words.kit.trail}
        steps={[...trailTo(visit, directory.path), { label: visit.words.deposit.button, href: here }]}
      />
      <div class="reading">
        <PageHead title={title} lead={words.lead} />
        {deposited > 0 ? <Alert tone="good">{words.done(deposited)}</Alert> : null}
        {isNothing ? <Alert tone="bad" title={words.nothing} /> : null}
        <RefusedAlert visit={visit} title={words.refused} refused={refused} />
        <form method="post" action={here} enctype="multipart/form-data" class="form">
          <Clash visit={visit} />
          <div class="field">
            <label for="files">{words.files}</label>
            <input type="file" id="files" name="files" multiple required />
          </div>
          <div class="actions">
            <SubmitButton look="filled" icon="up">
              {words.send}
            </SubmitButton>
            <LinkButton look="text" href={directoryAddress(directory.path)}>
              {words.back}
            </LinkButton>
          </div>
        </form>
      </div>
    </PortalPage>
  );
}

/** Before the files, so that it is known when they arrive. */
function Clash({ visit }: { readonly visit: MemberVisit }) {
  const { clash, clashes } = visit.words.deposit.page;
  return (
    <SelectField
      name="clash"
      label={clash}
      value="none"
      choices={[
        { value: 'none', label: clashes.none },
        { value: 'keep-both', label: clashes.keepBoth },
        { value: 'replace', label: clashes.replace },
      ]}
    />
  );
}
