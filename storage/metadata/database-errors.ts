import { StorageError } from '../errors.js';

/**
 * What a failure of the disk under the database, or of a database that others hold, means to a client; anything else comes back
 * as it is, for it is a bug. Codes are SQLite's primary result codes.
 */
export function databaseFailure(error: unknown): unknown {
  switch (codeOf(error)) {
    case 'SQLITE_FULL':
      return new StorageError('no-space', 'The disk is full.', { reason: 'disk', cause: error });
    case 'SQLITE_IOERR':
    case 'SQLITE_BUSY':
    case 'SQLITE_READONLY':
    case 'SQLITE_CANTOPEN':
      return notTaking(error);
    default:
      return error;
  }
}

/** Nothing is written now, and trying again later makes sense. */
export function notTaking(cause: unknown): StorageError {
  return new StorageError('unavailable', 'The database takes nothing at the moment.', {
    reason: 'database',
    retryAfterSeconds: 5,
    cause,
  });
}

/** The commit itself failed, its sync perhaps: a second one that succeeds would prove nothing. `cause` is the driver's error. */
export class CommitError extends StorageError {
  constructor(cause: unknown) {
    const isFull = codeOf(cause) === 'SQLITE_FULL';
    super(isFull ? 'no-space' : 'unavailable', 'The database could not commit.', {
      reason: isFull ? 'disk' : 'database',
      cause,
    });
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
