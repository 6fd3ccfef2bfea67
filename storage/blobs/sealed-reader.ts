import { Readable } from 'node:stream';
import { StorageError } from '../errors.js';
import type { ByteRange } from '../model.js';
import type { BlobReader, BlobStore } from './blob-store.js';
import {
  createFrameCipher,
  FRAME_BYTES,
  type FrameCipher,
  frameAt,
  frameCount,
  SEALED_FRAME_BYTES,
  sealedSizeBytes,
} from './frames.js';
import { createLentBuffers } from './lent-buffers.js';

/** The plain bytes of one published blob; every frame is authenticated before a byte of it leaves. */
export interface SealedReader {
  readonly sizeBytes: number;
  /** For pieces that fit the memory; shorter than asked only at the end. @throws corrupt */
  read(range: ByteRange): Promise<Buffer>;
  /** The same without a copy, in pieces that must not be changed. */
  pieces(range: ByteRange): Promise<readonly Buffer[]>;
  /** Plain bytes in order, one group of frames read ahead; fails with corrupt. Ends before `close` or is destroyed by it. */
  stream(range?: ByteRange): Readable;
  /** Closes the blob. May be called again. */
  close(): Promise<void>;
}

/** Which blob, and what is known of it: its 32-byte key and its plain size, above zero. */
export interface SealedBlob {
  readonly blobId: string;
  readonly key: Buffer;
  readonly sizeBytes: number;
}

/** Opens a blob; the caller closes the reader. @throws corrupt when it is missing or has not the length it must have */
export async function openSealedReader(options: SealedBlob & { store: BlobStore }): Promise<SealedReader> {
  const blob = await options.store.open(options.blobId, sealedSizeBytes(options.sizeBytes));
  try {
    return createSealedReader({ ...options, blob });
  } catch (error) {
    await blob.close();
    throw error;
  }
}

/** Reads an opened blob and closes it in the end. @throws corrupt (reason `wrong-size`), and the blob stays open */
export function createSealedReader(options: SealedBlob & { blob: BlobReader }): SealedReader {
  const { blob, sizeBytes } = options;
  if (blob.sizeBytes !== sealedSizeBytes(sizeBytes)) throw wrongSize(blob.sizeBytes, sizeBytes);
  return new FrameReader(blob, createFrameCipher(options.key, options.blobId), sizeBytes);
}

/** Frames fetched together: half a MiB. */
const GROUP_FRAMES = 8;
const GROUP_BYTES = GROUP_FRAMES * SEALED_FRAME_BYTES;
/** Of all readers together: 8 MiB that are kept. */
const groupBuffers = createLentBuffers(GROUP_BYTES, 16);

interface SealedGroup {
  readonly frames: readonly Buffer[];
  /** To be called once, when all frames are opened: their bytes are gone then. */
  release(): void;
}

class FrameReader implements SealedReader {
  #closing: Promise<void> | undefined;
  /** The frame opened last, for the read that goes on in it. */
  #latest: { readonly index: number; readonly frame: Promise<Buffer> } | undefined;

  readonly sizeBytes: number;
  readonly #blob: BlobReader;
  readonly #cipher: FrameCipher;

  constructor(blob: BlobReader, cipher: FrameCipher, sizeBytes: number) {
    this.#blob = blob;
    this.#cipher = cipher;
    this.sizeBytes = sizeBytes;
  }

  async read(range: ByteRange): Promise<Buffer> {
    return Buffer.concat(await this.pieces(range));
  }

  async pieces(range: ByteRange): Promise<readonly Buffer[]> {
    const { start, end } = this.#within(range);
    if (start >= end) return [];
    const first = frameAt(start);
    const frames = await this.#framesFor(first, frameCount(end));
    return frames.map((frame, place) => cutOut(frame, first + place, start, end));
  }

