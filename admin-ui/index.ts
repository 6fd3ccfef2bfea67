import type { Route, RouteSource } from '../web/routes.js';
import { accountsRoute } from './accounts.js';
import { activityRoute } from './activity.js';
import { addMemberRoutes } from './add-member.js';
import { createGroupRoutes } from './create-group.js';
import { editTextRoutes } from './edit-text.js';
import { groupRoute } from './group.js';
import { groupsRoute } from './groups.js';
import { invitePersonRoutes } from './invite-person.js';
import { mailRoutes } from './mail.js';
import { menuRoute } from './menu.js';
import { removeMemberRoutes } from './remove-member.js';
import { resumeRoutes } from './resume-account.js';
import { setManifestsRoute } from './set-manifests.js';
import { setRoleRoute } from './set-role.js';
import { suspendAccountRoutes } from './suspend-account.js';
import { textsRoute } from './texts.js';

const ROUTES: readonly Route[] = [
  {
    act: 'administration',
    method: 'GET',
    path: '/administration',
    access: 'administrator',
    handle: async () => ({ kind: 'redirect', to: '/administration/groupes' }),
  },
  menuRoute,
  groupsRoute,
  ...createGroupRoutes,
  groupRoute,
  ...addMemberRoutes,
  setRoleRoute,
  setManifestsRoute,
  ...removeMemberRoutes,
  accountsRoute,
  ...invitePersonRoutes,
  ...suspendAccountRoutes,
  ...resumeRoutes,
  activityRoute,
  ...mailRoutes,
  textsRoute,
  ...editTextRoutes,
];

/** The pages of administrators; for everybody else there is no such address. */
export const adminRoutes: RouteSource = () => ROUTES;
