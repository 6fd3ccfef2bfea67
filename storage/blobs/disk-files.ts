import { close, constants, open as openDescriptor, read } from 'node:fs';
import { type FileHandle, lstat, mkdir, open } from 'node:fs/promises';
import { errnoOf } from './disk-errors.js';

/** Creates a folder (0700) unless it is there. Rejects for a symbolic link or anything else in its place. */
export async function ensureFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error;
    if (!(await lstat(folder)).isDirectory()) throw new Error(`${folder} is not a folder.`);
  }
}

/** Makes the names in a folder durable; a created or renamed file is not safe before. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Syncs of one folder, shared: a caller waits for a sync that begins after its call, together with all who called meanwhile.
 * One that fails fails for those who wait behind it, too: what the kernel dropped the next would not bring back.
 */
export function createSharedSync(folder: string): () => Promise<void> {
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  const start = (): Promise<void> => {
    next = undefined;
    const sync = syncFolder(folder).finally(() => {
      if (running === sync) running = undefined;
    });
    running = sync;
    return sync;
  };
  return () => {
    if (!running) return start();
    next ??= running.then(start);
    return next;
  };
}

/**
 * All bytes of a file that is exactly so long; undefined for one that is not. Three trips to the threads of the file system and
 * no more: a handle costs twice as much.
 */
export function readWhole(file: string, sizeBytes: number): Promise<Buffer | undefined> {
  // One byte more tells a longer file.
  const bytes = Buffer.allocUnsafe(sizeBytes + 1);
  return new Promise((resolve, reject) => {
    openDescriptor(file, constants.O_RDONLY | constants.O_NOFOLLOW, (failure, descriptor) => {
      if (failure) return reject(failure);
      read(descriptor, bytes, 0, bytes.length, 0, (error, bytesRead) => {
        close(descriptor, () => {});
        if (error) reject(error);
        else resolve(bytesRead === sizeBytes ? bytes.subarray(0, sizeBytes) : undefined);
      });
    });
  });
}

/** Reads up to `length` bytes at an offset, into a buffer of at least that size if one is lent; shorter only at the end of the file. */
export async function readFully(
  handle: FileHandle,
  offset: number,
  length: number,
  into?: Buffer,
): Promise<Buffer> {
  const bytes = into ?? Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

/** Writes all bytes at an offset: one call may take fewer than it was given. */
export async function writeFully(handle: FileHandle, bytes: Buffer, offset: number): Promise<void> {
  let taken = 0;
  while (taken < bytes.length) {
    const { bytesWritten } = await handle.write(bytes, taken, bytes.length - taken, offset + taken);
    taken += bytesWritten;
  }
}
