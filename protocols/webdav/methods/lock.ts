import { isStorageError, type Lock } from '../../../storage/index.js';
import { sendXml } from '../answers.js';
import { type Exchange, pathOfTarget } from '../exchange.js';
import { readDepth, readTimeoutSeconds } from '../headers.js';
import { badRequest, HttpProblem } from '../http-problem.js';
import { HttpStatus } from '../http-status.js';
import { toWireToken } from '../lock-tokens.js';
import { formatLocks, parseLockInfo } from '../lock-xml.js';
import { conditionsOf, submittedTokens } from '../preconditions.js';
import { readXmlBody } from '../request-body.js';
import type { XmlElement } from '../xml.js';

/** LOCK (RFC 4918 section 9.10): a new lock, or with no body the refresh of those the If header names. */
export async function lock(exchange: Exchange): Promise<void> {
  const body = await readXmlBody(exchange);
  if (body) await take(exchange, body);
  else await refresh(exchange);
}

/** @throws HttpProblem 423 no-conflicting-lock, 400 */
async function take(exchange: Exchange, body: XmlElement): Promise<void> {
  const { request, workspace } = exchange;
  const path = pathOfTarget(exchange);
  const { scope, ownerXml } = parseLockInfo(body);
  const depth = readDepth(request) ?? 'infinity';
  if (depth === '1') throw badRequest('LOCK takes a Depth of 0 or infinity.');
  const conditions = await conditionsOf(exchange);
  const { lock: taken, created } = await workspace
    .lock(path, {
      scope,
      ownerXml,
      isDeep: depth === 'infinity',
      timeoutSeconds: readTimeoutSeconds(request),
      ...conditions,
    })
    .catch(refuseConflict);
  sendLock(exchange, taken, created ? HttpStatus.created : HttpStatus.ok, {
    'Lock-Token': `<${toWireToken(taken.token)}>`,
  });
}

async function refresh(exchange: Exchange): Promise<void> {
  const tokens = submittedTokens(exchange);
  if (tokens.length === 0)
    throw badRequest('LOCK without a body refreshes a lock, which the If header must name.');
  const path = pathOfTarget(exchange);
  const seconds = readTimeoutSeconds(exchange.request);
  sendLock(exchange, await exchange.workspace.refreshLock(path, tokens, seconds), HttpStatus.ok, {});
}

function sendLock(
  { response, settings }: Exchange,
  taken: Lock,
  status: number,
  headers: Record<string, string>,
): void {
  const discovery = formatLocks([taken], settings.clock.now());
  const document = `<D:prop xmlns:D="DAV:"><D:lockdiscovery>${discovery}</D:lockdiscovery></D:prop>`;
  sendXml(response, status, document, headers);
}

function refuseConflict(error: unknown): never {
  if (!isStorageError(error, 'locked')) throw error;
  throw new HttpProblem(HttpStatus.locked, error.message, { precondition: 'no-conflicting-lock' });
}
