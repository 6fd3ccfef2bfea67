import { StorageError } from '../errors.js';

/** What a failed transaction means to a client when the disk is why it failed; anything else comes back as it is. */
export function databaseFailure(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'SQLITE_FULL')
    return new StorageError('no-space', 'The disk is full.', { reason: 'disk', cause: error });
  if (code === 'SQLITE_IOERR' || code === 'SQLITE_READONLY')
    return new StorageError('unavailable', 'The disk does not take bytes at the moment.', {
      reason: 'disk',
      cause: error,
    });
  return error;
}
