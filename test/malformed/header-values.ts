import fc from 'fast-check';
import { type Case, type CaseClass, headerSafe, jumble, request, times } from './cases.js';

const IF_WORDS = [
  '(',
  ')',
  '<',
  '>',
  '[',
  ']',
  '"',
  'Not',
  'not ',
  ' ',
  '(<opaquelocktoken:00000000-0000-0000-0000-000000000000>)',
  '<urn:uuid:x>',
  '["a"]',
  '[W/"a"]',
  '(["a"])',
  '<http://localhost/dav/>',
  '</dav/x>',
  'DAV:no-lock',
  '<DAV:no-lock>',
  ',',
];
const TAG_WORDS = ['"a"', 'W/"a"', '*', ',', ' ', '"', 'a', 'W/', '""', '"a', ', ,'];
const DESTINATIONS = [
  'http://localhost',
  'https://',
  '//',
  '/dav/',
  '/dav',
  '/',
  '..',
  '%2e%2e',
  '%2F',
  '%00',
  '%',
  '%zz',
  '?',
  '#',
  'x@',
  ':99999',
  '\xe9',
  '%C3%A9',
  '%ED%A0%80',
  'javascript:',
  'http://[::1]',
  '\\',
  ' ',
  'arena',
  'a'.repeat(300),
];
const RANGE_WORDS = [
  'bytes=',
  'bytes',
  '=',
  '0-',
  '-5',
  '5-2',
  '0-0',
  '-',
  ',',
  '999999999999999999999-',
  ' ',
  '-0',
  '1-9007199254740993',
  'x',
  '0-1,',
];
const DEPTHS = [
  '0',
  '1',
  'infinity',
  'Infinity',
  '2',
  '-1',
  '1,noroot',
  '0, 0',
  '',
  ' 1 ',
  '00',
  '\xb2',
  'infinity,noroot',
];
const TIMES = [
  'Second-3600',
  'Second-',
  'Infinite',
  'Second--1',
  'Second-99999999999999999999',
  ',',
  ' ',
  'second-5',
  'Minute-1',
];
const NUMBERS = ['0', '-1', '1e9', '99999999999999999999', '', 'x', '1.5', '0x10', '1700000000', ' 5', '５'];
const DIGESTS = [
  'sha-256=:',
  ':',
  'AAAA',
  '=',
  ',',
  'md5=:AAAA:',
  'SHA256:',
  'abc',
  'unixsum=',
  'sha-256=::',
  '"',
];
const CREDENTIALS = [
  'Basic ',
  'Basic',
  'Bearer ',
  'Digest username="',
  'YTpi',
  '====',
  '\xff',
  ':',
  'Negotiate TlRMTVNTUAABAAAA',
  'Basic Og==',
];
const DATES = [
  'Tue, 14 Nov 2023 22:13:20 GMT',
  'Tue',
  '14 Nov',
  '9999-99-99',
  'Invalid Date',
  '1',
  '-1',
  'Sunday, 06-Nov-94 08:49:37 GMT',
  'Tue, 99 Nov 99999 99:99:99 GMT',
];

/** Header names with what their values are put together from. */
const VALUES: readonly (readonly [string, readonly string[]])[] = [
  ['If', IF_WORDS],
  ['If-Match', TAG_WORDS],
  ['If-None-Match', TAG_WORDS],
  ['If-Range', [...TAG_WORDS, ...DATES]],
  ['If-Modified-Since', DATES],
  ['If-Unmodified-Since', DATES],
  ['Destination', DESTINATIONS],
  ['Range', RANGE_WORDS],
  ['Depth', DEPTHS],
  ['Overwrite', ['T', 'F', 't', 'true', '', 'TF', ' ']],
  ['Timeout', TIMES],
  ['Lock-Token', IF_WORDS],
  ['X-OC-Mtime', NUMBERS],
  ['X-Expected-Entity-Length', NUMBERS],
  ['OC-Checksum', DIGESTS],
  ['Repr-Digest', DIGESTS],
  ['Content-Digest', DIGESTS],
  ['Content-Range', RANGE_WORDS],
  ['Content-Encoding', ['gzip', 'identity', '', 'x', ',']],
  ['Accept-Language', ['fr', ';q=', '*', ',', '-', '9']],
  ['Translate', ['f', 'F', 't']],
];
/** With the other headers just below the 16 KiB that are taken. */
const FULL_CHARACTERS = 15_000;
/** Good ones: it is the headers that are not. */
const BODIES: Readonly<Record<string, string>> = {
  LOCK: '<D:lockinfo xmlns:D="DAV:"><D:lockscope><D:shared/></D:lockscope><D:locktype><D:write/></D:locktype></D:lockinfo>',
  PROPPATCH:
    '<D:propertyupdate xmlns:D="DAV:"><D:set><D:prop><x xmlns="u">z</x></D:prop></D:set></D:propertyupdate>',
};
const METHODS = [
  'GET',
  'HEAD',
  'PUT',
  'DELETE',
  'MOVE',
  'COPY',
  'LOCK',
  'UNLOCK',
  'PROPFIND',
  'PROPPATCH',
  'MKCOL',
  'OPTIONS',
  'POST',
  'PATCH',
  'REPORT',
  'SEARCH',
  'ACL',
];

/** Good requests with header values that nearly are what their grammar wants. */
export const headerValues: CaseClass = {
  name: 'headers',
  share: 20,
  arbitrary: (arena) => {
    const value = fc
      .constantFrom(...VALUES)
      .chain(([name, words]) =>
        fc
          .oneof(
            { weight: 6, arbitrary: jumbled(words) },
            { weight: 2, arbitrary: fc.constantFrom(...words) },
            { weight: 1, arbitrary: filled(words) },
          )
          .map((text) => [name, headerSafe(text)] as const),
      );
    return fc
      .record({
        method: fc.constantFrom(...METHODS),
        name: fc.constantFrom('/file.txt', '/sub', '/absent', ''),
        headers: fc.array(value, { minLength: 1, maxLength: 3 }),
        isTwice: fc.integer({ min: 0, max: 9 }).map((draw) => draw === 0),
        credentials: fc.oneof(
          { weight: 9, arbitrary: fc.constant(undefined) },
          { weight: 1, arbitrary: jumble(CREDENTIALS) },
        ),
      })
      .map(({ method, name, headers, isTwice, credentials }): Case => {
        const place =
          credentials === undefined ? arena : { ...arena, authorization: headerSafe(credentials) };
        // The arena itself and its file stay: what is made or moved here has a name of its own.
        const isKept = name === '' || name === '/file.txt';
        const target = isKept && ['DELETE', 'MOVE', 'PUT'].includes(method) ? '/moved' : name;
        const all = isTwice ? [...headers, ...headers] : headers;
        return {
          bytes: request(place, {
            method,
            target: arena.base + target,
            headers: all,
            body: BODIES[method] ?? '',
          }),
        };
      });
  },
};

/** Up to thirty times something out of some words. */
function jumbled(words: readonly string[]): fc.Arbitrary<string> {
  return fc
    .tuple(jumble(words), times(30))
    .map(([once, repeats]) => once.repeat(Math.max(1, repeats)).slice(0, 12_000));
}

/** As much as a header holds of one word, then another: what costs more than in proportion to its length shows here. */
function filled(words: readonly string[]): fc.Arbitrary<string> {
  return fc
    .tuple(fc.constantFrom(...words), fc.constantFrom(...words))
    .map(
      ([word, end]) =>
        word.repeat(Math.ceil(FULL_CHARACTERS / Math.max(1, word.length))).slice(0, FULL_CHARACTERS) + end,
    );
}
