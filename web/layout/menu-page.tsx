import { Avatar } from '../components/avatar.js';
import type { MemberVisit } from '../routes.js';
import { type NavigationItem, NavigationLink, SignOut } from './shell.js';

/** The whole menu as a page: small screens have no side to show it on. */
export function MenuPage({
  visit,
  navigation,
}: {
  readonly visit: MemberVisit;
  readonly navigation: readonly NavigationItem[];
}) {
  const { account } = visit.session;
  return (
    <>
      <h1>{visit.words.kit.menu}</h1>
      <p class="identity">
        <Avatar name={account.name} side={account.side} />
        <span>
          <b>{account.name}</b>
          <span>{account.login}</span>
        </span>
      </p>
      <ul class="menu-page">
        {navigation.map((item) => (
          <li class={item.leadsAway ? 'away' : undefined}>
            <NavigationLink {...item} />
          </li>
        ))}
      </ul>
      <SignOut visit={visit} />
    </>
  );
}
