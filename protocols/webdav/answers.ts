import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { HttpProblem, type PreconditionName, problemOf } from './http-problem.js';
import { HttpStatus } from './http-status.js';
import { awaitsLeave, discardRest, hasBody } from './request-body.js';
import { escapeText } from './xml-output.js';

const XML_START = '<?xml version="1.0" encoding="utf-8"?>\n';
export const XML_TYPE = 'application/xml; charset=utf-8';

type Headers = Readonly<Record<string, string>>;

/** Answers without a body. */
export function sendEmpty(response: ServerResponse, status: number, headers: Headers = {}): void {
  response.writeHead(status, hasNoLength(status) ? headers : { ...headers, 'Content-Length': '0' });
  response.end();
}

/** Answers with an XML document, given without its declaration. */
export function sendXml(
  response: ServerResponse,
  status: number,
  document: string,
  headers: Headers = {},
): void {
  const body = Buffer.from(XML_START + document);
  response.writeHead(status, { ...headers, 'Content-Type': XML_TYPE, 'Content-Length': String(body.length) });
  response.end(body);
}

/** What was told to a client, for the log. */
export interface Refusal {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  /** Only for a bug: the id the client was given instead of the truth. */
  readonly incident?: string;
}

/**
 * Answers an error: a sentence, or the precondition element of RFC 4918 section 16 where there is one. A bug is answered
 * with an incident id. An answer already on its way is cut off, so that nobody takes it for whole.
 */
export function sendError(
  request: IncomingMessage,
  response: ServerResponse,
  error: unknown,
  href: string | undefined,
): Refusal {
  const known = problemOf(error);
  const incident = known ? undefined : randomBytes(6).toString('hex');
  const problem = known ?? bug(incident);
  if (response.headersSent) response.destroy();
  else sendProblem(request, response, problem, href);
  return {
    level: problem.details.level ?? (problem.status === HttpStatus.notFound ? 'debug' : 'info'),
    ...(incident === undefined ? {} : { incident }),
  };
}

function sendProblem(
  request: IncomingMessage,
  response: ServerResponse,
  { status, message, details }: HttpProblem,
  href: string | undefined,
): void {
  const { precondition } = details;
  const body = Buffer.from(
    precondition ? XML_START + preconditionDocument(precondition, href) : `${message}\n`,
  );
  response.writeHead(status, {
    ...details.headers,
    // A client that waits for 100 Continue and hears a refusal may send its body or not: the next request cannot be told apart.
    ...(hasBody(request) && awaitsLeave(request) ? { Connection: 'close' } : {}),
    'Content-Type': precondition ? XML_TYPE : 'text/plain; charset=utf-8',
    'X-Content-Type-Options': 'nosniff',
    'Content-Length': String(body.length),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
  discardRest(request);
}

function preconditionDocument(name: PreconditionName, href: string | undefined): string {
  const inside =
    name === 'lock-token-submitted' && href !== undefined ? `<D:href>${escapeText(href)}</D:href>` : '';
  const element = inside === '' ? `<D:${name}/>` : `<D:${name}>${inside}</D:${name}>`;
  return `<D:error xmlns:D="DAV:">${element}</D:error>`;
}

function bug(incident: string | undefined): HttpProblem {
  return new HttpProblem(HttpStatus.internalServerError, `Internal error. Incident ${incident}.`, {
    level: 'error',
  });
}

function hasNoLength(status: number): boolean {
  return status === HttpStatus.noContent || status === HttpStatus.notModified;
}
