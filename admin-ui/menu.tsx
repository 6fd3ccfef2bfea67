import { MenuPage } from '../web/layout/menu-page.js';
import type { Route } from '../web/routes.js';
import { ADMIN_MENU_PATH, AdminPage, adminNavigation } from './admin-page.js';

/** The menu of administration for small screens. */
export const menuRoute: Route = {
  act: 'admin-menu',
  method: 'GET',
  path: ADMIN_MENU_PATH,
  access: 'administrator',
  handle: async (visit) => ({
    kind: 'page',
    page: (
      <AdminPage visit={visit} title={visit.words.kit.menu}>
        <MenuPage visit={visit} navigation={adminNavigation(visit)} />
      </AdminPage>
    ),
  }),
};
