import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addInterrupted,
  addProven,
  type Coverage,
  countBytes,
  isWhole,
  merge,
  NOTHING_READ,
} from '../../storage/coverage.js';

const MIB = 1024 * 1024;
const SIZE = 64;
const range = fc
  .tuple(fc.nat(SIZE), fc.nat(SIZE))
  .map(([a, b]) => ({ start: Math.min(a, b), end: Math.max(a, b) }));

function bitmap(ranges: readonly { start: number; end: number }[]): boolean[] {
  return Array.from({ length: SIZE }, (_, at) => ranges.some(({ start, end }) => start <= at && at < end));
}

describe('ranges read', () => {
  test('add up as bytes do, in whatever order and overlap', () => {
    fc.assert(
      fc.property(fc.array(range, { maxLength: 40 }), (ranges) => {
        const merged = merge(ranges);
        const bits = bitmap(ranges);
        expect(bitmap(merged)).toEqual(bits);
        expect(countBytes(merged)).toBe(bits.filter(Boolean).length);
        for (const [index, one] of merged.entries()) {
          expect(one.start).toBeLessThan(one.end);
          expect(one.start).toBeGreaterThan(merged[index - 1]?.end ?? -1);
        }
        expect(isWhole(addProven(NOTHING_READ, ranges), SIZE)).toBe(bits.every(Boolean));
      }),
    );
  });

  test('add up over many readings', () => {
    fc.assert(
      fc.property(fc.array(fc.array(range, { maxLength: 5 }), { maxLength: 12 }), (readings) => {
        const all = readings.reduce((sum: Coverage, one) => addProven(sum, one), NOTHING_READ);
        expect(bitmap(all.proven)).toEqual(bitmap(readings.flat()));
      }),
    );
  });

  test('keep the 256 longest intervals and never claim more than was read', () => {
    const ranges = Array.from({ length: 600 }, (_, index) => ({
      start: index * 10,
      end: index * 10 + 1 + (index % 5),
    }));
    const kept = merge(ranges);
    expect(kept).toHaveLength(256);
    expect(kept.every(({ start, end }) => ranges.some((one) => one.start === start && one.end === end))).toBe(
      true,
    );
    expect(Math.min(...kept.map(({ start, end }) => end - start))).toBeGreaterThanOrEqual(3);
  });
});

describe('a reading that broke off', () => {
  test('proves nothing of what both kernels may still have held', () => {
    const broken = addInterrupted(NOTHING_READ, [{ start: 0, end: 8 * MIB }]);
    expect(broken).toEqual(NOTHING_READ);
    expect(addInterrupted(NOTHING_READ, [{ start: 0, end: 20 * MIB }]).proven).toEqual([
      { start: 0, end: 12 * MIB },
    ]);
  });
  test('is proven as far as the client goes on from', () => {
    const broken = addInterrupted(NOTHING_READ, [{ start: 0, end: 20 * MIB }]);
    const resumed = addProven(broken, [{ start: 19 * MIB, end: 30 * MIB }]);
    expect(isWhole(resumed, 30 * MIB)).toBe(true);
  });
  test('is not proven by a reading from beyond it or from its own start', () => {
    const broken = addInterrupted(NOTHING_READ, [{ start: 0, end: 20 * MIB }]);
    expect(isWhole(addProven(broken, [{ start: 20 * MIB + 1, end: 30 * MIB }]), 30 * MIB)).toBe(false);
    expect(addProven(broken, [{ start: 0, end: MIB }]).proven).toEqual([{ start: 0, end: 12 * MIB }]);
  });
});

test('a file without bytes is whole', () => {
  expect(isWhole(NOTHING_READ, 0)).toBe(true);
  expect(isWhole(NOTHING_READ, 1)).toBe(false);
});
