/**
 * The roles every table part has anyway, written out: small screens show rows as cards, and a `display` other than the
 * table's own takes the meaning away in some browsers.
 */
export const TABLE = { role: 'table' } as const;
export const ROW_GROUP = { role: 'rowgroup' } as const;
export const ROW = { role: 'row' } as const;
export const HEADING = { role: 'columnheader', scope: 'col' } as const;
/** What its row is about: a control that stands in it need not repeat that. */
export const ROW_HEADING = { role: 'rowheader' } as const;
export const CELL = { role: 'cell' } as const;
