import { type Clock, StorageError, type Upload, type VirtualPath } from '../../storage/index.js';
import type { Attributes } from './attributes.js';
import type { Piece, Reading } from './reading.js';
import { createTurnstile, type Turnstile } from './turnstile.js';

/** What a writing is made of. */
export interface WritingOptions {
  readonly upload: Upload;
  /** It was cut off before: closed without a byte written it is no more finished than it was. */
  readonly isResumed: boolean;
  readonly path: VirtualPath;
  readonly clock: Clock;
  /** Every write goes to the end, whatever its offset (SSH_FXF_APPEND). */
  readonly isAppending: boolean;
  readonly isReadable: boolean;
  /** The content it starts from, when it may be read: reading it is recorded like any other. Closed with the handle. */
  readonly base: Reading | undefined;
}

/** A file opened to be written: published by `close`, left to be gone on with by `interrupt`. */
export interface Writing {
  readonly kind: 'writing';
  readonly path: VirtualPath;
  readonly turnstile: Turnstile;
  readonly openedAtMs: number;
  readonly isReadable: boolean;
  readonly base: Reading | undefined;
  /** As its own session sees it before it is published. */
  readonly attributes: Attributes;
  readonly bytesIn: number;
  /** Settles when `close` or `interrupt` is done with it, however that ended. */
  readonly ended: Promise<void>;
  write(data: Buffer, offset: bigint): Promise<void>;
  /** Undefined at and past the end. */
  read(offset: bigint, sizeBytes: number): Promise<Piece | undefined>;
  truncate(sizeBytes: bigint): Promise<void>;
  setModifiedAt(modifiedAt: Date): void;
  /** Publishes. Throws what the commit throws, or what an earlier write threw: a file with a gap is never published. */
  close(): Promise<void>;
  /** Keeps what came for a later session if it is worth it, else forgets it. */
  interrupt(): Promise<void>;
}

/** Takes the upload over; `close` or `interrupt` ends it. */
export function createWriting(options: WritingOptions): Writing {
  const { upload, path, clock, isAppending, isReadable, isResumed, base } = options;
  let isChanged = false;
  let modifiedAt: Date | undefined;
  let appendAt = upload.sizeBytes;
  let bytesIn = 0;
  let failure: { readonly error: unknown } | undefined;
  let settle = () => {};
  const ended = new Promise<void>((resolve) => {
    settle = resolve;
  });

  async function change(act: () => Promise<void>): Promise<void> {
    isChanged = true;
    try {
      await act();
    } catch (error) {
      failure ??= { error };
      throw error;
    }
  }

  function placeFor(data: Buffer, offset: bigint): number {
    const start = isAppending ? appendAt : toByteCount(offset);
    toByteCount(BigInt(start) + BigInt(data.length));
    appendAt = Math.max(appendAt, start + data.length);
    return start;
  }

  async function end(): Promise<void> {
    await base?.close();
    if (!failure) return isResumed && !isChanged ? upload.park() : commit(upload);
    await upload.abort(failure.error);
    throw failure.error;
  }

  async function giveUp(): Promise<void> {
    await base?.interrupt();
    if (failure) await upload.abort(failure.error);
    else await upload.park();
  }

  return {
    kind: 'writing',
    path,
    turnstile: createTurnstile(),
    openedAtMs: performance.now(),
    isReadable,
    base,
    get attributes(): Attributes {
      return { kind: 'file', sizeBytes: upload.sizeBytes, modifiedAt: modifiedAt ?? clock.now() };
    },
    get bytesIn() {
      return bytesIn;
    },
    write(data, offset) {
      return change(async () => {
        if (data.length > 0) await upload.write(data, placeFor(data, offset));
        bytesIn += data.length;
      });
    },
    async read(offset, sizeBytes) {
      if (base && !isChanged) return base.read(offset, sizeBytes);
      if (offset >= BigInt(upload.sizeBytes)) return undefined;
      const start = Number(offset);
      const range = { start, end: Math.min(upload.sizeBytes, start + sizeBytes) };
      const left = base ? base.noteUnproven(range) : () => {};
      return { data: await upload.read(range), left };
    },
    truncate(sizeBytes) {
      return change(async () => {
        await upload.truncate(toByteCount(sizeBytes));
        appendAt = upload.sizeBytes;
      });
    },
    setModifiedAt(at) {
      modifiedAt = at;
      upload.setModifiedAt(at);
    },
    ended,
    close: () => end().finally(settle),
    interrupt: () => giveUp().finally(settle),
  };
}

async function commit(upload: Upload): Promise<void> {
  try {
    await upload.commit();
  } catch (error) {
    await upload.abort(error);
    throw error;
  }
}

/** @throws StorageError too-large beyond what a number counts exactly: 2^64 - 1 is a legal field, not a legal file */
export function toByteCount(value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER))
    throw new StorageError('too-large', 'No file can be that large.', { reason: 'offset' });
  return Number(value);
}
