import type { Route } from '../../web/routes.js';
import { chooseGroupRoute } from './choose-group.js';
import { depositPageRoutes } from './deposit-page.js';
import { intakeRoutes } from './intake-routes.js';
import { createOpenUploads } from './open-uploads.js';
import { pendingRoutes } from './pending-page.js';
import { tusRoutes } from './tus.js';

/** Deposits from the browser. What is under way is kept in memory, once for each site. */
export function uploadRoutes(): readonly Route[] {
  return [
    chooseGroupRoute,
    ...pendingRoutes,
    ...depositPageRoutes,
    ...intakeRoutes,
    ...tusRoutes(createOpenUploads()),
  ];
}
