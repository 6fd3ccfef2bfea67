import { constants, lstat } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { crashPoint } from '../crash-points.js';
import type { Staged } from './blob-store.js';
import { errnoOf, readFailure, translated, writeFailure } from './disk-errors.js';
import { readFully, syncFolder, writeFully } from './disk-files.js';

/**
 * Creates a staging file (0600, never an existing one) that `publish` moves to `target` on the same file system;
 * `syncTarget` makes the names in the target's folder durable.
 */
export async function createDiskStaged(
  file: string,
  target: string,
  syncTarget: () => Promise<void>,
): Promise<Staged> {
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  const handle = await translated(open(file, flags, 0o600), writeFailure);
  return new DiskStaged(handle, file, target, syncTarget);
}

/** Opens a staging file that is there already. @throws corrupt (reason `missing`) */
export async function reopenDiskStaged(
  file: string,
  target: string,
  syncTarget: () => Promise<void>,
): Promise<Staged> {
  const handle = await translated(open(file, constants.O_RDWR | constants.O_NOFOLLOW), readFailure);
  return new DiskStaged(handle, file, target, syncTarget);
}

class DiskStaged implements Staged {
  #failure: unknown;
  #isRenamed = false;
  #isPublished = false;
  #isParked = false;

  readonly #handle: FileHandle;
  readonly #file: string;
  readonly #target: string;
  readonly #syncTarget: () => Promise<void>;

  constructor(handle: FileHandle, file: string, target: string, syncTarget: () => Promise<void>) {
    this.#handle = handle;
    this.#file = file;
    this.#target = target;
    this.#syncTarget = syncTarget;
  }

  write(bytes: Buffer, offset: number): Promise<void> {
    return this.#attempt(async () => {
      await writeFully(this.#handle, bytes, offset);
      crashPoint('frames-written');
    });
  }

  read(offset: number, length: number): Promise<Buffer> {
    return readFully(this.#handle, offset, length);
  }

  truncate(sizeBytes: number): Promise<void> {
    return this.#attempt(() => this.#handle.truncate(sizeBytes));
  }

  sync(): Promise<void> {
    return this.#attempt(() => this.#handle.datasync());
  }

  publish(): Promise<void> {
    return this.#attempt(async () => {
      await this.#handle.sync();
      crashPoint('blob-synced');
      await Promise.all([this.#handle.close(), assertAbsent(this.#target)]);
      await rename(this.#file, this.#target);
      this.#isRenamed = true;
      crashPoint('blob-renamed');
      await this.#syncTarget();
      this.#isPublished = true;
    });
  }

  park(): Promise<void> {
    return this.#attempt(async () => {
      await this.#handle.sync();
      await this.#handle.close();
      // A file that was made and never moved has no durable name yet.
      await syncFolder(dirname(this.#file));
      this.#isParked = true;
      this.#failure = new Error('The staging was parked.');
    });
  }

  async discard(): Promise<void> {
    if (this.#isPublished || this.#isParked) return;
    this.#failure ??= new Error('The staging has ended.');
    // What a close might still report concerns bytes that are thrown away.
    await this.#handle.close().catch(() => undefined);
    await rm(this.#file, { force: true });
    if (this.#isRenamed) await rm(this.#target, { force: true });
  }

  /** A failed fsync reports once and the next one succeeds though pages are lost: so the first failure is final. */
  async #attempt(work: () => Promise<void>): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      await work();
    } catch (error) {
      this.#failure = writeFailure(error);
      throw this.#failure;
    }
  }
}

/** The one of node:fs/promises takes twice as long to say that nothing is there, which is the rule. */
const stats = promisify(lstat);

/** A rename would replace silently, and blobs never change. */
async function assertAbsent(target: string): Promise<void> {
  try {
    await stats(target);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return;
    throw error;
  }
  throw new Error('A blob of that id is published already.');
}
