import type { IncomingMessage } from 'node:http';
import { HttpStatus } from './http-status.js';
import type { WebMiddleware, WebRequest } from './web-state.js';

/** The part of a pino logger that the pages use. */
export interface RequestLogger {
  debug(fields: object, message?: string): void;
  info(fields: object, message?: string): void;
  error(fields: object, message?: string): void;
}

/** One line per request; never a query, a body, a cookie or the secret part of a link. */
export function logRequests(
  logger: RequestLogger,
  clientAddress: (request: IncomingMessage) => string = socketAddress,
): WebMiddleware {
  return async (ctx, next) => {
    const startedAt = performance.now();
    let endedAt: number | undefined;
    // A download is waited for until its arrival is known, long after its last byte left.
    ctx.res.once('close', () => {
      endedAt = performance.now();
    });
    ctx.state.address = clientAddress(ctx.req);
    try {
      await next();
    } finally {
      writeLine(logger, ctx, Math.round((endedAt ?? performance.now()) - startedAt));
    }
  };
}

function writeLine(logger: RequestLogger, ctx: WebRequest, durationMs: number): void {
  const { act = 'unknown', address, account, reference } = ctx.state;
  const status = ctx.res.statusCode;
  const line = {
    door: 'web',
    act,
    method: ctx.method,
    path: maskLink(ctx.path).slice(0, 512),
    status,
    account,
    address,
    durationMs,
    reference,
  };
  if (status >= HttpStatus.serverError) logger.error(line, 'request');
  else if (act === 'asset') logger.debug(line, 'request');
  else logger.info(line, 'request');
}

/** By the path alone, as it was sent: a link is as secret in a request that no route was found for. */
function maskLink(path: string): string {
  return path.replace(/^(\/+(?:activation|reinitialisation|installation))(?:\/|%2f)+[^/].*$/isu, '$1/…');
}

function socketAddress(request: IncomingMessage): string {
  return request.socket.remoteAddress ?? '';
}
