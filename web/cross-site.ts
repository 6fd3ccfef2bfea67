import type { IncomingMessage } from 'node:http';
import { isLoopbackName } from './hosts.js';
import { HttpStatus } from './http-status.js';
import { Refusal } from './refusal.js';
import type { WebMiddleware } from './web-state.js';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** What our own forms and scripts send; JSON and tus (creation-with-upload) no page of another site can send without being asked first. */
const OWN_TYPES = new Set([
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'application/json',
  'application/offset+octet-stream',
]);

/**
 * Every act must come from a page of this site: the browser says so in Sec-Fetch-Site or, where that header is missing, in
 * Origin. Neither, or another type of body than ours, is refused. Cookies are SameSite=Lax besides.
 */
export function refuseCrossSiteActs(publicUrl: URL): WebMiddleware {
  return (ctx, next) => {
    if (!SAFE_METHODS.has(ctx.method) && !isOwnAct(ctx.req, publicUrl))
      throw new Refusal('cross-site', HttpStatus.forbidden);
    return next();
  };
}

function isOwnAct(request: IncomingMessage, publicUrl: URL): boolean {
  const type = contentType(request);
  return (OWN_TYPES.has(type) || isBodiless(request, type)) && comesFromOwnPage(request, publicUrl);
}

function contentType(request: IncomingMessage): string {
  const [type = ''] = (request.headers['content-type'] ?? '').toLowerCase().split(';');
  return type.trim();
}

/** A tus upload is begun and ended by requests without a body; no form is sent so. */
function isBodiless({ headers }: IncomingMessage, type: string): boolean {
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  return type === '' && !hasBody && headers['tus-resumable'] !== undefined;
}

function comesFromOwnPage(request: IncomingMessage, publicUrl: URL): boolean {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  const { origin, host = '' } = request.headers;
  if (origin === undefined || origin === publicUrl.origin) return origin !== undefined;
  // The host was checked before; a loopback name is plain HTTP even where the public address is not.
  return origin === `http://${host}` && (publicUrl.protocol === 'http:' || isLoopbackName(host));
}
