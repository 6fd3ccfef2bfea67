import type { Route } from '../../web/routes.js';
import { deletionsRoute } from './page.js';
import { restoreChosenRoute, restoreRoute } from './restore.js';

/** What was deleted lately, and how it comes back. */
export const restoringRoutes: readonly Route[] = [deletionsRoute, restoreRoute, restoreChosenRoute];
