import type { FrameSink } from './frame-sink.js';
import { FRAME_BYTES } from './frames.js';

/** Frames kept in memory while bytes come out of order: 4 MiB. */
const MAX_OPEN_FRAMES = 64;

/** Full-length frames in memory that differ from what is sealed; a frame is here or in the sink, never in both. */
export interface OpenFrames {
  /**
   * The frame to change in place: from memory, from the sink when it `isStored`, or zeros. Seals the least recently
   * used one when too many are open.
   */
  open(index: number, isStored: boolean): Promise<Buffer>;
  peek(index: number): Buffer | undefined;
  /** The lowest index of a frame in memory; infinite when there is none. */
  readonly first: number;
  seal(index: number): Promise<void>;
  sealAll(): Promise<void>;
  drop(index: number): void;
  /** Drops every frame after the last. */
  cut(lastIndex: number): void;
}

/** No frame open; sealed ones go to the sink. */
export function createOpenFrames(sink: FrameSink): OpenFrames {
  // Insertion order is the order of use: `open` takes a frame out and puts it back at the end.
  const frames = new Map<number, Buffer>();
  const seal = async (index: number) => {
    const frame = frames.get(index);
    if (frame === undefined) return;
    frames.delete(index);
    await sink.put(frame, index, false);
  };
  return {
    seal,
    async open(index, isStored) {
      const frame = frames.get(index) ?? (await load(sink, index, isStored));
      frames.delete(index);
      if (frames.size >= MAX_OPEN_FRAMES) {
        const [oldest] = frames.keys();
        if (oldest !== undefined) await seal(oldest);
      }
      frames.set(index, frame);
      return frame;
    },
    peek: (index) => frames.get(index),
    get first() {
      return Math.min(...frames.keys());
    },
    async sealAll() {
      for (const index of [...frames.keys()].sort((a, b) => a - b)) await seal(index);
    },
    drop(index) {
      frames.delete(index);
    },
    cut(lastIndex) {
      for (const index of [...frames.keys()]) if (index > lastIndex) frames.delete(index);
    },
  };
}

async function load(sink: FrameSink, index: number, isStored: boolean): Promise<Buffer> {
  const [frame] = isStored ? await sink.read(index, 1) : [Buffer.alloc(FRAME_BYTES)];
  if (frame === undefined) throw new Error('A sealed frame could not be loaded.');
  return frame;
}
