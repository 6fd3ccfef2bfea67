import { formatPath, pathOf, type VirtualPath } from '../../storage/index.js';
import { badRequest } from './http-problem.js';

/** Where the tree of groups hangs below the host. */
export const DAV_ROOT = '/dav';

/**
 * What a request is about. `host` is the host's own root, or `*`: Windows probes it before it maps anything below, and
 * would give up if it did not exist.
 */
export type Target = { readonly kind: 'host' } | { readonly kind: 'entry'; readonly path: VirtualPath };

/**
 * Reads a raw request target (RFC 9112 section 3.2), still percent-encoded, into a path of the workspace. Split first and
 * decoded after, so that `%2F` stays in its segment and is refused. Undefined when it lies outside /dav.
 * @throws StorageError invalid-path; HttpProblem 400 for a broken percent-encoding, bytes that are not UTF-8, or a fragment
 */
export function parseTarget(rawTarget: string): Target | undefined {
  const rawPath = rawPathOf(rawTarget);
  if (rawPath === '/' || rawPath === '*') return { kind: 'host' };
  if (!isBelowRoot(rawPath)) return undefined;
  return { kind: 'entry', path: parseDavPath(rawPath) };
}

/** True for /dav itself and everything below it. `rawPath` has neither host nor query. */
export function isBelowRoot(rawPath: string): boolean {
  return rawPath === DAV_ROOT || rawPath.startsWith(`${DAV_ROOT}/`);
}

/** The path part of a raw request target: without scheme and host (absolute form) and without query. */
export function rawPathOf(rawTarget: string): string {
  const target = rawTarget.replace(/^https?:\/\/[^/?#]*/iu, '');
  const query = target.indexOf('?');
  const path = query === -1 ? target : target.slice(0, query);
  return path === '' ? '/' : path;
}

/**
 * A raw path below /dav as a workspace path. A trailing slash means nothing: folders are answered with and without.
 * @throws as parseTarget
 */
export function parseDavPath(rawPath: string): VirtualPath {
  // A fragment is never sent by a client that means what it says: acting on what stands before it would delete the folder.
  if (rawPath.includes('#')) throw badRequest('A request path cannot hold a fragment.');
  const segments = rawPath
    .slice(DAV_ROOT.length)
    .split('/')
    .filter((segment) => segment !== '');
  return pathOf(segments.map(decodeSegment));
}

function decodeSegment(raw: string): string {
  // Some clients send UTF-8 bytes unescaped; Node hands each byte over as one character.
  const escaped = raw.replace(
    /[\u0080-\u00ff]/gu,
    (byte) => `%${byte.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
  try {
    return decodeURIComponent(escaped);
  } catch {
    throw badRequest('The path holds an escape that is not valid UTF-8.');
  }
}

/** The absolute path of an entry as the client may use it in its next request; folders end in a slash (RFC 4918 section 8.3). */
export function hrefOf(path: VirtualPath, isDirectory: boolean): string {
  const joined = path.segments.map((segment) => `/${encodeURIComponent(segment)}`).join('');
  return `${DAV_ROOT}${joined}${isDirectory ? '/' : ''}`;
}

/** The same for a child of a folder whose own is known. */
export function childHref(parentHref: string, name: string, isDirectory: boolean): string {
  return `${parentHref}${encodeURIComponent(name)}${isDirectory ? '/' : ''}`;
}

/** The target as logs name it. */
export function describeTarget(target: Target): string {
  return target.kind === 'host' ? '(host)' : formatPath(target.path);
}
