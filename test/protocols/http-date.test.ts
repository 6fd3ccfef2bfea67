import fc from 'fast-check';
import { expect, test } from 'vitest';
import { httpDate, isoDate } from '../../protocols/http-date.js';

test('dates are written as the language itself writes them', () => {
  const instants = fc.date({
    min: new Date('0001-01-01'),
    max: new Date('9999-12-31T23:59:59.999Z'),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(instants, (instant) => {
      expect(httpDate(instant)).toBe(instant.toUTCString());
      expect(isoDate(instant)).toBe(instant.toISOString());
    }),
    { numRuns: 2000, examples: [[new Date(-1)], [new Date(0)], [new Date(86_400_000)]] },
  );
});
