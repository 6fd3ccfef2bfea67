import type { Route } from '../../web/routes.js';
import { actRoutes } from './act-page.js';
import { entryMenuRoute } from './menu.js';
import { newFolderPage } from './new-folder.js';
import { removePage } from './remove.js';
import { renamePage } from './rename.js';
import { copyPage, movePage } from './transfer.js';

/** What members do with files and folders; each act is a page, so that all works without scripts. */
export const entryActRoutes: readonly Route[] = [
  entryMenuRoute,
  ...[newFolderPage, renamePage, movePage, copyPage, removePage].flatMap(actRoutes),
];
