import type { Conditions } from '../../../storage/index.js';
import { type Exchange, pathOfTarget } from '../exchange.js';
import { HttpStatus } from '../http-status.js';
import { createMultistatus } from '../multistatus.js';
import { conditionsOf } from '../preconditions.js';
import { namedElements, type PropertyUpdate, parsePropertyUpdate } from '../property-update.js';
import { responseElement } from '../propstat.js';
import { readXmlBody } from '../request-body.js';
import { hrefOf } from '../request-path.js';

/** PROPPATCH (RFC 4918 section 9.2): all or nothing; what cannot be set is told inside the 207, as Explorer wants it. */
export async function proppatch(exchange: Exchange): Promise<void> {
  const { response, workspace } = exchange;
  const path = pathOfTarget(exchange);
  const update = parsePropertyUpdate(await readXmlBody(exchange));
  const isRefused = update.instructions.some(({ refusal }) => refusal !== undefined);
  const entry = await workspace.stat(path);
  const conditions = await conditionsOf(exchange);
  if (!isRefused) await apply(exchange, update, conditions);
  const answer = createMultistatus(response);
  await answer.write(
    responseElement(
      hrefOf(path, entry.kind === 'directory'),
      isRefused ? refusals(update) : [{ status: HttpStatus.ok, elements: namedElements(update, () => true) }],
    ),
  );
  answer.end();
}

async function apply(
  exchange: Exchange,
  { changes, modifiedAt }: PropertyUpdate,
  conditions: Conditions,
): Promise<void> {
  const { workspace } = exchange;
  const path = pathOfTarget(exchange);
  if (changes.length > 0) await workspace.patchProperties(path, changes, conditions);
  if (modifiedAt !== undefined) await workspace.setModifiedAt(path, modifiedAt, conditions);
}

function refusals(update: PropertyUpdate): { status: number; elements: string }[] {
  const groups = [HttpStatus.forbidden, HttpStatus.conflict].map((status) => ({
    status,
    elements: namedElements(update, (refusal) => refusal === status),
  }));
  const rest = namedElements(update, (refusal) => refusal === undefined);
  return [...groups, { status: HttpStatus.failedDependency, elements: rest }];
}
