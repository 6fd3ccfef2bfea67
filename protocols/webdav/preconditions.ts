import type { Conditions, VirtualPath } from '../../storage/index.js';
import { etagOf, hasConditions, parseEntityTags, weighConditions } from './conditions.js';
import { ownPath } from './destination.js';
import { type Exchange, pathOfTarget } from './exchange.js';
import { badRequest, HttpProblem } from './http-problem.js';
import { HttpStatus } from './http-status.js';
import { type IfCondition, type IfList, parseIfHeader } from './if-header.js';
import { fromWireToken, readLockTokenHeader } from './lock-tokens.js';

const MAX_CONDITIONS = 100;

/**
 * Weighs the If header (RFC 4918 section 10.4) and the conditional headers of RFC 9110 for a request that is about to change
 * something, and turns them into the conditions that storage checks again in its transaction.
 * @throws HttpProblem 412 when they do not hold, 400 when malformed
 */
export async function conditionsOf(exchange: Exchange): Promise<Conditions> {
  const { request, states } = exchange;
  const path = pathOfTarget(exchange);
  if (hasConditions(request) && weighConditions(request, await states.entry(path)) !== 'go-on')
    throw failed();
  const lists = readLists(exchange);
  const held = await heldLists(exchange, lists);
  if (lists.length > 0 && held.length === 0) throw failed();
  const tokens = [...tokensOf(lists), ...namedToken(exchange)];
  const ifMatch = await pinnedTag(exchange, held, path);
  const ifNoneMatch = request.headers['if-none-match'];
  return {
    ...(tokens.length === 0 ? {} : { lockTokens: tokens }),
    ...(ifMatch === undefined ? {} : { ifMatch }),
    // A list of tags was weighed above; only "nothing may stand there" can still change for the worse.
    ...(ifNoneMatch !== undefined && parseEntityTags(ifNoneMatch) === '*' ? { ifNoneMatch: '*' } : {}),
  };
}

/** The tokens a request submits: those of its If header that are not negated, stored form. @throws HttpProblem 400 */
export function submittedTokens(exchange: Exchange): readonly string[] {
  return tokensOf(readLists(exchange));
}

/** Weighs the If header of a request that only reads. @throws HttpProblem 412, 400 */
export async function assertIfHeaderHolds(exchange: Exchange): Promise<void> {
  const lists = readLists(exchange);
  if (lists.length > 0 && (await heldLists(exchange, lists)).length === 0) throw failed();
}

function readLists({ request }: Exchange): readonly IfList[] {
  const header = request.headers.if;
  const lists = header === undefined ? [] : parseIfHeader(String(header));
  // Each may cost a look-up.
  if (lists.flatMap((list) => list.conditions).length > MAX_CONDITIONS)
    throw badRequest(`The If header holds more than ${MAX_CONDITIONS} conditions.`);
  return lists;
}

function tokensOf(lists: readonly IfList[]): readonly string[] {
  return lists
    .flatMap((list) => list.conditions)
    .filter((condition) => condition.kind === 'token' && !condition.isNegated)
    .map((condition) => fromWireToken(condition.value));
}

/** Office 2016 names its lock on PUT by a Lock-Token header instead of an If header. */
function namedToken({ request }: Exchange): readonly string[] {
  const token = request.method === 'PUT' ? readLockTokenHeader(request.headers['lock-token']) : undefined;
  return token === undefined ? [] : [token];
}

/** The tag the content must still have at commit: what the client named, or what its If header was found true by. */
async function pinnedTag(
  { request, states }: Exchange,
  held: readonly IfList[],
  path: VirtualPath,
): Promise<string | undefined> {
  const ifMatch = request.headers['if-match'];
  if (ifMatch !== undefined && parseEntityTags(ifMatch) === '*') return '*';
  const namesTag = held.some(
    (list) =>
      list.resource === undefined &&
      list.conditions.some((condition) => condition.kind === 'etag' && !condition.isNegated),
  );
  return ifMatch !== undefined || namesTag ? etagOf(await states.entry(path)) : undefined;
}

/** The lists that hold; one of them is enough. */
async function heldLists(exchange: Exchange, lists: readonly IfList[]): Promise<readonly IfList[]> {
  const held: IfList[] = [];
  for (const list of lists) if (await holds(exchange, list)) held.push(list);
  return held;
}

async function holds(exchange: Exchange, list: IfList): Promise<boolean> {
  // A list without a tag is about the request's own resource alone, neither its parent nor a destination.
  const path = list.resource === undefined ? pathOfTarget(exchange) : ownPath(exchange, list.resource);
  for (const condition of list.conditions) {
    const isTrue = path !== undefined && (await isTrueOf(exchange, path, condition));
    if (isTrue === condition.isNegated) return false;
  }
  return true;
}

async function isTrueOf({ states }: Exchange, path: VirtualPath, condition: IfCondition): Promise<boolean> {
  if (condition.kind === 'etag') return etagOf(await states.entry(path)) === condition.value;
  const token = fromWireToken(condition.value);
  return (await states.locks(path)).some((lock) => lock.token === token);
}

function failed(): HttpProblem {
  return new HttpProblem(HttpStatus.preconditionFailed, 'A condition of the request does not hold.');
}
