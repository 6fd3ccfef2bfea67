import { lastSegment } from '../../storage/index.js';
import type { Route } from '../../web/routes.js';
import { membersOf } from '../archives/members.js';
import { sendArchive } from '../archives/send.js';
import { selectionRoute } from './act.js';
import { removeSelectionRoute } from './remove.js';
import { copySelectionRoute, moveSelectionRoute } from './transfer.js';

/** What was ticked, as one archive named after the directory. */
const downloadSelectionRoute = selectionRoute('download', 'telecharger', async (visit, chosen) =>
  sendArchive(visit, lastSegment(chosen.directory), await membersOf(chosen.workspace, chosen.entries)),
);

/** What one does with several entries of a list at once. */
export const selectionRoutes: readonly Route[] = [
  downloadSelectionRoute,
  moveSelectionRoute,
  copySelectionRoute,
  removeSelectionRoute,
];
