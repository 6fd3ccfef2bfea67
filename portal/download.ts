import { type DeliveryHead, deliver, fileHeaders, mediaTypeOf } from '../protocols/delivery.js';
import { type FileEntry, StorageError } from '../storage/index.js';
import { HttpStatus } from '../web/http-status.js';
import type { Answer, MemberVisit, Route } from '../web/routes.js';
import { chooseRange, type RangeChoice } from './byte-range.js';
import { pinVersion } from './pin-version.js';

const BODILESS: readonly number[] = [HttpStatus.notModified, HttpStatus.rangeNotSatisfiable];

/** The bytes of a file, whole or a part of them; recorded as what was delivered, not as what was asked for. */
export const downloadRoute: Route = {
  act: 'download',
  method: 'GET',
  path: '/fichiers/:id/telecharger',
  access: 'member',
  handle: download,
};

async function download(visit: MemberVisit): Promise<Answer> {
  const workspace = visit.context.storage.open(visit.session);
  const entry = await workspace.find(visit.params.id ?? '');
  if (entry.kind === 'directory')
    throw new StorageError('is-a-directory', 'A folder has no bytes of its own.');
  const choice = chooseRange(visit.request.headers, entry);
  const head = headOf(entry, choice);
  if (visit.request.method === 'HEAD' || BODILESS.includes(choice.status)) {
    visit.response.writeHead(head.status, head.headers);
    visit.response.end();
    return { kind: 'delivered' };
  }
  await deliver({
    download: await pinVersion(workspace, entry),
    head,
    ...(choice.range && { range: choice.range }),
    response: visit.response,
    signal: visit.session.signal,
  });
  return { kind: 'delivered' };
}

function headOf(entry: FileEntry, { status, sizeBytes, contentRange }: RangeChoice): DeliveryHead {
  return {
    status,
    headers: {
      ...fileHeaders(entry),
      'Content-Type': inertTypeOf(entry.name),
      ...(contentRange && { 'Content-Range': contentRange }),
      ...(status !== HttpStatus.notModified && { 'Content-Length': String(sizeBytes) }),
    },
  };
}

/** What no browser runs, whatever it is told to do with it. */
const INERT_TYPES =
  /^(?:image\/(?:png|jpeg|gif|webp|avif|tiff)|text\/(?:plain|csv|markdown)|application\/(?:zip|msword|vnd\..+))$/u;

/** Pages, drawings, scripts and documents that can hold some leave as bytes without a meaning. */
function inertTypeOf(name: string): string {
  const type = mediaTypeOf(name);
  return INERT_TYPES.test(type) ? type : 'application/octet-stream';
}
