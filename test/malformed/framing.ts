import fc from 'fast-check';
import { type Arena, type Case, type CaseClass, text, times } from './cases.js';

const METHODS = [
  'GET',
  'PUT',
  'PROPFIND',
  'DELETE',
  'MOVE',
  'get',
  'G E T',
  '',
  'PUT\0',
  'CONNECT',
  'TRACE',
  'M-SEARCH',
  'X'.repeat(300),
];
const VERSIONS = [
  'HTTP/1.1',
  'HTTP/1.0',
  'HTTP/0.9',
  'HTTP/1.2',
  'HTTP/2.0',
  'HTTP/1.1x',
  'http/1.1',
  'HTTP/1',
  'HTTP/',
  '',
  'RTSP/1.0',
];
const ENDS = ['\r\n', '\r\n', '\r\n', '\r\n', '\n', '\r', '\n\r', '\r\r\n'];
const LENGTHS = [
  '5',
  '-1',
  '+5',
  '0x10',
  '1e3',
  '5, 5',
  '5,6',
  '',
  ' ',
  '5 ',
  '5 5',
  '5.0',
  '99999999999999999999',
  '18446744073709551616',
  '00005',
  '\v5',
];
const CODINGS = [
  'chunked',
  'Chunked',
  'identity',
  'gzip, chunked',
  'chunked, identity',
  'chunked, chunked',
  'xchunked',
  'chunked;q=1',
  'chunked,',
  ',chunked',
  '\vchunked',
  '',
  'deflate',
];
const ODD_HEADERS = [
  'Host: other',
  'Host:',
  'host : x',
  'Host: a b',
  'Host: x@y',
  'NoColon',
  ': empty',
  'X\0: y',
  'X: \0',
  'X: a\r\n folded',
  'X:\r\n\tfolded',
  'X: \xff\xfe',
  'X\xe9: y',
  'Connection: keep-alive, close',
  'Connection: upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA',
  'Upgrade: websocket\r\nConnection: Upgrade',
  'Expect: 100-continue',
  'Expect: 200-ok',
  'Expect: 100-continue\r\nExpect: 100-continue',
  'Trailer: Content-Length',
  'TE: trailers, deflate',
  'Keep-Alive: timeout=-1',
  'Authorization: Basic',
  'Authorization: Basic \xff',
  'Proxy-Connection: x',
  'X-Forwarded-For: 1.2.3.4, \0',
  'Forwarded: for="',
  'Content-Length: 5',
  'Transfer-Encoding: chunked',
];
const CHUNKS = [
  '5\r\nhello\r\n0\r\n\r\n',
  '5\r\nhell',
  '5\r\nhello',
  '5\r\nhelloX\r\n0\r\n\r\n',
  '-1\r\nx\r\n0\r\n\r\n',
  '0x5\r\nhello\r\n0\r\n\r\n',
  '5 \r\nhello\r\n0\r\n\r\n',
  'FFFFFFFFFFFFFFFFF\r\nx',
  'ffffffffffffffff\r\nx',
  '5\nhello\n0\n\n',
  'zz\r\n',
  '\r\n',
  '0\r\n',
  '0\r\nX: y\r\n\r\n',
  '0\r\nContent-Length: 5\r\n\r\n',
  '00000000005\r\nhello\r\n0\r\n\r\n',
];

/** Request lines, headers, lengths and chunks that two readers could take for different things, or none can. */
export const framing: CaseClass = {
  name: 'framing',
  share: 26,
  arbitrary: (arena) =>
    fc.oneof(
      { weight: 5, arbitrary: request(arena) },
      { weight: 1, arbitrary: large(arena) },
      { weight: 1, arbitrary: noise() },
    ),
};

let count = 0;

function request({ base, authorization }: Arena): fc.Arbitrary<Case> {
  return fc
    .record({
      method: fc.oneof(
        { weight: 3, arbitrary: fc.constant('PUT') },
        { weight: 2, arbitrary: fc.constantFrom(...METHODS) },
      ),
      version: fc.oneof(
        { weight: 4, arbitrary: fc.constant('HTTP/1.1') },
        { weight: 1, arbitrary: fc.constantFrom(...VERSIONS) },
      ),
      end: fc.constantFrom(...ENDS),
      signed: fc.boolean(),
      host: fc.oneof(
        { weight: 6, arbitrary: fc.constant(true) },
        { weight: 1, arbitrary: fc.constant(false) },
      ),
      odd: fc.array(fc.constantFrom(...ODD_HEADERS), { maxLength: 3 }),
      lengths: fc.array(fc.constantFrom(...LENGTHS), { maxLength: 2 }),
      codings: fc.array(fc.constantFrom(...CODINGS), { maxLength: 2 }),
      body: fc.oneof(
        fc.constantFrom(...CHUNKS),
        fc.constantFrom('hello', 'hell', '', 'hello GET / HTTP/1.1\r\n\r\n'),
      ),
      extension: fc.oneof(
        { weight: 40, arbitrary: times(20_000) },
        { weight: 1, arbitrary: fc.constant(1024 * 1024) },
      ),
    })
    .map(({ method, version, end, signed, host, odd, lengths, codings, body, extension }) => {
      count += 1;
      const lines = [
        `${method} ${base}/framing${count} ${version}`,
        ...(host ? ['Host: localhost'] : []),
        ...(signed ? [`Authorization: ${authorization}`] : []),
        ...odd,
        ...lengths.map((length) => `Content-Length: ${length}`),
        ...codings.map((coding) => `Transfer-Encoding: ${coding}`),
      ];
      const grown = extension > 100 ? body.replace('5\r\n', `5;x=${'y'.repeat(extension)}\r\n`) : body;
      return text(lines.join(end) + end + end + grown);
    });
}

/** Up to 20 KiB in one header, or thousands of them. */
function large({ base }: Arena): fc.Arbitrary<Case> {
  return fc.oneof(
    times(20_000).map((size) =>
      text(`GET ${base} HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(size)}\r\nConnection: close\r\n\r\n`),
    ),
    times(4_000).map((number) =>
      text(`GET ${base} HTTP/1.1\r\nHost: x\r\n${'X:\r\n'.repeat(number)}Connection: close\r\n\r\n`),
    ),
    times(20_000).map((size) =>
      text(`GET ${base}/${'a'.repeat(size)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`),
    ),
    times(20_000).map((size) => text(`${'A'.repeat(size)} / HTTP/1.1\r\nHost: x\r\n\r\n`)),
  );
}

/** Bytes that are no HTTP: TLS hellos, SSH banners, anything. */
function noise(): fc.Arbitrary<Case> {
  return fc.oneof(
    fc.uint8Array({ maxLength: 400 }).map((bytes) => ({ bytes: Buffer.from(bytes) })),
    fc.constantFrom(
      text('SSH-2.0-x\r\n'),
      text('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
      text('\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'),
      text('\r\n\r\n\r\n'),
      text('GET / HTTP/1.1\r\nHost: x\r\n'),
    ),
  );
}
