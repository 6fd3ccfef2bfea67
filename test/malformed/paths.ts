import fc from 'fast-check';
import { type Case, type CaseClass, jumble, request } from './cases.js';

const WORDS = [
  '/',
  '//',
  '/./',
  '/../',
  '%2e%2e',
  '%2F',
  '%5c',
  '\\',
  '%252e',
  '..%c0%af',
  '%00',
  '%',
  '%z',
  '%C3',
  '%ED%A0%80',
  '%F4%90%80%80',
  ';/',
  '?',
  '#',
  '%3F',
  '%23',
  '::$DATA',
  'C:',
  '%20',
  '.',
  ' ',
  'CON',
  'aux.txt',
  '%0d%0a',
  '%E2%80%AE',
  '%EF%BC%8E',
  '\xe9',
  '%c3%a9',
  'e%CC%81',
  '%F0%9F%98%80',
  'a'.repeat(260),
  '~',
  '*',
  '|',
  '"',
  '<',
  '>',
];

/** Every way to write a path that leads nowhere, elsewhere or outside. */
export const paths: CaseClass = {
  name: 'paths',
  share: 12,
  arbitrary: (arena) =>
    fc
      .record({
        method: fc.constantFrom('GET', 'PROPFIND', 'PUT', 'MKCOL', 'LOCK', 'HEAD', 'OPTIONS', 'PROPPATCH'),
        start: fc.constantFrom(
          `${arena.base}/sub/`,
          arena.base,
          '/dav',
          '/dav/',
          '/',
          '',
          'http://localhost/dav/',
          '//dav',
          '*',
          '/healthz',
          '/connexion',
          '/..',
        ),
        rest: jumble(WORDS, 5),
        levels: fc.oneof(
          { weight: 9, arbitrary: fc.constant(0) },
          { weight: 1, arbitrary: fc.integer({ min: 1, max: 3000 }) },
        ),
      })
      .map(({ method, start, rest, levels }): Case => {
        const target = (start + rest + '/a'.repeat(levels)).replace(/[\0\r\n ]/gu, '%20') || '/';
        return { bytes: request(arena, { method, target, headers: [['Depth', '0']] }) };
      }),
};
