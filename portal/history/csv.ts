import type { HistoryRow } from '../../storage/index.js';
import { endingOf, nameIn } from '../../web/activity-sentences.js';
import type { MemberVisit } from '../../web/routes.js';
import { didOf, whoOf } from './lines.js';

/** Tells spreadsheets that the text is UTF-8. */
export const BYTE_ORDER_MARK = '\uFEFF';

/** One line. A cell that a spreadsheet would take for a formula becomes text by an apostrophe before it. */
export function csvLine(cells: readonly string[], separator: string): string {
  const quoted = cells.map((cell) => {
    const text = /^[=+\-@\t\r]/u.test(cell) ? `'${cell}` : cell;
    return `"${text.replaceAll('"', '""')}"`;
  });
  return `${quoted.join(separator)}\r\n`;
}

/** What spreadsheets of the visitor's language expect. */
export function separatorOf(visit: MemberVisit): string {
  return visit.language === 'fr' ? ';' : ',';
}

/** The cells of a row, in the order of `words.history.columns`. */
export function cellsOf(visit: MemberVisit, row: HistoryRow): readonly string[] {
  const { path, target } = row;
  return [
    clockOf(visit.context.timeZone).format(row.at),
    whoOf(visit, row),
    didOf(visit, row),
    path === null ? '' : nameIn(path),
    row.group ?? '',
    path ?? '',
    target ?? '',
    row.sizeBytes === null ? '' : String(row.sizeBytes),
    visit.words.activity.doors[row.door],
    endingOf(row, visit.words.activity).join(', '),
  ];
}

const clocks = new Map<string, Intl.DateTimeFormat>();

/** `2026-06-30 09:14:05`, which spreadsheets of every language read as a date. */
function clockOf(timeZone: string): Intl.DateTimeFormat {
  const options = { timeZone, dateStyle: 'short', timeStyle: 'medium' } as const;
  const clock = clocks.get(timeZone) ?? new Intl.DateTimeFormat('sv-SE', options);
  clocks.set(timeZone, clock);
  return clock;
}
