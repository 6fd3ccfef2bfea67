import type { ActivityAction, HistoryFilter } from '../../storage/index.js';
import type { Fields } from '../../web/forms.js';
import type { MemberVisit } from '../../web/routes.js';
import { HISTORY_PATH } from '../addresses.js';
import { startOfDay } from './local-day.js';

/** In place of an account's id: the visitor. */
export const ONESELF = 'moi';

/** The acts one may ask for, in the order of the choice. */
export const CHOSEN_ACTS = [
  'deposit',
  'download',
  'read',
  'view',
  'delete',
  'restore',
  'move',
  'copy',
  'create-directory',
] as const satisfies readonly ActivityAction[];

const FIELDS = ['group', 'person', 'action', 'from', 'to', 'name', 'file'] as const;

/** As the address asks for it; an empty text filters nothing. */
export type Choice = Readonly<Record<(typeof FIELDS)[number], string>>;

export function readChoice(query: Fields): Choice {
  const [group, person, action, from, to, name, file] = FIELDS.map((field) =>
    (query.get(field) ?? '').trim(),
  );
  return {
    group: group ?? '',
    person: person ?? '',
    action: action ?? '',
    from: from ?? '',
    to: to ?? '',
    name: (name ?? '').slice(0, 255),
    file: file ?? '',
  };
}

/** Dates are days of the installation's time zone, the last one included. */
export function filterOf(visit: MemberVisit, choice: Choice): HistoryFilter {
  const { timeZone } = visit.context;
  const action = CHOSEN_ACTS.find((act) => act === choice.action);
  const from = startOfDay(choice.from, timeZone);
  const to = startOfDay(choice.to, timeZone, 1);
  const personId = choice.person === ONESELF ? visit.session.account.id : choice.person;
  return {
    ...(choice.group !== '' && { groupEntryId: choice.group }),
    ...(personId !== '' && { personId }),
    ...(action && { action }),
    ...(from && { from }),
    ...(to && { to }),
    ...(choice.name !== '' && { name: choice.name }),
    ...(choice.file !== '' && { entryId: choice.file }),
  };
}

/** The address of these lines, with what is changed; on another path for the export. */
export function historyAddress(choice: Partial<Choice>, extra: object = {}, path = HISTORY_PATH): string {
  const pairs = Object.entries({ ...choice, ...extra }).map(([name, value]) => [name, String(value)]);
  const query = new URLSearchParams(pairs.filter(([, value]) => value !== ''));
  return query.size > 0 ? `${path}?${query}` : path;
}

/** How many filters narrow the list. */
export function countOf(choice: Choice): number {
  return Object.values(choice).filter((value) => value !== '').length;
}
