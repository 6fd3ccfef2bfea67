import type { Lock, LockScope } from '../../storage/index.js';
import { badRequest } from './http-problem.js';
import { toWireToken } from './lock-tokens.js';
import { hrefOf } from './request-path.js';
import { davChild, isDav, type XmlElement } from './xml.js';
import { escapeText, serializeElement } from './xml-output.js';

/** Both scopes on files and folders (RFC 4918 section 15.10). */
export const SUPPORTED_LOCKS = ['exclusive', 'shared']
  .map(
    (scope) =>
      `<D:lockentry><D:lockscope><D:${scope}/></D:lockscope><D:locktype><D:write/></D:locktype></D:lockentry>`,
  )
  .join('');

/** The content of a lockdiscovery property (RFC 4918 section 15.8). */
export function formatLocks(locks: readonly Lock[], now: Date): string {
  return locks.map((lock) => formatLock(lock, now)).join('');
}

function formatLock(lock: Lock, now: Date): string {
  const leftSeconds = Math.max(0, Math.ceil((lock.expiresAt.getTime() - now.getTime()) / 1000));
  return [
    '<D:activelock><D:locktype><D:write/></D:locktype>',
    `<D:lockscope><D:${lock.scope}/></D:lockscope>`,
    `<D:depth>${lock.isDeep ? 'infinity' : '0'}</D:depth>`,
    lock.ownerXml,
    `<D:timeout>Second-${leftSeconds}</D:timeout>`,
    `<D:locktoken><D:href>${escapeText(toWireToken(lock.token))}</D:href></D:locktoken>`,
    `<D:lockroot><D:href>${escapeText(hrefOf(lock.root, false))}</D:href></D:lockroot></D:activelock>`,
  ].join('');
}

/** What a LOCK body asks for (RFC 4918 section 14.11). @throws HttpProblem 400 */
export function parseLockInfo(root: XmlElement): { scope: LockScope; ownerXml: string } {
  if (!isDav(root, 'lockinfo')) throw badRequest('The body of LOCK must be a lockinfo element.');
  const scope = davChild(root, 'lockscope');
  const type = davChild(root, 'locktype');
  if (!scope || !type || !davChild(type, 'write')) throw badRequest('Only write locks exist.');
  const isShared = davChild(scope, 'shared') !== undefined;
  if (isShared === (davChild(scope, 'exclusive') !== undefined))
    throw badRequest('A lock is either exclusive or shared.');
  const owner = davChild(root, 'owner');
  return { scope: isShared ? 'shared' : 'exclusive', ownerXml: owner ? serializeElement(owner) : '' };
}
