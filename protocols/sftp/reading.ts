import type { ByteRange, Download, VirtualPath } from '../../storage/index.js';
import { type Attributes, attributesOf } from './attributes.js';
import { addRange } from './ranges.js';
import { createTurnstile, type Turnstile } from './turnstile.js';

/** Beyond this many separate pieces nothing is proven any more: no client that fetches a file reads so. */
const MAX_PIECES = 4_096;

/** A file opened to be read: one pinned version, whatever is deposited meanwhile. */
export interface Reading {
  readonly kind: 'reading';
  readonly path: VirtualPath;
  readonly turnstile: Turnstile;
  readonly openedAtMs: number;
  readonly attributes: Attributes;
  /** Bytes whose DATA left. */
  readonly bytesOut: number;
  /** Every byte asked for up to the file's end; undefined at and past the end. */
  read(offset: bigint, sizeBytes: number): Promise<Piece | undefined>;
  /** Bytes for a copy made here: they never leave, and prove nothing, but are recorded. `range` lies inside the file. */
  copy(range: ByteRange): Promise<Buffer>;
  /** Records a range that may hold other bytes by now, and makes the reading one that proves nothing. @returns `left` */
  noteUnproven(range: ByteRange): () => void;
  /** The client's CLOSE has come: what left by now had the time to arrive, what leaves later proves nothing. */
  noteCloseRequested(): void;
  /** Ends the reading and records what was delivered: proven is what had left before the CLOSE came. */
  close(): Promise<void>;
  /** Ends the reading of a client that is gone. */
  interrupt(): Promise<void>;
}

/** Bytes on their way to the client; `left` says that they are gone. */
export interface Piece {
  readonly data: readonly Buffer[];
  readonly left: () => void;
}

/** Takes the download over; `close` or `interrupt` ends it. */
export function createReading(download: Download, path: VirtualPath): Reading {
  const sizeBytes = download.entry.sizeBytes;
  let delivered: readonly ByteRange[] = [];
  /** Left after the client had sent its CLOSE: lftp closes with reads under way, and throws their answers away. */
  let late: readonly ByteRange[] = [];
  let bytesOut = 0;
  let waiting = 0;
  let isCloseRequested = false;
  let cameToEnd = false;
  let isProvable = true;

  function noteLeft(range: ByteRange): void {
    waiting -= 1;
    bytesOut += range.end - range.start;
    if (isCloseRequested) late = addRange(late, range);
    else if (delivered.length < MAX_PIECES) delivered = addRange(delivered, range);
    else isProvable = false;
  }

  function noteUnproven({ start, end }: ByteRange): () => void {
    isProvable = false;
    waiting += 1;
    return () => noteLeft({ start: Math.min(start, sizeBytes), end: Math.min(end, sizeBytes) });
  }

  return {
    kind: 'reading',
    path,
    turnstile: createTurnstile(),
    openedAtMs: performance.now(),
    attributes: attributesOf(download.entry),
    get bytesOut() {
      return bytesOut;
    },
    async read(offset, length) {
      if (offset >= BigInt(sizeBytes)) {
        cameToEnd = true;
        return undefined;
      }
      const start = Number(offset);
      const range = { start, end: Math.min(sizeBytes, start + length) };
      waiting += 1;
      const data = await readWhole(download, range);
      return { data, left: () => noteLeft(range) };
    },
    async copy(range) {
      const data = Buffer.concat(await readWhole(download, range));
      noteUnproven(range)();
      return data;
    },
    noteUnproven,
    noteCloseRequested() {
      isCloseRequested = true;
    },
    async close() {
      // A read that failed never left: it keeps waiting, and the reading ends like a broken one.
      if (waiting > 0) return download.close('interrupted', delivered);
      if (isProvable && (delivered.length > 0 || cameToEnd)) return download.close('proven', delivered);
      return download.close('sent', late.reduce(addRange, [...delivered]));
    },
    interrupt: () => download.close('interrupted', delivered),
  };
}

/** A short read before the end makes OpenSSH's scp cut the file without a word: loop until the range is full. */
async function readWhole(download: Download, range: ByteRange): Promise<readonly Buffer[]> {
  const pieces: Buffer[] = [];
  for (let start = range.start; start < range.end; ) {
    const more = await download.pieces({ start, end: range.end });
    const moreBytes = more.reduce((sum, piece) => sum + piece.length, 0);
    if (moreBytes === 0) throw new Error('The stored file is shorter than its entry says.');
    pieces.push(...more);
    start += moreBytes;
  }
  return pieces;
}
