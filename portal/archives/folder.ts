import { StorageError } from '../../storage/index.js';
import type { Answer, MemberVisit, Route } from '../../web/routes.js';
import { membersOf } from './members.js';
import { sendArchive } from './send.js';

/** A folder with all it holds, or a whole group, as one archive. */
export const folderArchiveRoute: Route = {
  act: 'folder-download',
  method: 'GET',
  path: '/dossiers/:id/telecharger',
  access: 'member',
  handle: download,
};

async function download(visit: MemberVisit): Promise<Answer> {
  const workspace = visit.context.storage.open(visit.session);
  const folder = await workspace.find(visit.params.id ?? '');
  if (folder.kind === 'file') throw new StorageError('not-a-directory', 'This is a file, not a folder.');
  return sendArchive(visit, folder.name, await membersOf(workspace, [folder]));
}
