import type { PageChoice } from '../storage/index.js';
import type { CookieChange, MemberVisit } from '../web/routes.js';

/** How a directory is sorted; kept from one visit to the next. */
export type Sorting = Pick<PageChoice, 'order' | 'isDescending'>;

const COOKIE = 'peps-tri';
const ONE_YEAR_SECONDS = 31_536_000;
const NAMES: Readonly<Record<string, PageChoice['order']>> = { nom: 'name', date: 'date', taille: 'size' };

/** As the address says, else as last chosen, else by name. */
export function readSorting(visit: MemberVisit): Sorting {
  const text = visit.query.get('tri') ?? visit.cookie(COOKIE) ?? '';
  const [name = '', direction] = text.split('-');
  const order = Object.hasOwn(NAMES, name) ? NAMES[name] : undefined;
  return { order: order ?? 'name', isDescending: order !== undefined && direction === 'desc' };
}

/** Keeps what the address chose. */
export function sortingCookie(visit: MemberVisit, sorting: Sorting): CookieChange[] {
  if (!visit.query.has('tri')) return [];
  return [{ name: COOKIE, value: nameOf(sorting), path: '/groupes', maxAgeSeconds: ONE_YEAR_SECONDS }];
}

/** `?tri=date-desc`. Names begin with A, dates with the newest, sizes with the largest; a second click turns the order round. */
export function sortingQuery(order: Sorting['order'], current: Sorting): string {
  const isDescending = order === current.order ? !current.isDescending : order !== 'name';
  return `?tri=${nameOf({ order, isDescending })}`;
}

/** For `aria-sort`. */
export function sortDirection(order: Sorting['order'], current: Sorting) {
  if (order !== current.order) return 'none';
  return current.isDescending ? 'descending' : 'ascending';
}

function nameOf({ order, isDescending }: Sorting): string {
  const name = Object.keys(NAMES).find((key) => NAMES[key] === order) ?? 'nom';
  return isDescending ? `${name}-desc` : name;
}
