import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HttpProblem } from '../../../protocols/webdav/http-problem.js';
import { hrefOf, parseTarget } from '../../../protocols/webdav/request-path.js';
import { isStorageError, pathOf } from '../../../storage/index.js';

const segmentsOf = (raw: string) => {
  const target = parseTarget(raw);
  return target?.kind === 'entry' ? target.path.segments : target?.kind;
};

describe('a request target', () => {
  test.each([
    ['/dav', []],
    ['/dav/', []],
    ['/dav/Les%20Lutins', ['Les Lutins']],
    ['/dav/Les%20Lutins/', ['Les Lutins']],
    ['/dav/a//b/', ['a', 'b']],
    ['/dav/%C3%A9t%c3%a9', ['été']],
    ['/dav/e%CC%81', ['é']],
    ['/dav/a%28(1)', ['a((1)']],
    ['/dav/a+b%2Bc', ['a+b+c']],
    ['/dav/a%23b%3Fc', ['a#b?c']],
    ['/dav/a?query/with/slashes', ['a']],
    ['http://example.org/dav/a', ['a']],
    ['HTTPS://user@example.org:8080/dav/a', ['a']],
    [`/dav/${Buffer.from('été').toString('latin1')}`, ['été']],
    ['/', 'host'],
    ['http://example.org', 'host'],
    ['*', 'host'],
    ['/davos', undefined],
    ['/DAV/a', undefined],
    ['/pages/x', undefined],
  ])('%s', (raw, expected) => {
    expect(segmentsOf(raw)).toEqual(expected);
  });

  test.each([
    '/dav/../etc/passwd',
    '/dav/a/./b',
    '/dav/%2e%2e/x',
    '/dav/%2E/x',
    '/dav/a%2Fb',
    '/dav/a%2fb',
    '/dav/a%5Cb',
    '/dav/a\\b',
    '/dav/a%00',
    '/dav/%zz',
    '/dav/%',
    '/dav/%e9',
    '/dav/%c0%af',
    '/dav/%c0%ae%c0%ae/x',
    '/dav/%ed%a0%80',
    '/dav/%f8%88%80%80%80',
    '/dav/a#b',
    `/dav/${Buffer.from([0xe9]).toString('latin1')}`,
    `/dav/${'a'.repeat(5000)}`,
    `/dav/${'a/'.repeat(300)}`,
  ])('refuses %s', (raw) => {
    expect(() => parseTarget(raw)).toThrow();
  });

  test('any target is parsed, refused or not ours, never anything else', () => {
    const piece = fc.constantFrom(
      '/',
      '..',
      '.',
      '%',
      '2e',
      '2F',
      '%00',
      'c0',
      'af',
      '\\',
      ';',
      '#',
      '?',
      'é',
      'a',
      '//',
      ':',
      '@',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        try {
          const segments = segmentsOf(`/dav/${pieces.join('')}`);
          if (Array.isArray(segments))
            for (const segment of segments) expect(segment).not.toMatch(/^\.{0,2}$|[/\\\0]/u);
        } catch (error) {
          expect(error instanceof HttpProblem || isStorageError(error, 'invalid-path')).toBe(true);
        }
      }),
      { numRuns: 20_000 },
    );
  });
});

describe('an href', () => {
  test('folders end in a slash, files do not, and reserved characters are escaped (W13)', () => {
    expect(hrefOf(pathOf([]), true)).toBe('/dav/');
    expect(hrefOf(pathOf(['Crèche', 'a b#c%d&e?f']), false)).toBe('/dav/Cr%C3%A8che/a%20b%23c%25d%26e%3Ff');
    expect(hrefOf(pathOf(['x']), true)).toBe('/dav/x/');
  });

  test('leads back to where it came from', () => {
    const segment = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
      .filter((text) => !/^\.{1,2}$|[/\\\0]/u.test(text));
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 5 }), fc.boolean(), (segments, isDirectory) => {
        const path = pathOf(segments);
        expect(segmentsOf(hrefOf(path, isDirectory))).toEqual(path.segments);
      }),
    );
  });
});