  stream(range: ByteRange = { start: 0, end: this.sizeBytes }): Readable {
    return Readable.from(this.#inOrder(this.#within(range)), {
      objectMode: false,
      highWaterMark: FRAME_BYTES,
    });
  }

  close(): Promise<void> {
    this.#latest = undefined;
    this.#closing ??= this.#blob.close();
    return this.#closing;
  }

  async *#inOrder({ start, end }: ByteRange): AsyncGenerator<Buffer> {
    if (start >= end) return;
    const stop = frameCount(end);
    let first = frameAt(start);
    let ahead = this.#sealedGroup(first, Math.min(first + GROUP_FRAMES, stop));
    while (first < stop) {
      const group = await ahead;
      const next = Math.min(first + GROUP_FRAMES, stop);
      if (next < stop) ahead = readAhead(this.#sealedGroup(next, Math.min(next + GROUP_FRAMES, stop)));
      // Opened one by one as they are asked for: a slow client holds sealed bytes only.
      for (const [place, sealed] of group.frames.entries())
        yield cutOut(this.#open(sealed, first + place), first + place, start, end);
      group.release();
      first = next;
    }
  }

  /** Reads follow each other, and seldom begin where a frame does: the last frame of one is the first of the next. */
  #framesFor(first: number, stop: number): Promise<Buffer[]> {
    const latest = this.#latest;
    const known = latest?.index === first ? latest.frame : undefined;
    const fetched = known ? first + 1 : first;
    const others = fetched < stop ? this.#frames(fetched, stop) : Promise.resolve([]);
    const frames = known ? Promise.all([known, others]).then(([one, more]) => [one, ...more]) : others;
    if (fetched < stop) this.#latest = { index: stop - 1, frame: readAhead(others.then(lastOf)) };
    return frames;
  }

  async #frames(first: number, stop: number): Promise<Buffer[]> {
    const group = await this.#sealedGroup(first, stop);
    const frames = group.frames.map((sealed, place) => this.#open(sealed, first + place));
    group.release();
    return frames;
  }

  async #sealedGroup(first: number, stop: number): Promise<SealedGroup> {
    const offset = first * SEALED_FRAME_BYTES;
    const length = Math.min(stop * SEALED_FRAME_BYTES, this.#blob.sizeBytes) - offset;
    const isWorthIt = length > SEALED_FRAME_BYTES && length <= GROUP_BYTES;
    const lent = isWorthIt ? groupBuffers.take() : undefined;
    const bytes = await this.#blob.read(offset, length, lent);
    return {
      // A file shortened while open: an empty slice then fails its authentication.
      frames: Array.from({ length: stop - first }, (_, place) =>
        bytes.subarray(place * SEALED_FRAME_BYTES, (place + 1) * SEALED_FRAME_BYTES),
      ),
      release: () => lent && groupBuffers.giveBack(lent),
    };
  }

  #open(sealed: Buffer, index: number): Buffer {
    return this.#cipher.open(sealed, index, index === frameCount(this.sizeBytes) - 1);
  }

  #within({ start, end }: ByteRange): ByteRange {
    return { start: Math.max(0, start), end: Math.min(end, this.sizeBytes) };
  }
}

function cutOut(frame: Buffer, index: number, start: number, end: number): Buffer {
  const offset = index * FRAME_BYTES;
  return frame.subarray(Math.max(0, start - offset), Math.min(frame.length, end - offset));
}

function lastOf(frames: readonly Buffer[]): Buffer {
  return frames.at(-1) ?? Buffer.alloc(0);
}

/** What nobody awaits in the end, because the stream was destroyed say, must not end the process when it fails. */
function readAhead<T>(work: Promise<T>): Promise<T> {
  work.catch(() => undefined);
  return work;
}

function wrongSize(sealedBytes: number, sizeBytes: number): StorageError {
  return new StorageError(
    'corrupt',
    `The stored bytes have a wrong length (${sealedBytes}, not ${sealedSizeBytes(sizeBytes)}).`,
    { reason: 'wrong-size' },
  );
}
