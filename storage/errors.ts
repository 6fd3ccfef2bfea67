/** Every failure a client may be told about. protocols/status.ts maps each to HTTP and SFTP. */
export type StorageErrorCode =
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'parent-missing'
  | 'already-exists'
  | 'is-a-directory'
  | 'not-a-directory'
  | 'invalid-path'
  | 'invalid-input'
  | 'locked'
  | 'precondition-failed'
  | 'too-large'
  | 'no-space'
  | 'throttled'
  | 'unsupported'
  | 'unavailable'
  | 'gone'
  | 'corrupt'
  | 'aborted';

export interface StorageErrorDetails {
  /** Which rule refused, for programs and for choosing a translated sentence (`quota`, `name-reserved`, …). */
  readonly reason?: string;
  /** The path or name the refusal is about. */
  readonly subject?: string;
  /** Seconds after which trying again makes sense. */
  readonly retryAfterSeconds?: number;
  readonly cause?: unknown;
}

/**
 * An expected failure that is safe to tell the client. The message is an English sentence for programs and logs;
 * pages translate by `code` and `reason`. Anything that is not a StorageError is a bug.
 */
export class StorageError extends Error {
  readonly code: StorageErrorCode;
  readonly reason: string | undefined;
  readonly subject: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: StorageErrorCode, message: string, details: StorageErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'StorageError';
    this.code = code;
    this.reason = details.reason;
    this.subject = details.subject;
    this.retryAfterSeconds = details.retryAfterSeconds;
  }
}

/** True for a StorageError with that code, so that callers never branch on a message. */
export function isStorageError(error: unknown, code?: StorageErrorCode): error is StorageError {
  return error instanceof StorageError && (code === undefined || error.code === code);
}
