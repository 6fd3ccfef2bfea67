import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { HistoryPage } from '../../storage/index.js';
import { HttpStatus } from '../../web/http-status.js';
import type { Answer, MemberVisit, Route } from '../../web/routes.js';
import { HISTORY_EXPORT_PATH } from '../addresses.js';
import { filterOf, readChoice } from './choice.js';
import { BYTE_ORDER_MARK, cellsOf, csvLine, separatorOf } from './csv.js';

/** The history as a table for spreadsheets, with the filters of the page; that it was taken along is a line of the history. */
export const historyExportRoute: Route = {
  act: 'history-export',
  method: 'GET',
  path: HISTORY_EXPORT_PATH,
  access: 'member',
  handle: exportHistory,
};

async function exportHistory(visit: MemberVisit): Promise<Answer> {
  const headers = {
    'Content-Type': 'text/csv; charset=utf-8',
    'Content-Disposition': 'attachment; filename="historique.csv"',
  };
  if (visit.request.method === 'HEAD') {
    visit.response.writeHead(HttpStatus.ok, headers).end();
    return { kind: 'delivered' };
  }
  const workspace = visit.context.storage.open(visit.session);
  const pages = await workspace.exportHistory(filterOf(visit, readChoice(visit.query)));
  visit.response.writeHead(HttpStatus.ok, headers);
  // Whoever broke off has what he has: the headers are gone, and pipeline has closed the connection.
  await pipeline(Readable.from(csvOf(visit, pages)), visit.response).catch(() => undefined);
  return { kind: 'delivered' };
}

async function* csvOf(visit: MemberVisit, pages: AsyncIterable<HistoryPage>): AsyncGenerator<string> {
  const words = visit.words.history;
  const separator = separatorOf(visit);
  yield BYTE_ORDER_MARK + csvLine(words.columns, separator);
  let isCut = false;
  for await (const { rows, next } of pages) {
    isCut = next !== null;
    const text = rows.map((row) => csvLine(cellsOf(visit, row), separator)).join('');
    if (text !== '') yield text;
  }
  if (isCut) yield csvLine([words.exportCut], separator);
}
