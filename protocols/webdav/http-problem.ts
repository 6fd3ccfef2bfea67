import { isStorageError, type StorageError } from '../../storage/index.js';
import { STATUS } from '../status.js';
import { ALLOWED_METHODS, HttpStatus } from './http-status.js';

/** The precondition elements of RFC 4918, section 16, that this door answers with. */
export type PreconditionName =
  | 'propfind-finite-depth'
  | 'lock-token-submitted'
  | 'lock-token-matches-request-uri'
  | 'no-conflicting-lock';

export interface ProblemDetails {
  readonly precondition?: PreconditionName;
  readonly headers?: Readonly<Record<string, string>>;
  readonly level?: 'debug' | 'info' | 'warn' | 'error';
}

/** A refusal by the door itself: what storage was never asked, because the request breaks HTTP or WebDAV. */
export class HttpProblem extends Error {
  readonly status: number;
  readonly details: ProblemDetails;

  constructor(status: number, sentence: string, details: ProblemDetails = {}) {
    super(sentence);
    this.name = 'HttpProblem';
    this.status = status;
    this.details = details;
  }
}

/** A request that breaks a grammar: 400 with that sentence. */
export function badRequest(sentence: string): HttpProblem {
  return new HttpProblem(HttpStatus.badRequest, sentence);
}

/** What a caught error means on the wire; undefined for a bug, which the client must learn nothing about. */
export function problemOf(error: unknown): HttpProblem | undefined {
  if (error instanceof HttpProblem) return error;
  if (!isStorageError(error)) return undefined;
  const { http, level } = STATUS[error.code];
  return new HttpProblem(http, error.message, {
    level,
    headers: error.code === 'is-a-directory' ? { Allow: ALLOWED_METHODS } : retryHeader(error),
    ...(error.code === 'locked' ? { precondition: 'lock-token-submitted' } : {}),
  });
}

function retryHeader(error: StorageError): Record<string, string> {
  if (error.retryAfterSeconds !== undefined)
    return { 'Retry-After': String(Math.max(1, Math.ceil(error.retryAfterSeconds))) };
  return error.code === 'throttled' || error.code === 'unavailable' ? { 'Retry-After': '30' } : {};
}
