import { StorageError } from '../errors.js';
import type { ByteRange } from '../model.js';
import type { Staged } from './blob-store.js';
import { createFrameSink, type FrameSink } from './frame-sink.js';
import { FRAME_BYTES, frameAt, frameCount, SEALED_FRAME_BYTES, sealedSizeBytes } from './frames.js';
import { createOpenFrames, type FramePlace, type OpenFrames } from './open-frames.js';
import { createUploadSealing, type UploadSealing } from './upload-sealing.js';
import { createWrittenRanges } from './written-ranges.js';

/** What was sealed: plain size, and the SHA-256 of the plain bytes in lower-case hexadecimal. */
export interface SealedContent {
  readonly sizeBytes: number;
  readonly sha256: string;
}

/**
 * Plain bytes on their way into a staged blob; after a failure of the store every call fails. The caller calls `finish` or
 * `end`, and publishes, parks or discards the `Staged`.
 */
export interface SealedWriter {
  /** Plain: the highest offset written, or what the last truncation set. */
  readonly sizeBytes: number;
  /**
   * Takes bytes at any offset; calls may overlap in time and take effect in their order. The chunk is the caller's again
   * when the promise settles; a slow disk delays it. @throws no-space, unsupported (reason
   * `too-many-holes`), invalid-input (reason `offset`)
   */
  write(chunk: Buffer, offset: number): Promise<void>;
  /** Plain bytes as written; holes read as zeros, shorter than asked only at the end. */
  read(range: ByteRange): Promise<Buffer>;
  /** Cuts off, or lengthens by a hole. What was cut off stays on the disk until the end. */
  truncate(sizeBytes: number): Promise<void>;
  /** True while a byte below the size was never written. */
  hasHole(): boolean;
  /** Plain bytes from the start on without a hole. */
  readonly prefixBytes: number;
  /** Whole frames from the start on that are in the staging file by now, though not synced. */
  readonly settledFrames: number;
  /** Leaves that many frames in the staging file, all whole, and nothing else. */
  keep(frames: number): Promise<void>;
  /** Nothing more is wanted of it: every later call fails. May be called again. */
  end(): void;
  /**
   * Seals the last frame with its mark; with zero bytes there is no blob and nothing to publish. May be called again,
   * writes are refused from then on. @throws invalid-input (reason `hole`), and the writer goes on
   */
  finish(): Promise<SealedContent>;
}

/** What is sealed where; `key` has 32 bytes. */
export interface SealedTarget {
  readonly staged: Staged;
  readonly blobId: string;
  readonly key: Buffer;
}

/** Writes frames into an empty `Staged`. */
export function createSealedWriter(target: SealedTarget): SealedWriter {
  return new FrameWriter(target, 0);
}

/** Goes on behind the whole frames that an earlier writer left. They are hashed again, from now on, on another thread. */
export function resumeSealedWriter(target: SealedTarget & { readonly keptFrames: number }): SealedWriter {
  return new FrameWriter(target, target.keptFrames);
}

/** A client that scatters single bytes must not fill the memory with a list of holes. */
const MAX_RANGES = 4096;

class FrameWriter implements SealedWriter {
  #sizeBytes: number;
  #content: SealedContent | undefined;
  #failure: unknown;
  #turn: Promise<unknown> = Promise.resolve();
  readonly #written = createWrittenRanges();
  readonly #sealing: UploadSealing;
  readonly #sink: FrameSink;
  readonly #frames: OpenFrames;

