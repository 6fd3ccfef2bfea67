import { randomUUID } from 'node:crypto';
import { type Clock, systemClock } from '../clock.js';
import { StorageError } from '../errors.js';
import { assertBlobId, type BlobStore, type Staged } from './blob-store.js';

interface Kept {
  readonly bytes: Buffer;
  readonly storedAt: Date;
}

/** A blob store that forgets everything at exit, for tests of what stands on it. */
export function createMemoryBlobStore(clock: Clock = systemClock): BlobStore {
  const published = new Map<string, Kept>();
  const staging = new Map<string, MemoryStaged>();
  const begin = (id: string, bytes: Buffer): Staged => {
    const staged = new MemoryStaged(clock, bytes, (kept) => {
      staging.delete(id);
      if (kept === null) return;
      if (published.has(id)) throw new Error('A blob of that id is published already.');
      published.set(id, { bytes: kept, storedAt: clock.now() });
    });
    staging.set(id, staged);
    return staged;
  };
  return {
    newId: randomUUID,
    async stage(id) {
      assertBlobId(id);
      if (staging.has(id)) throw new Error(`The blob ${id} exists already.`);
      return begin(id, Buffer.alloc(0));
    },
    async resume(id) {
      assertBlobId(id);
      const parked = staging.get(id);
      if (parked === undefined) throw missing();
      return begin(id, parked.takeBytes());
    },
    async open(id) {
      assertBlobId(id);
      const kept = published.get(id);
      if (kept === undefined) throw missing();
      return {
        sizeBytes: kept.bytes.length,
        read: async (offset, length) => Buffer.from(kept.bytes.subarray(offset, offset + length)),
        close: async () => {},
      };
    },
    async remove(id) {
      assertBlobId(id);
      published.delete(id);
    },
    async *list() {
      for (const [id, { bytes, storedAt }] of [...published]) yield { id, sizeBytes: bytes.length, storedAt };
    },
    async *listStaged() {
      for (const [id, staged] of [...staging]) yield { id, touchedAt: staged.touchedAt };
    },
    async discardStaged(id) {
      assertBlobId(id);
      staging.get(id)?.takeBytes();
      staging.delete(id);
    },
  };
}

function missing(): StorageError {
  return new StorageError('corrupt', 'The stored bytes are missing.', { reason: 'missing' });
}

class MemoryStaged implements Staged {
  touchedAt: Date;
  #bytes: Buffer;
  #sizeBytes: number;
  #isOpen = true;
  readonly #clock: Clock;
  readonly #end: (bytes: Buffer | null) => void;

  /** `end` is called once: with the bytes when published, with null when discarded. */
  constructor(clock: Clock, bytes: Buffer, end: (bytes: Buffer | null) => void) {
    this.#clock = clock;
    this.#bytes = bytes;
    this.#sizeBytes = bytes.length;
    this.#end = end;
    this.touchedAt = clock.now();
  }

  async write(bytes: Buffer, offset: number): Promise<void> {
    this.#resize(Math.max(this.#sizeBytes, offset + bytes.length));
    bytes.copy(this.#bytes, offset);
  }

  async read(offset: number, length: number): Promise<Buffer> {
    this.#assertOpen();
    return Buffer.from(this.#bytes.subarray(offset, Math.min(offset + length, this.#sizeBytes)));
  }

  async truncate(sizeBytes: number): Promise<void> {
    this.#resize(sizeBytes);
  }

  async sync(): Promise<void> {
    this.#assertOpen();
  }

  async publish(): Promise<void> {
    this.#assertOpen();
    this.#isOpen = false;
    this.#end(Buffer.from(this.#bytes.subarray(0, this.#sizeBytes)));
  }

  async park(): Promise<void> {
    this.#assertOpen();
    this.#isOpen = false;
  }

  /** The bytes so far; from then on they are somebody else's. */
  takeBytes(): Buffer {
    this.#isOpen = false;
    return Buffer.from(this.#bytes.subarray(0, this.#sizeBytes));
  }

  async discard(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#end(null);
  }

  #resize(sizeBytes: number): void {
    this.#assertOpen();
    this.touchedAt = this.#clock.now();
    if (sizeBytes > this.#bytes.length) {
      const grown = Buffer.alloc(Math.max(sizeBytes, 2 * this.#bytes.length));
      this.#bytes.copy(grown, 0, 0, this.#sizeBytes);
      this.#bytes = grown;
    }
    this.#bytes.fill(0, Math.min(sizeBytes, this.#sizeBytes), Math.max(sizeBytes, this.#sizeBytes));
    this.#sizeBytes = sizeBytes;
  }

  #assertOpen(): void {
    if (!this.#isOpen) throw new Error('The staging has ended.');
  }
}
