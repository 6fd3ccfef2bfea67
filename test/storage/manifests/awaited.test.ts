import { expect, test } from 'vitest';
import { createAwaited } from '../../../storage/manifests/awaited.js';

test('only the file that was not there can complete a manifest, until it is looked at anew', () => {
  const awaited = createAwaited();
  expect(awaited.mayMatter('m', 'a.csv')).toBe(true);
  awaited.end('m', awaited.begin('m'), 'b.csv');
  expect(awaited.mayMatter('m', 'a.csv')).toBe(false);
  expect(awaited.mayMatter('m', 'b.csv')).toBe(true);
  expect(awaited.mayMatter('other', 'a.csv')).toBe(true);
});

test('while a manifest is looked at everything that comes may matter, and a look that was overtaken says nothing', () => {
  const awaited = createAwaited();
  const first = awaited.begin('m');
  expect(awaited.mayMatter('m', 'a.csv')).toBe(true);
  const second = awaited.begin('m');
  awaited.end('m', second, 'b.csv');
  awaited.end('m', first, 'a.csv');
  expect(awaited.mayMatter('m', 'a.csv')).toBe(false);
  expect(awaited.mayMatter('m', 'b.csv')).toBe(true);
});
