import type { Route } from '../../web/routes.js';
import { intakeRoutes } from './intake-routes.js';
import { createOpenUploads } from './open-uploads.js';
import { tusRoutes } from './tus.js';

/** Deposits from the browser. What is under way is kept in memory, once for each site. */
export function uploadRoutes(): readonly Route[] {
  return [...intakeRoutes, ...tusRoutes(createOpenUploads())];
}
