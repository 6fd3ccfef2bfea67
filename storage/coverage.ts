import type { ByteRange } from './model.js';

/** What one account has read of one version, over requests and doors. Both lists are sorted and apart from each other. */
export interface Coverage {
  /** Known to have arrived. */
  readonly proven: readonly ByteRange[];
  /** Left, then the connection broke: how much arrived is not known. */
  readonly open: readonly ByteRange[];
}

export const NOTHING_READ: Coverage = { proven: [], open: [] };

const MAX_INTERVALS = 256;
/**
 * Both kernels together hold no more than this of a connection: what was sent before it had arrived when the connection
 * broke, so below this an interrupted read proves nothing.
 */
const KERNEL_BUFFER_BYTES = 8 * 1024 * 1024;

/** Adds ranges that arrived. One that goes on exactly where an interrupted read broke off proves that read up to there. */
export function addProven(coverage: Coverage, ranges: readonly ByteRange[]): Coverage {
  const resumed = ranges.flatMap((range) =>
    coverage.open
      .filter((broken) => broken.start < range.start && range.start <= broken.end)
      .map((broken) => ({ start: broken.start, end: range.start })),
  );
  return { ...coverage, proven: merge([...coverage.proven, ...ranges, ...resumed]) };
}

/** Adds ranges that were handed to a connection which then broke. */
export function addInterrupted(coverage: Coverage, ranges: readonly ByteRange[]): Coverage {
  const long = ranges.filter((range) => range.end - range.start > KERNEL_BUFFER_BYTES);
  const arrived = long.map((range) => ({ start: range.start, end: range.end - KERNEL_BUFFER_BYTES }));
  return { proven: merge([...coverage.proven, ...arrived]), open: merge([...coverage.open, ...long]) };
}

/** True when every byte of the version has arrived. */
export function isWhole(coverage: Coverage, sizeBytes: number): boolean {
  const first = coverage.proven[0];
  return sizeBytes === 0 || (first !== undefined && first.start === 0 && first.end >= sizeBytes);
}

export function countBytes(ranges: readonly ByteRange[]): number {
  return ranges.reduce((sum, range) => sum + range.end - range.start, 0);
}

/** Sorts, joins what touches, and beyond 256 intervals forgets the shortest. */
export function merge(ranges: readonly ByteRange[]): readonly ByteRange[] {
  const merged: { start: number; end: number }[] = [];
  for (const range of [...ranges].filter((one) => one.end > one.start).sort((a, b) => a.start - b.start)) {
    const last = merged.at(-1);
    if (last && range.start <= last.end) last.end = Math.max(last.end, range.end);
    else merged.push({ ...range });
  }
  if (merged.length <= MAX_INTERVALS) return merged;
  const longest = [...merged].sort((a, b) => b.end - b.start - (a.end - a.start)).slice(0, MAX_INTERVALS);
  return longest.sort((a, b) => a.start - b.start);
}
