import type { ByteRange, FileEntry } from '../../../storage/index.js';
import { deliver, fileHeaders } from '../../delivery.js';
import { httpDate } from '../../http-date.js';
import { sendEmpty } from '../answers.js';
import { allowsRange, weighConditions } from '../conditions.js';
import { type Exchange, pathOfTarget } from '../exchange.js';
import { HttpProblem } from '../http-problem.js';
import { HttpStatus } from '../http-status.js';
import { assertIfHeaderHolds } from '../preconditions.js';
import { parseRange } from '../ranges.js';
import { endOf } from '../request-body.js';

/** HEAD (RFC 9110 section 9.3.2): never a download, never recorded. A folder is there, with nothing in it to show. */
export async function head(exchange: Exchange): Promise<void> {
  const { workspace, response } = exchange;
  await endOf(exchange);
  await assertIfHeaderHolds(exchange);
  const entry = await workspace.stat(pathOfTarget(exchange));
  if (entry.kind === 'directory') {
    // Cyberduck asks HEAD of the share before anything else, and gives up unless it is there.
    sendEmpty(response, HttpStatus.ok, { 'Last-Modified': httpDate(entry.modifiedAt) });
    return;
  }
  const { status, headers } = planAnswer(exchange, entry);
  response.writeHead(status, headers);
  response.end();
}

/** GET of a file, whole or one range (RFC 9110 sections 9.3.1 and 14). @throws StorageError is-a-directory */
export async function get(exchange: Exchange): Promise<void> {
  const { workspace, response, session } = exchange;
  await endOf(exchange);
  await assertIfHeaderHolds(exchange);
  const download = await workspace.get(pathOfTarget(exchange));
  let plan: Plan;
  try {
    plan = planAnswer(exchange, download.entry);
  } catch (error) {
    await download.close('interrupted', []);
    throw error;
  }
  if (plan.status === HttpStatus.notModified) {
    response.writeHead(plan.status, plan.headers);
    response.end();
    await download.close('interrupted', []);
    return;
  }
  const { range, ...head } = plan;
  await deliver({ download, head, response, signal: session.signal, ...(range && { range }) });
}

interface Plan {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly range?: ByteRange;
}

/** @throws HttpProblem 412, 416 */
function planAnswer({ request }: Exchange, entry: FileEntry): Plan {
  const verdict = weighConditions(request, entry);
  if (verdict === 'failed')
    throw new HttpProblem(HttpStatus.preconditionFailed, 'A condition of the request does not hold.');
  const headers = fileHeaders(entry);
  if (verdict === 'not-modified') return { status: HttpStatus.notModified, headers };
  const isRanged = request.method === 'GET' && allowsRange(request, entry);
  const wanted = parseRange(isRanged ? request.headers.range : undefined, entry.sizeBytes);
  if (wanted.kind === 'unsatisfiable')
    throw new HttpProblem(HttpStatus.rangeNotSatisfiable, 'The file ends before that range.', {
      headers: { 'Content-Range': `bytes */${entry.sizeBytes}` },
    });
  if (wanted.kind === 'whole')
    return { status: HttpStatus.ok, headers: { ...headers, 'Content-Length': String(entry.sizeBytes) } };
  const { range } = wanted;
  return {
    status: HttpStatus.partialContent,
    headers: {
      ...headers,
      'Content-Range': `bytes ${range.start}-${range.end - 1}/${entry.sizeBytes}`,
      'Content-Length': String(range.end - range.start),
    },
    range,
  };
}
