import {
  type Browsing,
  type DirectoryEntry,
  type Entry,
  isStorageError,
  ROOT,
  type Usage,
} from '../../../storage/index.js';
import type { Exchange } from '../exchange.js';
import { readDepth } from '../headers.js';
import { HttpProblem } from '../http-problem.js';
import { HttpStatus } from '../http-status.js';
import { createMultistatus, type Multistatus } from '../multistatus.js';
import { assertIfHeaderHolds } from '../preconditions.js';
import { needsDetails, needsUsage, type PropertyRequest, parsePropertyRequest } from '../property-request.js';
import { createResponseRenderer } from '../propstat.js';
import { readXmlBody } from '../request-body.js';
import { childHref, hrefOf } from '../request-path.js';

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
  const render = createEntryRenderer(exchange, wanted);
  const answer = createMultistatus(response);
  if (depth === '0' || target.kind === 'host') {
    const entry = await workspace.stat(path, options);
    await answer.write(await render(entry, target.kind === 'host' ? '/' : undefined));
    if (depth === '1') await answer.write(await render(entry));
  } else await writeFolder(answer, render, await workspace.browse(path, options));
  answer.end();
}

async function writeFolder(answer: Multistatus, render: EntryRenderer, folder: Browsing): Promise<void> {
  const href = hrefOf(folder.entry.path, true);
  await answer.write(await render(folder.entry, href));
  for await (const page of folder.pages)
    for (const child of page) {
      const element = render(child, childHref(href, child.name, child.kind === 'directory'));
      // Of ten thousand children hardly one has anything to wait for.
      const written = answer.write(typeof element === 'string' ? element : await element);
      if (written) await written;
    }
}

type EntryRenderer = (entry: Entry, href?: string) => string | Promise<string>;

function createEntryRenderer(exchange: Exchange, wanted: PropertyRequest): EntryRenderer {
  const render = createResponseRenderer(wanted);
  const now = exchange.settings.clock.now();
  const usages = needsUsage(wanted) ? createUsageLookup(exchange) : undefined;
  return (entry, href = hrefOf(entry.path, entry.kind === 'directory')) => {
    if (!usages || entry.kind !== 'directory') return render(href, { entry, now, usage: undefined });
    return usages(entry).then((usage) => render(href, { entry, now, usage }));
  };
}

/** A group has one quota: it is looked up once, however many folders are listed. */
function createUsageLookup({ workspace }: Exchange): (entry: DirectoryEntry) => Promise<Usage | undefined> {
  const known = new Map<string, Promise<Usage | undefined>>();
  return async ({ path }) => {
    const [group] = path.segments;
    const root = group === undefined ? ROOT : { segments: [group] };
    const usage = known.get(group ?? '') ?? workspace.usage(root).catch(absentAsUndefined);
    known.set(group ?? '', usage);
    return usage;
  };
}

function absentAsUndefined(error: unknown): undefined {
  if (isStorageError(error, 'not-found')) return undefined;
  throw error;
}
