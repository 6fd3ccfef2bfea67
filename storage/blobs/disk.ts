import { constants, type Stats } from 'node:fs';
import { lstat, mkdir, open, opendir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { assertBlobId, type BlobReader, type BlobStore, isBlobId } from './blob-store.js';
import { errnoOf, readFailure, translated, writeFailure } from './disk-errors.js';
import { ensureFolder, readFully, readWhole, syncFolder } from './disk-files.js';
import { createDiskStaged, reopenDiskStaged } from './disk-staged.js';
import { createFanOut } from './fan-out.js';

/** A frame, and what seals it. */
const SHORT_BYTES = 64 * 1024 + 28;

/**
 * Blobs as files DIR/blobs/AB/ID, staged as DIR/staging/ID on the same file system; files 0600, folders 0700.
 * Creates its folders. Rejects when a symbolic link or a file stands in a folder's place.
 */
export async function createDiskBlobStore(directory: string): Promise<BlobStore> {
  const staging = join(directory, 'staging');
  const blobs = join(directory, 'blobs');
  await createFolders(directory, staging, blobs);
  const fanOut = createFanOut(blobs);
  const fileOf = (id: string) => join(fanOut.folderOf(id), id);
  return {
    newId: fanOut.newId,
    async stage(id) {
      assertBlobId(id);
      await translated(fanOut.prepare(id), writeFailure);
      return createDiskStaged(join(staging, id), fileOf(id), () => fanOut.sync(id));
    },
    async resume(id) {
      assertBlobId(id);
      await translated(fanOut.prepare(id), writeFailure);
      return reopenDiskStaged(join(staging, id), fileOf(id), () => fanOut.sync(id));
    },
    async open(id, expectedBytes = Number.POSITIVE_INFINITY) {
      assertBlobId(id);
      const isShort = expectedBytes <= SHORT_BYTES;
      return (isShort && (await readShort(fileOf(id), expectedBytes))) || openBlob(fileOf(id));
    },
    async remove(id) {
      assertBlobId(id);
      await translated(rm(fileOf(id), { force: true }), writeFailure);
    },
    async *list() {
      for (const fan of await fanOut.existing()) {
        // The inode's change time is the moment of the rename, also where a restore set older file dates.
        for await (const { id, stats } of filesIn(join(blobs, fan)))
          if (id.startsWith(fan)) yield { id, sizeBytes: stats.size, storedAt: stats.ctime };
      }
    },
    async *listStaged() {
      for await (const { id, stats } of filesIn(staging)) yield { id, touchedAt: stats.mtime };
    },
    async discardStaged(id) {
      assertBlobId(id);
      await translated(rm(join(staging, id), { force: true }), writeFailure);
    },
  };
}

async function createFolders(directory: string, staging: string, blobs: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await ensureFolder(staging);
  await ensureFolder(blobs);
  // Also when all were there: an earlier process may have died between creating and syncing.
  for (const folder of [directory, dirname(directory)]) await syncFolder(folder);
}

/** Read at once, so that no file stays open and nothing has to be asked of it; undefined when it is longer or shorter. */
async function readShort(file: string, sizeBytes: number): Promise<BlobReader | undefined> {
  const bytes = await translated(readWhole(file, sizeBytes), readFailure);
  return (
    bytes && {
      sizeBytes,
      read: async (offset, length) => bytes.subarray(offset, offset + length),
      close: async () => {},
    }
  );
}

async function openBlob(file: string): Promise<BlobReader> {
  const handle = await translated(open(file, constants.O_RDONLY | constants.O_NOFOLLOW), readFailure);
  try {
    const { size } = await handle.stat();
    return {
      sizeBytes: size,
      read: (offset, length, into) => translated(readFully(handle, offset, length, into), readFailure),
      close: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw readFailure(error);
  }
}

async function* filesIn(folder: string): AsyncIterable<{ id: string; stats: Stats }> {
  for await (const { name: id } of await opendir(folder)) {
    if (!isBlobId(id)) continue;
    const stats = await statIfPresent(join(folder, id));
    if (stats?.isFile()) yield { id, stats };
  }
}

async function statIfPresent(file: string): Promise<Stats | null> {
  try {
    return await lstat(file);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  }
}
