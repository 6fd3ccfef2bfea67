import type { ComponentChildren } from 'preact';
import { Avatar } from '../components/avatar.js';
import { Brand } from '../components/brand.js';
import { Icon, type IconName } from '../components/icon.js';
import type { IslandName, MemberVisit } from '../routes.js';
import { Document } from './document.js';
import { Foot } from './foot.js';
import { LanguageSwitch } from './language-switch.js';
import { PassingNotice } from './passing-notice.js';

/** An entry of the menu. */
export interface NavigationItem {
  readonly href: string;
  readonly icon: IconName;
  readonly label: string;
  /** For the bar at the bottom of small screens. */
  readonly shortLabel: string;
  readonly isCurrent: boolean;
  /** Set apart by a line: it leads to the other half of the house. */
  readonly leadsAway?: boolean;
}

interface ShellProps {
  readonly visit: MemberVisit;
  readonly title: string;
  readonly navigation: readonly NavigationItem[];
  /** The menu as a page, for small screens. */
  readonly menuPath: string;
  readonly islands?: readonly IslandName[];
  readonly children: ComponentChildren;
}

const BOTTOM_ITEMS = 3;

/** The page of somebody who is signed in: menu, top bar and one white sheet. */
export function Shell({ visit, title, navigation, menuPath, islands = [], children }: ShellProps) {
  const { kit } = visit.words;
  return (
    <Document visit={visit} title={title} layout="shell" islands={islands}>
      <header class="banner">
        <Brand houseName={visit.houseName} href="/" />
        <div class="bar">
          <LanguageSwitch visit={visit} />
          <Account visit={visit} />
        </div>
      </header>
      <div class="side">
        <nav aria-label={kit.navigation}>
          <ul>
            {navigation.map((item) => (
              <li class={item.leadsAway ? 'away' : undefined}>
                <NavigationLink {...item} />
              </li>
            ))}
          </ul>
        </nav>
        <aside class="passing">
          <b>{kit.passing.title}</b> {kit.passing.text}
        </aside>
      </div>
      <main id="contenu">
        <div class="content">
          <PassingNotice visit={visit} />
          {children}
        </div>
      </main>
      <Foot visit={visit} />
      <nav class="bottom" aria-label={kit.navigation}>
        {navigation.slice(0, BOTTOM_ITEMS).map((item) => (
          <BottomLink {...item} />
        ))}
        <BottomLink href={menuPath} icon="menu" shortLabel={kit.menu} isCurrent={visit.path === menuPath} />
      </nav>
    </Document>
  );
}

/** An entry of the menu; on middling screens its words shrink to a tooltip and a name for assistive technology. */
export function NavigationLink({ href, icon, label, isCurrent }: NavigationItem) {
  return (
    <a href={href} title={label} aria-label={label} aria-current={isCurrent ? 'page' : undefined}>
      <Icon name={icon} />
      <span>{label}</span>
    </a>
  );
}

function BottomLink({
  href,
  icon,
  shortLabel,
  isCurrent,
}: Pick<NavigationItem, 'href' | 'icon' | 'shortLabel' | 'isCurrent'>) {
  return (
    <a href={href} aria-current={isCurrent ? 'page' : undefined}>
      <Icon name={icon} />
      <span>{shortLabel}</span>
    </a>
  );
}

function Account({ visit }: { readonly visit: MemberVisit }) {
  const { account } = visit.session;
  return (
    <div class="account">
      <button type="button" popovertarget="account-menu" title={visit.words.kit.account}>
        <Avatar name={account.name} side={account.side} />
        <span>{account.name}</span>
        <Icon name="chev" />
      </button>
      <div id="account-menu" popover>
        <p>
          <b>{account.name}</b>
          <span>{account.login}</span>
        </p>
        <SignOut visit={visit} />
      </div>
    </div>
  );
}

/** A form, because it ends something. */
export function SignOut({ visit }: { readonly visit: MemberVisit }) {
  return (
    <form method="post" action="/deconnexion">
      <button type="submit" class="item">
        <Icon name="leave" />
        {visit.words.kit.signOut}
      </button>
    </form>
  );
}
