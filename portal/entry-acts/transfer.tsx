import {
  type DirectoryEntry,
  type Entry,
  formatPath,
  parentOf,
  parsePath,
  ROOT,
  StorageError,
  type VirtualPath,
  type Workspace,
} from '../../storage/index.js';
import { FileTile } from '../../web/components/file-tile.js';
import { Icon } from '../../web/components/icon.js';
import type { MemberVisit } from '../../web/routes.js';
import { directoryAddress, entryAddress } from '../addresses.js';
import { foldersIn } from '../folders-in.js';
import { trailTo } from '../trail-to.js';
import { TRANSFER_SEGMENTS, type TransferAct, transferTo } from '../transfer-acts.js';
import type { ActPage } from './act-page.js';
import { findEntry } from './find-entry.js';

export const movePage = transferPage('move');
export const copyPage = transferPage('copy');

/** Elsewhere: the page leads from folder to folder by links, and the button says where one stands. */
function transferPage(act: TransferAct): ActPage {
  return {
    act: `entry-${act}`,
    path: `/elements/:id/${TRANSFER_SEGMENTS[act]}`,
    async view(visit) {
      const { workspace, entry } = await findEntry(visit);
      const directory = await targetOf(visit, workspace, entry);
      const words = visit.words.entryActs;
      const action = `${entryAddress(entry.id)}/${TRANSFER_SEGMENTS[act]}`;
      const isRoot = directory.path.segments.length === 0;
      return {
        title: words[act].title(entry.name),
        lead: isRoot ? words.chooseRoot : words.choose(directory.name),
        steps: [...trailTo(visit, parentOf(entry.path)), { label: words[act].short, href: action }],
        children: await chooser(visit, workspace, { entry, directory, action }),
        action,
        submit: isRoot ? undefined : words[act].submit(directory.name),
        look: 'filled',
        back: directoryAddress(parentOf(entry.path)),
        fields: <input type="hidden" name="to" value={formatPath(directory.path)} />,
      };
    },
    async submit(visit) {
      const { workspace, entry } = await findEntry(visit);
      const directory = parsePath(visit.form.get('to') ?? '/');
      await transferTo(workspace, act, entry, directory);
      return {
        kind: 'redirect',
        to: directoryAddress(directory),
        notice: { key: act === 'move' ? 'entry-moved' : 'entry-copied', subject: entry.name },
      };
    },
  };
}

/** Where one stands in choosing: as the address or the form says, else where the entry lies. */
async function targetOf(visit: MemberVisit, workspace: Workspace, entry: Entry): Promise<DirectoryEntry> {
  const asked = visit.form.get('to') ?? visit.query.get('to');
  const directory = await workspace.stat(asked === undefined ? parentOf(entry.path) : parsePath(asked));
  if (directory.kind === 'directory') return directory;
  throw new StorageError('not-a-directory', 'This is a file, not a folder.');
}

async function chooser(
  visit: MemberVisit,
  workspace: Workspace,
  {
    entry,
    directory,
    action,
  }: { readonly entry: Entry; readonly directory: DirectoryEntry; readonly action: string },
) {
  const words = visit.words.entryActs;
  const folders = await foldersIn(workspace, directory.path);
  const address = (path: VirtualPath) => `${action}?to=${encodeURIComponent(formatPath(path))}`;
  const isRoot = directory.path.segments.length === 0;
  return (
    <nav class="chooser" aria-label={words.folders}>
      {isRoot ? null : (
        <a class="item" href={address(isGroup(directory) ? ROOT : parentOf(directory.path))}>
          <Icon name="arrow" class="back" />
          {words.up}
        </a>
      )}
      {folders
        .filter(({ id }) => id !== entry.id)
        .map((folder) => (
          <a class="item" href={address(folder.path)}>
            <FileTile name={folder.name} kind="directory" />
            {folder.name}
          </a>
        ))}
      {folders.length === 0 ? <p class="meta">{words.noFolders}</p> : null}
    </nav>
  );
}

function isGroup({ path }: DirectoryEntry): boolean {
  return path.segments.length === 1;
}
