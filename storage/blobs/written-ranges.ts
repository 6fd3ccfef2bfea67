import type { ByteRange } from '../model.js';

/** Which bytes of a file were ever written: disjoint ranges in order, a single one as long as bytes come in order. */
export interface WrittenRanges {
  /** Ranges kept apart by holes. */
  readonly count: number;
  /** Bytes from the start on without a hole. */
  readonly prefixBytes: number;
  add(range: ByteRange): void;
  /** Forgets everything from an offset on. */
  cut(sizeBytes: number): void;
  /** True when every byte of the range was written; so for an empty one. */
  covers(range: ByteRange): boolean;
  /** True when any byte of the range was written. */
  touches(range: ByteRange): boolean;
}

/** Nothing written yet. */
export function createWrittenRanges(): WrittenRanges {
  let ranges: ByteRange[] = [];
  return {
    get count() {
      return ranges.length;
    },
    get prefixBytes() {
      const [first] = ranges;
      return first?.start === 0 ? first.end : 0;
    },
    add({ start, end }) {
      if (start >= end) return;
      const from = firstEndingAtOrAfter(ranges, start);
      let to = from;
      let merged: ByteRange = { start, end };
      for (let next = ranges[to]; next !== undefined && next.start <= end; next = ranges[to]) {
        merged = { start: Math.min(merged.start, next.start), end: Math.max(merged.end, next.end) };
        to += 1;
      }
      ranges.splice(from, to - from, merged);
    },
    cut(sizeBytes) {
      ranges = ranges
        .filter(({ start }) => start < sizeBytes)
        .map(({ start, end }) => ({ start, end: Math.min(end, sizeBytes) }));
    },
    covers({ start, end }) {
      if (start >= end) return true;
      const range = ranges[firstEndingAtOrAfter(ranges, end)];
      return range !== undefined && range.start <= start;
    },
    touches({ start, end }) {
      if (start >= end) return false;
      const range = ranges[firstEndingAtOrAfter(ranges, start + 1)];
      return range !== undefined && range.start < end;
    },
  };
}

/** Bisection; bytes in order end at the last range at once. */
function firstEndingAtOrAfter(ranges: readonly ByteRange[], offset: number): number {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const range = ranges[middle];
    if (range !== undefined && range.end < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
