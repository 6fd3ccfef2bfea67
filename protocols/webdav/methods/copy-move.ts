import { isStorageError, type TransferOptions, type VirtualPath } from '../../../storage/index.js';
import { sendEmpty } from '../answers.js';
import { readDestination } from '../destination.js';
import { type Exchange, pathOfTarget } from '../exchange.js';
import { readDepth, readOverwrite } from '../headers.js';
import { badRequest, HttpProblem } from '../http-problem.js';
import { HttpStatus } from '../http-status.js';
import { conditionsOf } from '../preconditions.js';
import { endOf } from '../request-body.js';

/** COPY (RFC 4918 section 9.8); Depth 0 copies a folder without what it holds. */
export async function copy(exchange: Exchange): Promise<void> {
  const depth = readDepth(exchange.request) ?? 'infinity';
  if (depth === '1') throw badRequest('COPY takes a Depth of 0 or infinity.');
  await transfer(exchange, (from, to, options) =>
    exchange.workspace.copy(from, to, { ...options, isShallow: depth === '0' }),
  );
}

/** MOVE (RFC 4918 section 9.9). */
export async function move(exchange: Exchange): Promise<void> {
  const depth = readDepth(exchange.request) ?? 'infinity';
  if (depth === '1') throw badRequest('MOVE takes no Depth but infinity.');
  await transfer(exchange, (from, to, options) => exchange.workspace.move(from, to, options));
}

type Transfer = (
  from: VirtualPath,
  to: VirtualPath,
  options: TransferOptions,
) => Promise<{ replaced: boolean }>;

/** @throws HttpProblem 412 for an existing target that may not be replaced, 400, 502; StorageError forbidden onto itself */
async function transfer(exchange: Exchange, act: Transfer): Promise<void> {
  const { request, response } = exchange;
  const from = pathOfTarget(exchange);
  const to = readDestination(exchange);
  const overwrite = readOverwrite(request);
  await endOf(exchange);
  const conditions = await conditionsOf(exchange);
  const { replaced } = await act(from, to, { ...conditions, overwrite }).catch((error: unknown) => {
    if (overwrite || !isStorageError(error, 'already-exists')) throw error;
    throw new HttpProblem(HttpStatus.preconditionFailed, error.message);
  });
  sendEmpty(response, replaced ? HttpStatus.noContent : HttpStatus.created);
}
