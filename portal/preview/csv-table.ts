/** Rows of cells; the first is the heading. `isCut`: the file holds more rows. */
export interface CsvTable {
  readonly rows: readonly (readonly string[])[];
  readonly isCut: boolean;
}

const MAX_ROWS = 200;
const MAX_COLUMNS = 50;
const MAX_CELL_LENGTH = 500;
const SEPARATORS = [';', ',', '\t'];

/** Reads the first 200 rows (RFC 4180). @returns undefined where plain text says more: one column, over 50, or long cells */
export function readCsv(text: string): CsvTable | undefined {
  const heading = text.slice(0, text.search(/\r|\n|$/u));
  const [separator = ';'] = SEPARATORS.toSorted((a, b) => heading.split(b).length - heading.split(a).length);
  const rows: string[][] = [];
  let isCut = false;
  for (const row of readRows(text, separator)) {
    if (row.length > MAX_COLUMNS || row.some((cell) => cell.length > MAX_CELL_LENGTH)) return undefined;
    isCut = rows.length === MAX_ROWS;
    if (isCut) break;
    rows.push(row);
  }
  return (rows[0]?.length ?? 0) > 1 ? { rows, isCut } : undefined;
}

/** One cell a step: a quoted one, or all up to the next separator or end of line. */
function* readRows(text: string, separator: string): Generator<string[]> {
  const cell = new RegExp(
    `(?:"((?:[^"]|"")*)"|([^${separator}\\r\\n]*))(${separator}|\\r\\n|\\r|\\n|$)`,
    'uy',
  );
  let row: string[] = [];
  while (cell.lastIndex < text.length || row.length > 0) {
    const [, quoted, plain = '', end] = cell.exec(text) ?? [];
    // A quotation mark in the middle of a cell: it is read as it stands.
    if (end === undefined) return;
    row.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === separator) continue;
    yield row;
    row = [];
    if (end === '') return;
  }
}
