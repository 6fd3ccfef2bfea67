import type { ComponentChildren } from 'preact';
import { type NavigationItem, Shell } from '../web/layout/shell.js';
import type { MemberVisit } from '../web/routes.js';

interface AdminPageProps {
  readonly visit: MemberVisit;
  readonly title: string;
  readonly children: ComponentChildren;
}

export const ADMIN_MENU_PATH = '/administration/menu';

/** A page of administration, with its menu and the way back to the portal. */
export function AdminPage({ visit, title, children }: AdminPageProps) {
  return (
    <Shell visit={visit} title={title} navigation={adminNavigation(visit)} menuPath={ADMIN_MENU_PATH}>
      {children}
    </Shell>
  );
}

export function adminNavigation(visit: MemberVisit): readonly NavigationItem[] {
  const words = visit.words.administration.navigation;
  const item = (href: string, icon: NavigationItem['icon'], label: string): NavigationItem => ({
    href,
    icon,
    label,
    shortLabel: label,
    isCurrent: visit.path.startsWith(href),
  });
  return [
    item('/administration/groupes', 'group', words.groups),
    item('/administration/comptes', 'user', words.accounts),
    item('/administration/courrier', 'mail', words.mail),
    item('/administration/historique', 'clock', words.activity),
    {
      href: '/',
      icon: 'arrow',
      label: words.back,
      shortLabel: words.backShort,
      isCurrent: false,
      leadsAway: true,
    },
  ];
}
