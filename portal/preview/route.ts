import { Readable } from 'node:stream';
import { deliver, dispositionOf } from '../../protocols/delivery.js';
import { type Download, StorageError } from '../../storage/index.js';
import { HttpStatus } from '../../web/http-status.js';
import type { Answer, MemberVisit, Route } from '../../web/routes.js';
import { fileAddress } from '../addresses.js';
import { DOCUMENT_POLICY, writeDocument } from './document.js';
import { type Inspection, inspect } from './inspection.js';

/** An image as it is, or the beginning of a text as a page without rights; recorded as seen, never as downloaded. */
export const previewRoute: Route = {
  act: 'preview',
  method: 'GET',
  path: '/fichiers/:id/apercu',
  access: 'member',
  handle: preview,
};

const IMAGE_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox";

async function preview(visit: MemberVisit): Promise<Answer> {
  const workspace = visit.context.storage.open(visit.session);
  const entry = await workspace.find(visit.params.id ?? '');
  if (entry.kind === 'directory') throw new StorageError('is-a-directory', 'A folder cannot be looked at.');
  const looked = await workspace.view(entry.path);
  const found = await inspectOrClose(looked);
  if (found.kind === 'refused' || visit.request.method === 'HEAD') {
    await looked.close('interrupted', []);
    // The file's page says why.
    return { kind: 'redirect', to: `${fileAddress(entry.id)}?apercu=oui` };
  }
  if (found.kind === 'image') await sendImage(visit, looked, found.mediaType);
  else await sendText(visit, looked, found);
  return { kind: 'delivered' };
}

/** Nothing was shown until then, so a look that fails leaves no line. */
async function inspectOrClose(looked: Download): Promise<Inspection> {
  try {
    return await inspect(looked);
  } catch (error) {
    await looked.close('interrupted', []);
    throw error;
  }
}

function sendImage(visit: MemberVisit, looked: Download, mediaType: string): Promise<void> {
  const headers = {
    'Content-Type': mediaType,
    'Content-Length': String(looked.entry.sizeBytes),
    'Content-Disposition': dispositionOf('inline', looked.entry.name),
    'Content-Security-Policy': IMAGE_POLICY,
  };
  return send(visit, looked, headers);
}

function sendText(
  visit: MemberVisit,
  looked: Download,
  found: Extract<Inspection, { kind: 'text' }>,
): Promise<void> {
  const document = writeDocument({ visit, file: looked.entry, found });
  const shown = {
    entry: { ...looked.entry, sizeBytes: document.length },
    read: async () => document,
    stream: () => Readable.from([document]),
    close: (outcome: Parameters<Download['close']>[0]) =>
      looked.close(outcome, [{ start: 0, end: found.readBytes }]),
  };
  const headers = {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Length': String(document.length),
    'Content-Disposition': 'inline',
    'Content-Security-Policy': DOCUMENT_POLICY,
  };
  return send(visit, shown, headers);
}

function send(
  visit: MemberVisit,
  download: Parameters<typeof deliver>[0]['download'],
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  const common = {
    'X-Content-Type-Options': 'nosniff',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Referrer-Policy': 'no-referrer',
    'Cache-Control': 'no-store',
  };
  return deliver({
    download,
    head: { status: HttpStatus.ok, headers: { ...common, ...headers } },
    response: visit.response,
    signal: visit.session.signal,
  });
}
