import { isStorageError } from '../../../storage/index.js';
import { sendEmpty } from '../answers.js';
import { type Exchange, pathOfTarget } from '../exchange.js';
import { HttpProblem } from '../http-problem.js';
import { ALLOWED_METHODS, HttpStatus } from '../http-status.js';
import { conditionsOf } from '../preconditions.js';
import { hasBody } from '../request-body.js';

/** MKCOL (RFC 4918 section 9.3). @throws HttpProblem 405 where something stands already, 415 for any body */
export async function mkcol(exchange: Exchange): Promise<void> {
  const { request, response, workspace } = exchange;
  const path = pathOfTarget(exchange);
  if (hasBody(request)) throw new HttpProblem(HttpStatus.unsupportedMediaType, 'MKCOL takes no body.');
  const conditions = await conditionsOf(exchange);
  await workspace.createDirectory(path, conditions).catch(refuseExisting);
  sendEmpty(response, HttpStatus.created);
}

function refuseExisting(error: unknown): never {
  if (!isStorageError(error, 'already-exists')) throw error;
  throw new HttpProblem(HttpStatus.methodNotAllowed, error.message, { headers: { Allow: ALLOWED_METHODS } });
}
