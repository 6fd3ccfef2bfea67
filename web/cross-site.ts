import type { IncomingMessage } from 'node:http';
import { isLoopbackName } from './hosts.js';
import { HttpStatus } from './http-status.js';
import { Refusal } from './refusal.js';
import type { WebMiddleware } from './web-state.js';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Every act must come from a form of this site: the browser says so in Sec-Fetch-Site or, where that header is missing, in
 * Origin. Neither, or another type of body than a form's, is refused. Cookies are SameSite=Lax besides.
 */
export function refuseCrossSiteActs(publicUrl: URL): WebMiddleware {
  return (ctx, next) => {
    if (!SAFE_METHODS.has(ctx.method) && !isOwnForm(ctx.req, publicUrl))
      throw new Refusal('cross-site', HttpStatus.forbidden);
    return next();
  };
}

function isOwnForm(request: IncomingMessage, publicUrl: URL): boolean {
  const [type = ''] = (request.headers['content-type'] ?? '').toLowerCase().split(';');
  return type.trim() === 'application/x-www-form-urlencoded' && comesFromOwnPage(request, publicUrl);
}

function comesFromOwnPage(request: IncomingMessage, publicUrl: URL): boolean {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  const { origin, host = '' } = request.headers;
  if (origin === undefined || origin === publicUrl.origin) return origin !== undefined;
  // The host was checked before; a loopback name is plain HTTP even where the public address is not.
  return origin === `http://${host}` && (publicUrl.protocol === 'http:' || isLoopbackName(host));
}
