import { sendEmpty } from '../answers.js';
import { type Exchange, pathOfTarget } from '../exchange.js';
import { readDepth } from '../headers.js';
import { badRequest } from '../http-problem.js';
import { HttpStatus } from '../http-status.js';
import { conditionsOf } from '../preconditions.js';
import { endOf } from '../request-body.js';

/** DELETE (RFC 4918 section 9.6): a folder goes with all it holds, or not at all. */
export async function remove(exchange: Exchange): Promise<void> {
  const { request, response, workspace, states } = exchange;
  const path = pathOfTarget(exchange);
  const depth = readDepth(request);
  if (depth !== undefined && depth !== 'infinity' && (await states.entry(path))?.kind === 'directory')
    throw badRequest('DELETE of a folder is always infinitely deep.');
  await endOf(exchange);
  await workspace.remove(path, await conditionsOf(exchange));
  sendEmpty(response, HttpStatus.noContent);
}
