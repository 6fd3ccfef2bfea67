import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createWrittenRanges } from '../../storage/blobs/written-ranges.js';

test('bytes in order stay one range', () => {
  const written = createWrittenRanges();
  for (let at = 0; at < 1000; at += 10) written.add({ start: at, end: at + 10 });
  expect(written.count).toBe(1);
  expect(written.covers({ start: 0, end: 1000 })).toBe(true);
  expect(written.touches({ start: 1000, end: 2000 })).toBe(false);
});

test('ranges answer like a list of marked bytes', () => {
  const range = fc.tuple(fc.nat(60), fc.nat(20)).map(([start, length]) => ({ start, end: start + length }));
  const step = fc.oneof(
    fc.record({ kind: fc.constant('add' as const), range }),
    fc.record({ kind: fc.constant('cut' as const), range }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), range, (steps, asked) => {
      const written = createWrittenRanges();
      const marks = new Uint8Array(100);
      for (const { kind, range } of steps) {
        if (kind === 'add') {
          written.add(range);
          marks.fill(1, range.start, range.end);
        } else {
          written.cut(range.start);
          marks.fill(0, range.start);
        }
      }
      const seen = marks.subarray(asked.start, asked.end);
      expect(written.covers(asked)).toBe(!seen.includes(0));
      expect(written.touches(asked)).toBe(seen.includes(1));
      expect(written.prefixBytes).toBe(marks.indexOf(0));
      expect(written.count).toBe(marks.join('').split('0').filter(Boolean).length);
    }),
    { numRuns: 2000 },
  );
});
