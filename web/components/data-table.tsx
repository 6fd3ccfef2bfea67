import type { ComponentChildren } from 'preact';
import { CELL, HEADING, ROW, ROW_GROUP, TABLE } from './table-roles.js';

/** One column: its heading and what each row shows there. */
export interface Column<Row> {
  readonly label: string;
  readonly cell: (row: Row) => ComponentChildren;
  /** `figure` stands at the right; `acts` holds buttons and shows no heading. */
  readonly kind?: 'main' | 'figure' | 'acts';
}

interface DataTableProps<Row> {
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
}

/**
 * A table that becomes cards on small screens; the label before each value is for eyes only.
 */
export function DataTable<Row>({ caption, columns, rows }: DataTableProps<Row>) {
  return (
    <table class="data" {...TABLE}>
      <caption class="unseen">{caption}</caption>
      <thead {...ROW_GROUP}>
        <tr {...ROW}>
          {columns.map(({ label, kind }) => (
            <th {...HEADING} class={kind}>
              {kind === 'acts' ? <span class="unseen">{label}</span> : label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody {...ROW_GROUP}>
        {rows.map((row) => (
          <tr {...ROW}>
            {columns.map(({ label, kind, cell }) => (
              <td {...CELL} class={kind} data-l={kind === undefined || kind === 'figure' ? label : undefined}>
                {cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
