import { createHash } from 'node:crypto';
import { extname } from 'node:path';
import { render } from 'preact-render-to-string';
import type { FileEntry } from '../../storage/index.js';
import type { MemberVisit } from '../../web/routes.js';
import { visibleName, visibleText } from '../../web/visible.js';
import { type CsvTable, readCsv } from './csv-table.js';
import type { Inspection } from './inspection.js';

const STYLE = `:root{color-scheme:light dark;font:14px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
body{margin:0;padding:12px 16px;background:#fff;color:#14201b}
p{margin:0 0 12px;color:#5f6d67;font-size:13px}
pre{margin:0;white-space:pre-wrap;overflow-wrap:anywhere;font:14px/1.5 ui-monospace,"Cascadia Mono",Consolas,"DejaVu Sans Mono",monospace}
table{border-collapse:collapse;font-variant-numeric:tabular-nums}
th,td{padding:4px 10px;border:1px solid #dfe6e2;text-align:start;vertical-align:top}
th{background:#f7f9f8;font-weight:600}
@media (prefers-color-scheme:dark){body{background:#131b18;color:#e7eeeb}p{color:#8f9d97}th,td{border-color:#25312c}th{background:#18221e}}`;

/** Nothing is fetched and nothing runs: only the one style sheet above, by its hash, and only inside our own page. */
export const DOCUMENT_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
  'sandbox',
].join('; ');

interface DocumentProps {
  readonly visit: MemberVisit;
  readonly file: FileEntry;
  readonly found: Extract<Inspection, { kind: 'text' }>;
}

/** The beginning of a text as a page of its own, to be shown in a frame. UTF-8. */
export function writeDocument(props: DocumentProps): Buffer {
  return Buffer.from(`<!doctype html>${render(<TextDocument {...props} />)}`);
}

function TextDocument({ visit, file, found }: DocumentProps) {
  const words = visit.words.preview;
  const table = extname(file.name).toLowerCase() === '.csv' ? readCsv(found.text) : undefined;
  const facts = [
    found.readBytes < file.sizeBytes && words.beginning(visit.format.size(found.readBytes)),
    table?.isCut && words.firstRows(table.rows.length),
  ].filter(Boolean);
  return (
    <html lang={visit.language}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width,initial-scale=1" />
        <title>{visibleName(file.name)}</title>
        <style dangerouslySetInnerHTML={{ __html: STYLE }} />
      </head>
      <body>
        {facts.length > 0 ? <p>{facts.join(' · ')}</p> : null}
        {table === undefined ? <pre dir="auto">{visibleText(found.text)}</pre> : <Rows table={table} />}
      </body>
    </html>
  );
}

function Rows({ table }: { readonly table: CsvTable }) {
  const [heading = [], ...rows] = table.rows;
  return (
    <table>
      <thead>
        <tr>
          {heading.map((cell) => (
            <th scope="col" dir="auto">
              {visibleText(cell)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr>
            {row.map((cell) => (
              <td dir="auto">{visibleText(cell)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
