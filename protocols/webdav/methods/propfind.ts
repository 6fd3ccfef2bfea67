import {
  type DirectoryEntry,
  type Entry,
  isRoot,
  isStorageError,
  ROOT,
  type Usage,
} from '../../../storage/index.js';
import type { Exchange } from '../exchange.js';
import { readDepth } from '../headers.js';
import { HttpProblem } from '../http-problem.js';
import { HttpStatus } from '../http-status.js';
import { createMultistatus } from '../multistatus.js';
import { assertIfHeaderHolds } from '../preconditions.js';
import { needsDetails, needsUsage, type PropertyRequest, parsePropertyRequest } from '../property-request.js';
import { createResponseRenderer } from '../propstat.js';
import { readXmlBody } from '../request-body.js';
import { hrefOf } from '../request-path.js';

/** PROPFIND (RFC 4918 section 9.1), streamed. @throws HttpProblem 403 for a depth of infinity, which is what no Depth means */
export async function propfind(exchange: Exchange): Promise<void> {
  const { request, response, target, workspace } = exchange;
  const depth = readDepth(request) ?? 'infinity';
  if (depth === 'infinity')
    throw new HttpProblem(HttpStatus.forbidden, 'PROPFIND goes one level deep at most.', {
      precondition: 'propfind-finite-depth',
    });
  const wanted = parsePropertyRequest(await readXmlBody(exchange));
  const path = target.kind === 'host' ? ROOT : target.path;
  const options = { details: needsDetails(wanted) };
  if (target.kind === 'entry') await assertIfHeaderHolds(exchange);
  const entry = await workspace.stat(path, options);
  const answer = createMultistatus(response);
  const render = createEntryRenderer(exchange, wanted);
  await answer.write(await render(entry, target.kind === 'host' ? '/' : undefined));
  if (depth === '1' && target.kind === 'host') await answer.write(await render(entry));
  else if (depth === '1' && entry.kind === 'directory')
    for await (const child of workspace.list(path, options)) await answer.write(await render(child));
  answer.end();
}

function createEntryRenderer(
  exchange: Exchange,
  wanted: PropertyRequest,
): (entry: Entry, href?: string) => Promise<string> {
  const render = createResponseRenderer(wanted);
  const now = exchange.settings.clock.now();
  const usages = needsUsage(wanted) ? createUsageLookup(exchange) : undefined;
  return async (entry, href = hrefOf(entry.path, entry.kind === 'directory')) =>
    render(href, { entry, now, usage: entry.kind === 'directory' ? await usages?.(entry) : undefined });
}

/** A group has one quota: it is looked up once, however many folders are listed. */
function createUsageLookup({ workspace }: Exchange): (entry: DirectoryEntry) => Promise<Usage | undefined> {
  const known = new Map<string, Promise<Usage | undefined>>();
  return async ({ path }) => {
    const [group] = path.segments;
    if (group === undefined || isRoot(path)) return undefined;
    const usage = known.get(group) ?? workspace.usage({ segments: [group] }).catch(absentAsUndefined);
    known.set(group, usage);
    return usage;
  };
}

function absentAsUndefined(error: unknown): undefined {
  if (isStorageError(error, 'not-found')) return undefined;
  throw error;
}
