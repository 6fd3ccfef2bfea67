import { type Entry, ROOT, StorageError } from '../../storage/index.js';
import type { Answer, MemberVisit, Route } from '../../web/routes.js';
import { directoryAddress } from '../addresses.js';
import { within } from './members.js';
import { sendArchive } from './send.js';

const MAX_FILES = 10_000;

/** « Tout télécharger ce qui est nouveau »: of one group (`?groupe=`), or of all. */
export const newsArchiveRoute: Route = {
  act: 'news-download',
  method: 'GET',
  path: '/nouveautes/telecharger',
  access: 'member',
  handle: download,
};

async function download(visit: MemberVisit): Promise<Answer> {
  const workspace = visit.context.storage.open(visit.session);
  const asked = visit.query.get('groupe');
  const group = asked === undefined ? undefined : await workspace.find(asked);
  if (group?.kind === 'file') throw new StorageError('not-a-directory', 'This is a file, not a group.');
  const news = await workspace.news({ ...(group && { path: group.path }), limit: MAX_FILES });
  const files: readonly Entry[] = news.flatMap(({ files: some }) => some);
  if (files.length === 0)
    return {
      kind: 'redirect',
      to: directoryAddress(group?.path ?? ROOT),
      notice: { key: 'nothing-new', subject: '' },
    };
  const words = visit.words.portal.news;
  return sendArchive(visit, words.archive(group?.name), within(files, group ? 1 : 0));
}
