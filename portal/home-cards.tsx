import { Icon, type IconName } from '../web/components/icon.js';
import type { MemberVisit } from '../web/routes.js';
import { DEPOSIT_PATH, DRIVE_PATH, HISTORY_PATH } from './addresses.js';

/** The four ways on from « Accueil », each with what it is for. */
export function HomeCards({ visit }: { readonly visit: MemberVisit }) {
  const { cards } = visit.words.portal.home;
  const items: readonly [IconName, string, keyof typeof cards][] = [
    ['up', DEPOSIT_PATH, 'deposit'],
    ['group', '/groupes', 'groups'],
    ['clock', HISTORY_PATH, 'history'],
    ['drive', DRIVE_PATH, 'drive'],
  ];
  return (
    <ul class="cards">
      {items.map(([icon, href, key]) => (
        <li>
          <a class="card" href={href}>
            <Icon name={icon} />
            <span class="card-words">
              <b>{cards[key].title}</b>
              <span>{cards[key].text}</span>
            </span>
            <Icon name="arrow" />
          </a>
        </li>
      ))}
    </ul>
  );
}
