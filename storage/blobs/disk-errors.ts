import { StorageError } from '../errors.js';

/** The system's error code (`ENOENT`, …) of a failed file operation, or undefined. */
export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** What a failed write, sync, rename or creation means to a client; anything unknown comes back as it is. */
export function writeFailure(error: unknown): unknown {
  switch (errnoOf(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new StorageError('no-space', 'The disk is full.', { reason: 'disk', cause: error });
    case 'EFBIG':
      return new StorageError('too-large', 'The file is larger than the file system allows.', {
        reason: 'file-system',
        cause: error,
      });
    case 'EIO':
    case 'EROFS':
    case 'EMFILE':
    case 'ENFILE':
      return new StorageError('unavailable', 'The disk does not take bytes at the moment.', {
        reason: 'disk',
        cause: error,
      });
    default:
      return error;
  }
}

/** What a failed opening or reading of a published blob means; anything unknown comes back as it is. */
export function readFailure(error: unknown): unknown {
  switch (errnoOf(error)) {
    case 'ENOENT':
      return new StorageError('corrupt', 'The stored bytes are missing.', {
        reason: 'missing',
        cause: error,
      });
    case 'EIO':
    case 'ELOOP':
    case 'EISDIR':
    case 'EACCES':
      return new StorageError('corrupt', 'The stored bytes cannot be read.', {
        reason: 'unreadable',
        cause: error,
      });
    case 'EMFILE':
    case 'ENFILE':
      return new StorageError('unavailable', 'Too many files are open.', {
        reason: 'open-files',
        cause: error,
      });
    default:
      return error;
  }
}

/** Awaits an operation and rethrows its failure as `translate` puts it. */
export async function translated<T>(work: Promise<T>, translate: (error: unknown) => unknown): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw translate(error);
  }
}
