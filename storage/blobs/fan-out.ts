import { randomBytes, randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from './disk-errors.js';
import { createSharedSync, ensureFolder, syncFolder } from './disk-files.js';

/** The folders `00` to `ff` that keep any one of them small; made when first needed. */
export interface FanOut {
  folderOf(id: string): string;
  /** Blobs begun in the same moment share a folder, and so its sync; a new one is drawn before it stands out. */
  newId(): string;
  /** Resolves when the id's folder is there and its name durable. Rejects for a symbolic link in its place. */
  prepare(id: string): Promise<void>;
  /** Makes the names in the id's folder durable; who waits for the same folder at the same time shares one sync. */
  sync(id: string): Promise<void>;
  /** Those that exist, as their two digits. */
  existing(): Promise<string[]>;
}

const BLOBS_IN_A_ROW = 256;

/** The fan-out below an existing folder. */
export function createFanOut(parent: string): FanOut {
  const prepared = new Map<string, Promise<void>>();
  const syncs = new Map<string, () => Promise<void>>();
  const create = async (fan: string) => {
    try {
      await ensureFolder(join(parent, fan));
    } catch (error) {
      // A full disk may have room again later. A failed sync stays: the next one would lie.
      prepared.delete(fan);
      throw error;
    }
    // Also when it was there: an earlier process may have died between creating and syncing.
    await syncFolder(parent).catch((error: unknown) => {
      // Too many open files: nothing was synced yet, nothing is in doubt.
      if (['EMFILE', 'ENFILE'].includes(errnoOf(error) ?? '')) prepared.delete(fan);
      throw error;
    });
  };
  let fan = '';
  let usesLeft = 0;
  return {
    newId() {
      if (usesLeft === 0) {
        fan = randomBytes(1).toString('hex');
        usesLeft = BLOBS_IN_A_ROW;
      }
      usesLeft -= 1;
      return fan + randomUUID().slice(fan.length);
    },
    folderOf: (id) => join(parent, id.slice(0, 2)),
    prepare(id) {
      const fan = id.slice(0, 2);
      const ready = prepared.get(fan) ?? create(fan);
      prepared.set(fan, ready);
      return ready;
    },
    sync(id) {
      const fan = id.slice(0, 2);
      const sync = syncs.get(fan) ?? createSharedSync(join(parent, fan));
      syncs.set(fan, sync);
      return sync();
    },
    async existing() {
      return (await readdir(parent)).filter((name) => /^[0-9a-f]{2}$/.test(name));
    },
  };
}
