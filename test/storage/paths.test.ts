import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  childOf,
  formatPath,
  isWithin,
  lastSegment,
  parentOf,
  parsePath,
  pathOf,
  ROOT,
} from '../../storage/index.js';

const REFUSED = [
  '..',
  '/..',
  '/a/..',
  '/a/../b',
  '../../etc/passwd',
  '/./a',
  '/a/.',
  '.',
  '/a\\..\\b',
  '\\\\server\\share',
  'C:\\x',
  '\\\\?\\C:\\x',
  '/a\0',
  '/a\0.pdf',
  '/\ud800',
  '/a/\udfff/b',
  `/${'a'.repeat(4097)}`,
  `/${'é/'.repeat(1400)}`,
  `/${Array(201).fill('a').join('/')}`,
];
/** Look dangerous and are names like any other: looked up, they are not found. */
const PLAIN: readonly (readonly [string, readonly string[]])[] = [
  ['', []],
  ['/', []],
  ['///', []],
  ['/a//b/', ['a', 'b']],
  ['/...', ['...']],
  ['/%2e%2e/x', ['%2e%2e', 'x']],
  ['/%252e%252e', ['%252e%252e']],
  ['/..;/a', ['..;', 'a']],
  ['/．．/a', ['．．', 'a']],
  ['/a∕b', ['a∕b']],
  ['/x::$DATA', ['x::$DATA']],
  ['/e\u0301te\u0301', ['été']],
  ['/ a ', [' a ']],
  ['/proc/self/root', ['proc', 'self', 'root']],
  [`/${Array(200).fill('a').join('/')}`, Array(200).fill('a')],
];

describe('a path', () => {
  test.each(REFUSED)('is refused: %j', (text) => {
    expect(() => parsePath(text)).toThrow(expect.objectContaining({ code: 'invalid-path' }));
  });
  test.each(PLAIN)('%j is read as %j', (text, segments) => {
    expect(parsePath(text).segments).toEqual(segments);
  });
  test.each(['', '.', '..', 'a/b', '/', 'a\\b', 'a\0b', '\udc00'])('from segments refuses %j', (segment) => {
    expect(() => pathOf(['a', segment, 'b'])).toThrow(expect.objectContaining({ reason: 'path-segment' }));
  });

  test('is the same again after writing and reading, and never leads upward', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }), { maxLength: 12 }),
        (raw) => {
          let path: ReturnType<typeof pathOf>;
          try {
            path = pathOf(raw);
          } catch {
            return;
          }
          expect(parsePath(formatPath(path))).toEqual(path);
          expect(path.segments.every((one) => one !== '..' && one !== '.' && !/[/\\\0]/.test(one))).toBe(
            true,
          );
          expect(isWithin(path, parentOf(path))).toBe(true);
          expect(childOf(parentOf(path), lastSegment(path)).segments).toEqual(
            path.segments.length ? path.segments : [''],
          );
        },
      ),
      { numRuns: 200 },
    );
  });

  test('lies within another by whole segments, in whatever case', () => {
    const within = (path: string, ancestor: string) => isWithin(parsePath(path), parsePath(ancestor));
    expect(within('/caf-2/a', '/caf')).toBe(false);
    expect(within('/caf2', '/caf')).toBe(false);
    expect(within('/caf/a', '/caf')).toBe(true);
    expect(within('/CAF/a', '/caf')).toBe(true);
    expect(within('/caf', '/caf/a')).toBe(false);
    expect(within('/caf', '/')).toBe(true);
    expect(parentOf(ROOT)).toEqual(ROOT);
  });
});
