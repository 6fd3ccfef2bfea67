import type { IncomingMessage } from 'node:http';
import { HttpStatus } from './http-status.js';
import { Refusal } from './refusal.js';
import type { WebMiddleware } from './web-state.js';

const HOST_SYNTAX = /^(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/iu;
const LOOPBACK_NAMES = new Set(['localhost', '127.0.0.1', '[::1]']);
const LOOPBACK_ADDRESS = /^(?:127\.|::1$|::ffff:127\.)/u;

/**
 * Answers only under the public address, and under loopback names on a loopback socket: a foreign name that points here
 * (DNS rebinding, a poisoned Host) gets nothing. `X-Forwarded-Host` is never read. RFC 9110, section 7.4.
 */
export function refuseUnknownHosts(publicUrl: URL): WebMiddleware {
  return (ctx, next) => {
    if (!isKnownHost(ctx.req, publicUrl)) throw new Refusal('unknown-host', HttpStatus.misdirectedRequest);
    if (!ctx.req.url?.startsWith('/')) throw new Refusal('bad-request', HttpStatus.badRequest);
    return next();
  };
}

/** Whether a Host header names this machine to itself, with or without a port. */
export function isLoopbackName(host: string): boolean {
  return LOOPBACK_NAMES.has(host.replace(/:\d+$/u, '').toLowerCase());
}

function isKnownHost(request: IncomingMessage, publicUrl: URL): boolean {
  const sent = request.headersDistinct.host ?? [];
  const [host] = sent;
  if (host === undefined || sent.length > 1 || !HOST_SYNTAX.test(host)) return false;
  // The same scheme drops its default port from both.
  const address = `${publicUrl.protocol}//${host}`;
  if (!URL.canParse(address)) return false;
  return new URL(address).host === publicUrl.host || isLoopback(request, host);
}

function isLoopback(request: IncomingMessage, host: string): boolean {
  const { localAddress = '', localPort } = request.socket;
  const [, port] = /:(\d+)$/u.exec(host) ?? [];
  return (
    LOOPBACK_ADDRESS.test(localAddress) &&
    isLoopbackName(host) &&
    (port === undefined || Number(port) === localPort)
  );
}
