import { MenuPage } from '../web/layout/menu-page.js';
import type { Route } from '../web/routes.js';
import { PORTAL_MENU_PATH, PortalPage, portalNavigation } from './portal-page.js';

/** The menu for small screens. */
export const menuRoute: Route = {
  act: 'menu',
  method: 'GET',
  path: PORTAL_MENU_PATH,
  access: 'member',
  handle: async (visit) => ({
    kind: 'page',
    page: (
      <PortalPage visit={visit} title={visit.words.kit.menu}>
        <MenuPage visit={visit} navigation={portalNavigation(visit)} />
      </PortalPage>
    ),
  }),
};
