import type { IncomingMessage } from 'node:http';
import { badRequest } from './http-problem.js';

const DEFAULT_LOCK_SECONDS = 3600;

/** `0`, `1` or `infinity` as sent; undefined when absent (RFC 4918 section 10.2). @throws HttpProblem 400 */
export function readDepth(request: IncomingMessage): '0' | '1' | 'infinity' | undefined {
  const { depth } = request.headers;
  if (depth === undefined) return undefined;
  const value = String(depth).trim().toLowerCase();
  if (value !== '0' && value !== '1' && value !== 'infinity')
    throw badRequest('The Depth header must be 0, 1 or infinity.');
  return value;
}

/** Whether an existing target may be replaced; it may unless told (RFC 4918 section 10.6). @throws HttpProblem 400 */
export function readOverwrite(request: IncomingMessage): boolean {
  const value = String(request.headers.overwrite ?? 'T')
    .trim()
    .toUpperCase();
  if (value !== 'T' && value !== 'F') throw badRequest('The Overwrite header must be T or F.');
  return value === 'T';
}

/** Seconds a LOCK asks for, the first choice it understands counting (RFC 4918 section 10.7); an hour when it asks nothing. */
export function readTimeoutSeconds(request: IncomingMessage): number {
  for (const choice of String(request.headers.timeout ?? '').split(',')) {
    const seconds = /^\s*Second-(\d{1,10})\s*$/iu.exec(choice)?.[1];
    if (seconds !== undefined) return Math.max(1, Math.min(Number(seconds), DEFAULT_LOCK_SECONDS));
  }
  return DEFAULT_LOCK_SECONDS;
}

/** A count of bytes in a header; undefined when absent. @throws HttpProblem 400 */
export function readByteCount(request: IncomingMessage, name: string): number | undefined {
  const value = request.headers[name];
  if (value === undefined) return undefined;
  const count = /^\d{1,15}$/u.test(String(value)) ? Number(value) : Number.NaN;
  if (Number.isNaN(count)) throw badRequest(`The ${name} header must be a count of bytes.`);
  return count;
}
