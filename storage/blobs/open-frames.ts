import type { FrameSink } from './frame-sink.js';
import { FRAME_BYTES } from './frames.js';

/** Frames kept in memory while bytes come out of order: 4 MiB. */
const MAX_OPEN_FRAMES = 64;

/** Where a frame's bytes are when it is not in memory: sealed in the sink, else nowhere, and it is all zeros. */
export interface FramePlace {
  readonly index: number;
  readonly isStored: boolean;
}

/** Full-length frames in memory that differ from what is sealed; a frame is here or in the sink, never in both. */
export interface OpenFrames {
  /** Changes a frame in memory; seals the least recently used one when too many are there. */
  write(frame: FramePlace, piece: Buffer, at: number): Promise<void>;
  /** Makes the frame's bytes from there on zeros. */
  clearFrom(frame: FramePlace, at: number): Promise<void>;
  peek(index: number): Buffer | undefined;
  has(index: number): boolean;
  /** The lowest index of a frame in memory; infinite when there is none. */
  readonly first: number;
  seal(index: number): Promise<void>;
  sealAll(): Promise<void>;
  /** Seals all, and this one after them with the mark of the file's last. */
  sealLast(frame: FramePlace, sizeBytes: number): Promise<void>;
  /** Drops every frame after the last. */
  cut(lastIndex: number): void;
}

/** Lent memory. What lies behind the filled bytes is an earlier file's: it counts as zeros, and is never let out. */
interface OpenFrame {
  readonly bytes: Buffer;
  filledBytes: number;
}

/** No frame open; sealed ones go to the sink. */
export function createOpenFrames(sink: FrameSink): OpenFrames {
  // Insertion order is the order of use: `open` puts a frame at the end.
  const frames = new Map<number, OpenFrame>();

  async function seal(index: number, lastBytes?: number): Promise<void> {
    const frame = frames.get(index);
    if (!frame) return;
    frames.delete(index);
    await sink.put(filledUp(frame, lastBytes ?? FRAME_BYTES), index, lastBytes);
  }

  async function load({ index, isStored }: FramePlace): Promise<OpenFrame> {
    const [stored] = isStored ? await sink.read(index, 1) : [];
    const frame = { bytes: sink.lend(), filledBytes: 0 };
    if (stored) place(frame, stored, 0);
    return frame;
  }

  async function open(wanted: FramePlace): Promise<OpenFrame> {
    const known = frames.get(wanted.index);
    const frame = known ?? (await load(wanted));
    if (known) frames.delete(wanted.index);
    else await makeRoom();
    frames.set(wanted.index, frame);
    return frame;
  }

  async function makeRoom(): Promise<void> {
    const [oldest] = frames.keys();
    if (oldest !== undefined && frames.size >= MAX_OPEN_FRAMES) await seal(oldest);
  }

  async function sealInOrder(last?: { readonly index: number; readonly sizeBytes: number }): Promise<void> {
    for (const index of [...frames.keys()].sort((a, b) => a - b))
      await seal(index, index === last?.index ? last.sizeBytes : undefined);
  }

  return {
    seal,
    sealAll: () => sealInOrder(),
    async write({ index, isStored }, piece, at) {
      // Of a frame that is written as a whole nothing has to be known.
      const frame = await open({ index, isStored: isStored && piece.length < FRAME_BYTES });
      place(frame, piece, at);
    },
    async clearFrom(wanted, at) {
      const frame = await open(wanted);
      frame.filledBytes = Math.min(frame.filledBytes, at);
    },
    peek(index) {
      const frame = frames.get(index);
      return frame && filledUp(frame, FRAME_BYTES);
    },
    has: (index) => frames.has(index),
    get first() {
      return Math.min(...frames.keys());
    },
    async sealLast(wanted, sizeBytes) {
      await open(wanted);
      await sealInOrder({ index: wanted.index, sizeBytes });
    },
    cut(lastIndex) {
      for (const [index, { bytes }] of [...frames]) {
        if (index <= lastIndex) continue;
        frames.delete(index);
        sink.giveBack(bytes);
      }
    },
  };
}

function place(frame: OpenFrame, piece: Buffer, at: number): void {
  filledUp(frame, at);
  piece.copy(frame.bytes, at);
  frame.filledBytes = Math.max(frame.filledBytes, at + piece.length);
}

/** The whole memory, in which so many bytes count now. */
function filledUp(frame: OpenFrame, sizeBytes: number): Buffer {
  if (frame.filledBytes < sizeBytes) {
    frame.bytes.fill(0, frame.filledBytes, sizeBytes);
    frame.filledBytes = sizeBytes;
  }
  return frame.bytes;
}
