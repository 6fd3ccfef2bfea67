import type { ComponentChildren } from 'preact';
import { type NavigationItem, Shell } from '../web/layout/shell.js';
import type { IslandName, MemberVisit } from '../web/routes.js';
import { ACCOUNT_PATH, DRIVE_PATH, HISTORY_PATH, PENDING_PATH } from './addresses.js';

interface PortalPageProps {
  readonly visit: MemberVisit;
  readonly title: string;
  readonly islands?: readonly IslandName[];
  readonly children: ComponentChildren;
}

/** The menu as a page, for small screens. */
export const PORTAL_MENU_PATH = '/menu';

/** A page of the portal, with the menu of what exists. */
export function PortalPage({ visit, title, islands = [], children }: PortalPageProps) {
  return (
    <Shell
      visit={visit}
      title={title}
      navigation={portalNavigation(visit)}
      menuPath={PORTAL_MENU_PATH}
      islands={islands}
    >
      {children}
    </Shell>
  );
}

/** What this account can reach; administration shows for administrators alone. */
export function portalNavigation(visit: MemberVisit): readonly NavigationItem[] {
  const words = visit.words.portal.navigation;
  const isShared = visit.path.startsWith('/groupes') || visit.path.startsWith('/fichiers');
  const items: NavigationItem[] = [
    { href: '/', icon: 'home', label: words.home, shortLabel: words.home, isCurrent: visit.path === '/' },
    {
      href: '/groupes',
      icon: 'group',
      label: words.groups,
      shortLabel: words.groupsShort,
      isCurrent: isShared,
    },
    {
      href: PENDING_PATH,
      icon: 'up',
      label: visit.words.deposit.pending.title,
      shortLabel: visit.words.deposit.pending.short,
      isCurrent: visit.path === PENDING_PATH,
    },
    {
      href: DRIVE_PATH,
      icon: 'drive',
      label: words.drive,
      shortLabel: words.driveShort,
      isCurrent: visit.path === DRIVE_PATH,
    },
    {
      href: HISTORY_PATH,
      icon: 'clock',
      label: visit.words.activity.title,
      shortLabel: visit.words.history.short,
      isCurrent: visit.path === HISTORY_PATH,
    },
  ];
  items.push({
    href: ACCOUNT_PATH,
    icon: 'user',
    label: visit.words.account.title,
    shortLabel: visit.words.account.title,
    isCurrent: visit.path.startsWith(ACCOUNT_PATH),
  });
  if (visit.session.account.isAdministrator)
    items.push({
      href: '/administration',
      icon: 'gear',
      label: words.administration,
      shortLabel: words.administration,
      isCurrent: false,
      leadsAway: true,
    });
  return items;
}
