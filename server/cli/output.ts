export interface Column<Row> {
  readonly title: string;
  value(row: Row): unknown;
}

/** What a command says: for people, or with --json for programs. */
export interface Output {
  /** A result: the lines, or the value as one JSON document. */
  document(value: object, lines: readonly string[]): void;
  /** A list: columns, or one JSON object per line. */
  rows<Row extends object>(rows: readonly Row[], columns: readonly Column<Row>[]): void;
  /** Something to know beside the result, on standard error. */
  notice(lines: readonly string[]): void;
}

export interface OutputStreams {
  write(text: string): void;
  writeError(text: string): void;
}

export function createOutput(streams: OutputStreams, isJson: boolean): Output {
  return {
    document(value, lines) {
      streams.write(
        isJson ? `${JSON.stringify(value)}\n` : lines.map((line) => `${printable(line)}\n`).join(''),
      );
    },
    rows(rows, columns) {
      if (isJson) for (const row of rows) streams.write(`${JSON.stringify(row)}\n`);
      else streams.write(formatTable(rows, columns));
    },
    notice(lines) {
      streams.writeError(lines.map((line) => `${printable(line)}\n`).join(''));
    },
  };
}

function formatTable<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const cells = [
    columns.map((column) => column.title),
    ...rows.map((row) => columns.map((column) => cell(column.value(row)))),
  ];
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => [...(line[index] ?? '')].length)));
  return cells
    .map(
      (line) =>
        `${line
          .map((text, index) => pad(text, widths[index] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - [...text].length));
}

function cell(value: unknown): string {
  if (value === null || value === undefined || value === '') return '-';
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return printable(String(value));
}

/** One line for a terminal. Names come from strangers: what could steer it is shown as a question mark. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, '?');
}
