import { savedHeaders } from '../../protocols/delivery.js';
import { deliverParts, Parts } from '../../protocols/delivery-of-parts.js';
import { HttpStatus } from '../../web/http-status.js';
import type { Answer, MemberVisit } from '../../web/routes.js';
import { pinVersion } from '../pin-version.js';
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
  const workspace = visit.context.storage.open(session);
  const body = zip.read(async (file) => parts.begin(await pinVersion(workspace, file)));
  await deliverParts({ body, parts, head, response, signal: session.signal });
  return { kind: 'delivered' };
}

function headersOf(name: string, sizeBytes: number): Record<string, string> {
  return {
    'Content-Type': 'application/zip',
    'Content-Length': String(sizeBytes),
    ...savedHeaders(`${name}.zip`),
    'Cache-Control': 'private, no-store',
  };
}
