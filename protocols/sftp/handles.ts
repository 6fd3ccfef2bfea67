import { randomBytes } from 'node:crypto';
import { StorageError } from '../../storage/index.js';
import type { Listing } from './listing.js';
import type { Reading } from './reading.js';
import type { Writing } from './writing.js';

/** What a handle may stand for. */
export type Handle = Reading | Writing | Listing;

/** What one session has open. Handles are random and mean nothing elsewhere. */
export interface Handles {
  readonly maxHandles: number;
  /** @throws StorageError unavailable when as many are open as may be, or when the door is closing */
  assertRoom(): void;
  add(handle: Handle): Buffer;
  /** @throws StorageError invalid-input for one that is unknown or closed: some clients still write to those */
  find(id: Buffer): Handle;
  /** The same, and it is unknown from here on. */
  take(id: Buffer): Handle;
  /** Everything still open, forgotten. */
  takeAll(): readonly Handle[];
  /** Files open for reading or writing; listings do not count. */
  readonly openFiles: number;
  refuseNew(): void;
}

const HANDLE_BYTES = 8;

/** The handles of one session. */
export function createHandles(maxHandles: number): Handles {
  const open = new Map<string, Handle>();
  let isClosing = false;

  function find(id: Buffer): Handle {
    const handle = open.get(keyOf(id));
    if (!handle) throw new StorageError('invalid-input', 'This handle is not open.', { reason: 'handle' });
    return handle;
  }

  return {
    maxHandles,
    assertRoom() {
      if (isClosing) throw new StorageError('unavailable', 'The server is stopping.', { reason: 'stopping' });
      if (open.size >= maxHandles)
        throw new StorageError('unavailable', `More than ${maxHandles} files are open.`, {
          reason: 'handles',
        });
    },
    add(handle) {
      const id = randomBytes(HANDLE_BYTES);
      open.set(keyOf(id), handle);
      return id;
    },
    find,
    take(id) {
      const handle = find(id);
      open.delete(keyOf(id));
      return handle;
    },
    takeAll() {
      const all = [...open.values()];
      open.clear();
      return all;
    },
    get openFiles() {
      return [...open.values()].filter(({ kind }) => kind !== 'listing').length;
    },
    refuseNew() {
      isClosing = true;
    },
  };
}

function keyOf(id: Buffer): string {
  return id.toString('latin1');
}
