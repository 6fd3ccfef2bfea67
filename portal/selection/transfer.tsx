import {
  formatPath,
  isStorageError,
  parentOf,
  ROOT,
  StorageError,
  type VirtualPath,
} from '../../storage/index.js';
import { LinkButton, SubmitButton } from '../../web/components/button.js';
import { FileTile } from '../../web/components/file-tile.js';
import { Icon } from '../../web/components/icon.js';
import type { Answer, MemberVisit } from '../../web/routes.js';
import { directoryAddress } from '../addresses.js';
import { foldersIn } from '../folders-in.js';
import { withEach } from '../refused.js';
import { TRANSFER_SEGMENTS, type TransferAct, transferTo } from '../transfer-acts.js';
import { selectionRoute } from './act.js';
import type { Chosen } from './chosen.js';
import { refusedAnswer, SelectionPage } from './page.js';

export const moveSelectionRoute = transferRoute('move');
export const copySelectionRoute = transferRoute('copy');

/** All that was ticked, elsewhere: buttons lead from folder to folder, and the last one says where one stands. */
function transferRoute(act: TransferAct) {
  return selectionRoute(act, TRANSFER_SEGMENTS[act], (visit, chosen) =>
    chosen.isConfirmed ? transfer(act, visit, chosen) : choose(act, visit, chosen),
  );
}

async function transfer(act: TransferAct, visit: MemberVisit, chosen: Chosen): Promise<Answer> {
  const { entries, workspace, to: directory = chosen.directory } = chosen;
  const refused = await withEach(visit, entries, (entry) => transferTo(workspace, act, entry, directory));
  if (refused.length > 0) return refusedAnswer(visit, chosen, refused);
  const key = act === 'move' ? 'entries-moved' : 'entries-copied';
  return {
    kind: 'redirect',
    to: directoryAddress(directory),
    notice: { key, subject: String(entries.length) },
  };
}

async function choose(act: TransferAct, visit: MemberVisit, chosen: Chosen): Promise<Answer> {
  const { entries, workspace } = chosen;
  const place = await placeOf(chosen);
  const words = visit.words.selection[act];
  const isRoot = place.path.segments.length === 0;
  const title = words.title(entries.length);
  return {
    kind: 'page',
    page: (
      <SelectionPage
        {...{ visit, chosen }}
        title={title}
        lead={isRoot ? visit.words.entryActs.chooseRoot : visit.words.entryActs.choose(place.name)}
        action={`/selection/${TRANSFER_SEGMENTS[act]}`}
      >
        <Folders
          visit={visit}
          place={place.path}
          folders={(await foldersIn(workspace, place.path)).filter(
            ({ id }) => !entries.some((entry) => entry.id === id),
          )}
        />
        <div class="actions">
          {isRoot ? null : (
            <>
              <input type="hidden" name="to" value={formatPath(place.path)} />
              <SubmitButton look="filled" name="confirm" value="yes">
                {words.submit(place.name)}
              </SubmitButton>
            </>
          )}
          <LinkButton look="text" href={directoryAddress(chosen.directory)}>
            {visit.words.kit.cancel}
          </LinkButton>
        </div>
      </SelectionPage>
    ),
  };
}

/** Where one stands; where the list is when that went meanwhile. */
async function placeOf({ workspace, to, directory }: Chosen) {
  const asked = await workspace.stat(to ?? directory).catch((error: unknown) => {
    if (isStorageError(error, 'not-found')) return workspace.stat(directory);
    throw error;
  });
  if (asked.kind === 'directory') return asked;
  throw new StorageError('not-a-directory', 'This is a file, not a folder.');
}

/** Buttons, for the ticks go along. */
function Folders({
  visit,
  place,
  folders,
}: {
  readonly visit: MemberVisit;
  readonly place: VirtualPath;
  readonly folders: readonly { readonly name: string; readonly path: VirtualPath }[];
}) {
  const words = visit.words.entryActs;
  const depth = place.segments.length;
  return (
    <fieldset class="chooser">
      <legend class="unseen">{words.folders}</legend>
      {depth === 0 ? null : (
        <button class="item" type="submit" name="to" value={formatPath(depth === 1 ? ROOT : parentOf(place))}>
          <Icon name="arrow" class="back" />
          {words.up}
        </button>
      )}
      {folders.map(({ name, path }) => (
        <button class="item" type="submit" name="to" value={formatPath(path)}>
          <FileTile name={name} kind="directory" />
          {name}
        </button>
      ))}
      {folders.length === 0 ? <p class="meta">{words.noFolders}</p> : null}
    </fieldset>
  );
}
