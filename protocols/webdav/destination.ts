import type { VirtualPath } from '../../storage/index.js';
import type { Exchange } from './exchange.js';
import { badRequest, HttpProblem } from './http-problem.js';
import { HttpStatus } from './http-status.js';
import { isBelowRoot, parseDavPath, rawPathOf } from './request-path.js';

/**
 * The path a Destination header names (RFC 4918 section 10.3), given as an absolute path or a URL of this host.
 * @throws HttpProblem 400 without or with a malformed one, 502 for another host or a place outside /dav; StorageError invalid-path
 */
export function readDestination(exchange: Exchange): VirtualPath {
  const header = exchange.request.headers.destination;
  if (typeof header !== 'string' || header === '') throw badRequest('The Destination header is missing.');
  const path = ownPath(exchange, header);
  if (!path) throw new HttpProblem(HttpStatus.badGateway, 'The destination lies outside this server.');
  return path;
}

/**
 * The path a URL or absolute path names on this host, undefined when it is not ours. The scheme does not count: behind a TLS
 * proxy the client says https where we speak http.
 * @throws HttpProblem 400, StorageError invalid-path
 */
export function ownPath(exchange: Exchange, reference: string): VirtualPath | undefined {
  const url = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)/iu.exec(reference);
  if (url) {
    const [, scheme = '', authority = ''] = url;
    if (!/^https?$/iu.test(scheme) || !isOwnHost(exchange, authority)) return undefined;
  } else if (!reference.startsWith('/') || reference.startsWith('//')) {
    throw badRequest('A reference must be an absolute path or a URL.');
  }
  const rawPath = rawPathOf(reference);
  return isBelowRoot(rawPath) ? parseDavPath(rawPath) : undefined;
}

function isOwnHost({ request, settings }: Exchange, authority: string): boolean {
  const host = bareHost(authority);
  return [request.headers.host, settings.publicHost].some(
    (own) => own !== undefined && bareHost(own) === host,
  );
}

/** Host and port in one spelling; the default ports are left out. */
function bareHost(authority: string): string {
  return authority.toLowerCase().replace(/:(80|443)?$/u, '');
}
