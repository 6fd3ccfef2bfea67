import { isStorageError } from '../../../storage/index.js';
import { sendEmpty } from '../answers.js';
import { type Exchange, pathOfTarget } from '../exchange.js';
import { badRequest, HttpProblem } from '../http-problem.js';
import { HttpStatus } from '../http-status.js';
import { readLockTokenHeader } from '../lock-tokens.js';
import { endOf } from '../request-body.js';

/** UNLOCK (RFC 4918 section 9.11). @throws HttpProblem 409 for a token that does not lock the resource, 400 without one */
export async function unlock(exchange: Exchange): Promise<void> {
  const { request, response, workspace } = exchange;
  const token = readLockTokenHeader(request.headers['lock-token']);
  if (token === undefined) throw badRequest('The Lock-Token header must hold one token in angle brackets.');
  await endOf(exchange);
  await workspace.unlock(pathOfTarget(exchange), token).catch(refuseMismatch);
  sendEmpty(response, HttpStatus.noContent);
}

function refuseMismatch(error: unknown): never {
  if (!isStorageError(error, 'precondition-failed')) throw error;
  throw new HttpProblem(HttpStatus.conflict, error.message, {
    precondition: 'lock-token-matches-request-uri',
  });
}
