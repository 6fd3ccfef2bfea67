import type { ComponentChildren } from 'preact';
import { type NavigationItem, Shell } from '../web/layout/shell.js';
import type { MemberVisit } from '../web/routes.js';
import {
  ACCOUNTS_PATH,
  ACTIVITY_PATH,
  GROUPS_PATH,
  INVITE_PATH,
  MAIL_PATH,
  NEW_GROUP_PATH,
  TEXTS_PATH,
} from './addresses.js';

interface AdminPageProps {
  readonly visit: MemberVisit;
  readonly title: string;
  readonly children: ComponentChildren;
}

/** Its menu as a page, for small screens. */
export const ADMIN_MENU_PATH = '/administration/menu';

/** A page of administration, with its menu and the way back to the portal. */
export function AdminPage({ visit, title, children }: AdminPageProps) {
  return (
    <Shell visit={visit} title={title} navigation={adminNavigation(visit)} menuPath={ADMIN_MENU_PATH}>
      {children}
    </Shell>
  );
}

/** The menu of administration; a page below an entry marks that entry. */
export function adminNavigation(visit: MemberVisit): readonly NavigationItem[] {
  const words = visit.words.administration.navigation;
  const item = (
    icon: NavigationItem['icon'],
    label: string,
    href: string,
    ...below: string[]
  ): NavigationItem => ({
    href,
    icon,
    label,
    shortLabel: label,
    isCurrent: [href, ...below].some((path) => visit.path.startsWith(path)),
  });
  return [
    item('group', words.groups, GROUPS_PATH, NEW_GROUP_PATH),
    item('user', words.accounts, ACCOUNTS_PATH, INVITE_PATH),
    item('mail', words.mail, MAIL_PATH),
    item('clock', words.activity, ACTIVITY_PATH),
    item('info', visit.words.texts.administration.title, TEXTS_PATH),
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
