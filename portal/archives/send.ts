import { dispositionOf } from '../../protocols/delivery.js';
import { deliverParts, Parts } from '../../protocols/delivery-of-parts.js';
import { type FileEntry, StorageError } from '../../storage/index.js';
import { HttpStatus } from '../../web/http-status.js';
import type { Answer, MemberVisit } from '../../web/routes.js';
import type { ArchiveMember } from './members.js';
import { zipOf } from './zip.js';

/**
 * Answers with a zip archive of these, of known length. Each file is opened when its turn comes, and must be the version that was
 * listed; each is one line in the history.
 */
export async function sendArchive(
  visit: MemberVisit,
  name: string,
  members: readonly ArchiveMember[],
): Promise<Answer> {
  const { request, response, session } = visit;
  const zip = await zipOf(members);
  const head = { status: HttpStatus.ok, headers: headersOf(name, zip.sizeBytes) };
  if (request.method === 'HEAD') {
    response.writeHead(head.status, head.headers);
    response.end();
    return { kind: 'delivered' };
  }
  const parts = new Parts();
  const body = zip.read(async (file) => parts.begin(await pin(visit, file)));
  await deliverParts({ body, parts, head, response, signal: session.signal });
  return { kind: 'delivered' };
}

/** @throws precondition-failed when it was replaced since it was listed: the length that was told would be wrong */
async function pin(visit: MemberVisit, file: FileEntry) {
  const download = await visit.context.storage.open(visit.session).get(file.path);
  if (download.entry.versionId === file.versionId) return download;
  await download.close('interrupted', []);
  throw new StorageError('precondition-failed', 'A file was replaced while the archive was made.', {
    subject: file.name,
  });
}

function headersOf(name: string, sizeBytes: number): Record<string, string> {
  return {
    'Content-Type': 'application/zip',
    'Content-Length': String(sizeBytes),
    'Content-Disposition': dispositionOf('attachment', `${name}.zip`),
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': "sandbox; default-src 'none'",
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Cache-Control': 'private, no-store',
  };
}
