/**
 * Buffers of one size that serve again. Node's own are collected, and V8 goes through its whole heap for every 64 MiB that
 * were allocated outside of it: more work, for a large file, than opening its frames.
 */
export interface LentBuffers {
  /** One of the size they all have; what is in it means nothing. */
  take(): Buffer;
  /** For one that nobody reads or writes any more. One that is never given back is only collected. */
  giveBack(buffer: Buffer): void;
}

/** Keeps at most so many that are not in use. */
export function createLentBuffers(sizeBytes: number, maxSpare: number): LentBuffers {
  return lendFrom(maxSpare, () => Buffer.allocUnsafeSlow(sizeBytes));
}

/** The same of memory that another thread can be told to use without a copy. */
export function createSharedBuffers(sizeBytes: number, maxSpare: number): LentBuffers {
  return lendFrom(maxSpare, () => Buffer.from(new SharedArrayBuffer(sizeBytes)));
}

function lendFrom(maxSpare: number, allocate: () => Buffer): LentBuffers {
  const spare: Buffer[] = [];
  return {
    take: () => spare.pop() ?? allocate(),
    giveBack(buffer) {
      if (spare.length < maxSpare) spare.push(buffer);
    },
  };
}