  constructor({ staged, blobId, key }: SealedTarget, keptFrames: number) {
    const settledFrames = () => Math.min(this.settledFrames, frameCount(this.#sizeBytes) - 1);
    const staging = { staged, blobId, key, settledFrames };
    this.#sizeBytes = keptFrames * FRAME_BYTES;
    this.#written.add({ start: 0, end: this.#sizeBytes });
    this.#sealing = createUploadSealing(staging);
    this.#sink = createFrameSink(staging, this.#sealing, keptFrames);
    this.#frames = createOpenFrames(this.#sink);
    if (keptFrames > 0) this.#sealing.hashKept();
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  write(chunk: Buffer, offset: number): Promise<void> {
    return this.#inTurn(() => {
      const range = { start: offset, end: offset + chunk.length };
      this.#assertTakes(range);
      return this.#attempt(() => this.#write(chunk, range));
    });
  }

  read(range: ByteRange): Promise<Buffer> {
    return this.#inTurn(() => this.#read(range));
  }

  truncate(sizeBytes: number): Promise<void> {
    return this.#inTurn(() => {
      assertOffset(sizeBytes);
      return this.#attempt(() => this.#truncate(sizeBytes));
    });
  }

  hasHole(): boolean {
    return this.prefixBytes < this.#sizeBytes;
  }

  get prefixBytes(): number {
    return this.#written.prefixBytes;
  }

  get settledFrames(): number {
    const complete = Math.floor(this.prefixBytes / FRAME_BYTES);
    return Math.min(complete, this.#frames.first, this.#sink.settledBefore);
  }

  async keep(frames: number): Promise<void> {
    if (frames * FRAME_BYTES > this.prefixBytes) throw new Error('Frames with holes cannot be kept.');
    await this.#inTurn(async () => {
      this.#frames.cut(frames - 1);
      await this.#frames.sealAll();
      await this.#sink.truncate(frames * SEALED_FRAME_BYTES);
      await this.#sink.settle();
      this.end();
    });
  }

  end(): void {
    this.#failure ??= new Error('The writer has ended.');
    this.#sealing.end();
  }

  async finish(): Promise<SealedContent> {
    if (this.#content !== undefined) return this.#content;
    return this.#inTurn(async () => {
      if (this.hasHole())
        throw new StorageError('invalid-input', 'Some bytes of the file never came.', { reason: 'hole' });
      await this.#attempt(() => this.#finish());
      return this.#finished();
    });
  }

  async #write(chunk: Buffer, range: ByteRange): Promise<void> {
    const sizeBytes = Math.max(this.#sizeBytes, range.start < range.end ? range.end : 0);
    const lastIndex = frameCount(sizeBytes) - 1;
    await this.#sealPassedTail(frameAt(range.start), lastIndex);
    for (let start = range.start; start < range.end; ) {
      const end = Math.min(range.end, (frameAt(start) + 1) * FRAME_BYTES);
      await this.#place(chunk.subarray(start - range.start, end - range.start), start, lastIndex);
      start = end;
    }
    this.#written.add(range);
    this.#sizeBytes = sizeBytes;
  }

  /** What was the file's last frame, complete, and is no longer: before its successors, so that they are written together. */
  async #sealPassedTail(firstIndex: number, lastIndex: number): Promise<void> {
    const tail = frameCount(this.#sizeBytes) - 1;
    if (firstIndex > tail && lastIndex > tail && this.#written.covers(frameRange(tail)))
      await this.#frames.seal(tail);
  }

  /** Puts a piece that lies within one frame. */
  async #place(piece: Buffer, start: number, lastIndex: number): Promise<void> {
    const index = frameAt(start);
    const frame = frameRange(index);
    await this.#frames.write(this.#placeOf(index), piece, start - frame.start);
    // A frame written up to its end is rarely touched again; one with a gap before still waits for more.
    const isComplete =
      start + piece.length === frame.end && this.#written.covers({ start: frame.start, end: start });
    if (isComplete && index < lastIndex) await this.#frames.seal(index);
  }

  async #read(range: ByteRange): Promise<Buffer> {
    const end = Math.min(range.end, this.#sizeBytes);
    if (range.start >= end) return Buffer.alloc(0);
    const first = frameAt(range.start);
    const stop = frameCount(end);
    const frames: Buffer[] = [];
    while (first + frames.length < stop) {
      const index = first + frames.length;
      let next = index;
      while (next < stop && this.#isSealed(next)) next += 1;
      if (next > index) frames.push(...(await this.#sink.read(index, next - index)));
      else frames.push(this.#frames.peek(index) ?? Buffer.alloc(FRAME_BYTES));
    }
    return Buffer.concat(frames).subarray(range.start - first * FRAME_BYTES, end - first * FRAME_BYTES);
  }

  #isSealed(index: number): boolean {
    return !this.#frames.has(index) && this.#written.touches(frameRange(index));
  }

  #placeOf(index: number): FramePlace {
    return { index, isStored: this.#written.touches(frameRange(index)) };
  }

  async #truncate(sizeBytes: number): Promise<void> {
    if (sizeBytes < this.#sizeBytes) {
      const lastIndex = frameCount(sizeBytes) - 1;
      this.#frames.cut(lastIndex);
      if (lastIndex >= 0)
        await this.#frames.clearFrom(this.#placeOf(lastIndex), sizeBytes - frameRange(lastIndex).start);
      this.#written.cut(sizeBytes);
    }
    this.#sizeBytes = sizeBytes;
  }

  async #finish(): Promise<void> {
    const sizeBytes = this.#sizeBytes;
    if (sizeBytes > 0) {
      const lastIndex = frameCount(sizeBytes) - 1;
      await this.#frames.sealLast(this.#placeOf(lastIndex), sizeBytes - frameRange(lastIndex).start);
      await this.#sink.truncate(sealedSizeBytes(sizeBytes));
      await this.#sink.settle();
    }
    const sha256 = await this.#sealing.finish(sizeBytes);
    this.#content = { sizeBytes, sha256 };
  }

  #finished(): SealedContent {
    if (this.#content === undefined) throw new Error('The writer ended without content.');
    return this.#content;
  }

  #assertTakes({ start, end }: ByteRange): void {
    assertOffset(start);
    assertOffset(end);
    const isApart = !this.#written.touches({ start: start - 1, end: end + 1 });
    if (isApart && this.#written.count >= MAX_RANGES)
      throw new StorageError('unsupported', 'The bytes come with too many gaps between them.', {
        reason: 'too-many-holes',
      });
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#failure = error;
      throw error;
    }
  }

  async #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(() => {
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#content !== undefined) throw new Error('The writer has finished.');
      return act();
    });
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}

function assertOffset(offset: number): void {
  if (!Number.isSafeInteger(offset) || offset < 0)
    throw new StorageError('invalid-input', 'The offset is out of range.', { reason: 'offset' });
}

function frameRange(index: number): ByteRange {
  return { start: index * FRAME_BYTES, end: (index + 1) * FRAME_BYTES };
}
