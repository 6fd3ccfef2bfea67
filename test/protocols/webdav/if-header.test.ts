import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HttpProblem } from '../../../protocols/webdav/http-problem.js';
import { parseIfHeader } from '../../../protocols/webdav/if-header.js';

const TOKEN = 'urn:uuid:181d4fae-7d8c-11d0-a765-00a0c91e6bf2';

describe('the If header of RFC 4918, section 10.4', () => {
  test('a list without a tag is about the request itself', () => {
    expect(parseIfHeader(`(<${TOKEN}>)`)).toEqual([
      { conditions: [{ kind: 'token', value: TOKEN, isNegated: false }] },
    ]);
  });

  test('conditions in one list, negation and entity tags', () => {
    expect(
      parseIfHeader(`(<${TOKEN}> ["I am an ETag"])(["another"]) (Not <DAV:no-lock> Not [W/"x"])`),
    ).toEqual([
      {
        conditions: [
          { kind: 'token', value: TOKEN, isNegated: false },
          { kind: 'etag', value: '"I am an ETag"', isNegated: false },
        ],
      },
      { conditions: [{ kind: 'etag', value: '"another"', isNegated: false }] },
      {
        conditions: [
          { kind: 'token', value: 'DAV:no-lock', isNegated: true },
          { kind: 'etag', value: 'W/"x"', isNegated: true },
        ],
      },
    ]);
  });

  test('a tag holds for every list up to the next tag', () => {
    const lists = parseIfHeader(
      `</dav/a%20(1).docx> (<${TOKEN}>) (["x"]) <http://example.org/dav/b> (Not ["y"])`,
    );
    expect(lists.map((list) => list.resource)).toEqual([
      '/dav/a%20(1).docx',
      '/dav/a%20(1).docx',
      'http://example.org/dav/b',
    ]);
  });

  test.each([
    '',
    ' ',
    '()',
    '(',
    `<${TOKEN}>`,
    `(<${TOKEN}>`,
    `(<>)`,
    '(<no-colon>)',
    '([x])',
    '(["x"',
    '(["x)',
    '(Not)',
    `(<${TOKEN}>) </dav/a> (["x"])`,
    '</dav/a></dav/b>(["x"])',
    'garbage',
  ])('refuses %j', (text) => {
    expect(() => parseIfHeader(text)).toThrow(HttpProblem);
  });

  test('any text is parsed or refused, never anything else', () => {
    const piece = fc.constantFrom(
      '(',
      ')',
      '<',
      '>',
      '[',
      ']',
      'Not',
      ' ',
      '"',
      'W/',
      `<${TOKEN}>`,
      '["e"]',
      '/',
      'a:b',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(piece, { maxLength: 30 }).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(text, (candidate) => {
        try {
          const lists = parseIfHeader(candidate);
          expect(lists.length).toBeGreaterThan(0);
          for (const list of lists) expect(list.conditions.length).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(HttpProblem);
        }
      }),
      { numRuns: 20_000 },
    );
  });

  test('what is written out is read back', () => {
    const condition = fc.record({
      isNegated: fc.boolean(),
      kind: fc.constantFrom<'token' | 'etag'>('token', 'etag'),
      id: fc.stringMatching(/^[a-z0-9]{1,8}$/u),
    });
    const header = fc.array(fc.array(condition, { minLength: 1, maxLength: 4 }), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(header, (lists) => {
        const written = lists.map((list) =>
          list.map(({ kind, id, isNegated }) => ({
            kind,
            isNegated,
            value: kind === 'token' ? `urn:x:${id}` : `"${id}"`,
          })),
        );
        const text = written
          .map(
            (list) =>
              `(${list
                .map(
                  ({ kind, value, isNegated }) =>
                    (isNegated ? 'Not ' : '') + (kind === 'token' ? `<${value}>` : `[${value}]`),
                )
                .join(' ')})`,
          )
          .join(' ');
        expect(parseIfHeader(text).map((list) => list.conditions)).toEqual(written);
      }),
    );
  });

  test('a megabyte is read in one pass', () => {
    const before = performance.now();
    expect(() => parseIfHeader(`(${'<a:b> '.repeat(170_000)}`)).toThrow(HttpProblem);
    expect(() => parseIfHeader('("'.repeat(500_000))).toThrow(HttpProblem);
    expect(() => parseIfHeader(`([${'"'.repeat(1_000_000)}`)).toThrow(HttpProblem);
    expect(performance.now() - before).toBeLessThan(2000);
  });
});
