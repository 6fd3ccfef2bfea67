import type { Route, RouteSource } from '../web/routes.js';
import { accountRoutes } from './account/index.js';
import { activationRoutes } from './activation.js';
import { folderArchiveRoute } from './archives/folder.js';
import { newsArchiveRoute } from './archives/news.js';
import { languageRoute } from './choose-language.js';
import { directoryRoute } from './directory.js';
import { downloadRoute } from './download.js';
import { driveRoutes } from './drive.js';
import { entryActRoutes } from './entry-acts/index.js';
import { fileRoute } from './file.js';
import { forgottenPasswordRoutes } from './forgotten-password.js';
import { groupsRoute } from './groups.js';
import { historyRoutes } from './history/index.js';
import { homeRoute } from './home.js';
import { menuRoute } from './menu.js';
import { previewRoute } from './preview/route.js';
import { resetRoutes } from './reset.js';
import { restoringRoutes } from './restoring/index.js';
import { searchRoute } from './search/index.js';
import { selectionRoutes } from './selection/index.js';
import { setUpRoutes } from './set-up.js';
import { signInRoutes } from './sign-in.js';
import { signOutRoute } from './sign-out.js';
import { houseTextRoutes } from './texts/index.js';
import { uploadRoutes } from './uploads/index.js';

const ROUTES: readonly Route[] = [
  ...signInRoutes,
  signOutRoute,
  languageRoute,
  ...forgottenPasswordRoutes,
  ...resetRoutes,
  ...activationRoutes,
  ...setUpRoutes,
  homeRoute,
  menuRoute,
  groupsRoute,
  directoryRoute,
  fileRoute,
  downloadRoute,
  folderArchiveRoute,
  newsArchiveRoute,
  previewRoute,
  ...entryActRoutes,
  ...restoringRoutes,
  searchRoute,
  ...selectionRoutes,
  ...accountRoutes,
  ...driveRoutes,
  ...historyRoutes,
  ...houseTextRoutes,
];

/** The pages of partners and agents, and the ways in. */
export const portalRoutes: RouteSource = () => [...ROUTES, ...uploadRoutes()];
