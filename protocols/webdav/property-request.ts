import { badRequest, HttpProblem } from './http-problem.js';
import { HttpStatus } from './http-status.js';
import { liveProperty, type PropertyName } from './properties.js';
import { DAV_NAMESPACE, davChild, elementsOf, isDav, type XmlElement } from './xml.js';

// Each is answered once per child: a body of 64 KiB full of names would make an answer of gigabytes.
export const MAX_NAMES = 256;

/** What a PROPFIND asks for (RFC 4918 section 9.1). */
export type PropertyRequest =
  | { readonly kind: 'allprop'; readonly include: readonly PropertyName[] }
  | { readonly kind: 'propname' }
  | { readonly kind: 'prop'; readonly names: readonly PropertyName[] };

/** Reads a propfind body; none means allprop, which is all that Windows ever sends. @throws HttpProblem 400, 413 */
export function parsePropertyRequest(root: XmlElement | undefined): PropertyRequest {
  if (!root) return { kind: 'allprop', include: [] };
  if (!isDav(root, 'propfind')) throw badRequest('The body of PROPFIND must be a propfind element.');
  if (davChild(root, 'propname')) return { kind: 'propname' };
  if (davChild(root, 'allprop')) return { kind: 'allprop', include: namesIn(davChild(root, 'include')) };
  const prop = davChild(root, 'prop');
  if (!prop) throw badRequest('PROPFIND must ask for prop, propname or allprop.');
  return { kind: 'prop', names: namesIn(prop) };
}

/** Whether locks and kept properties must be looked up. */
export function needsDetails(request: PropertyRequest): boolean {
  return (
    request.kind !== 'prop' || request.names.some((name) => isLockDiscovery(name) || !liveProperty(name))
  );
}

/** Whether the group's quota must be looked up. */
export function needsUsage(request: PropertyRequest): boolean {
  const names = request.kind === 'prop' ? request.names : request.kind === 'allprop' ? request.include : [];
  return names.some(({ namespace, name }) => namespace === DAV_NAMESPACE && name.startsWith('quota-'));
}

function isLockDiscovery({ namespace, name }: PropertyName): boolean {
  return namespace === DAV_NAMESPACE && name === 'lockdiscovery';
}

function namesIn(parent: XmlElement | undefined): readonly PropertyName[] {
  const names = parent ? elementsOf(parent).map(({ namespace, name }) => ({ namespace, name })) : [];
  if (names.length > MAX_NAMES)
    throw new HttpProblem(HttpStatus.contentTooLarge, `PROPFIND names more than ${MAX_NAMES} properties.`);
  return names;
}
