import { once } from 'node:events';
import { createServer, IncomingMessage, type RequestListener } from 'node:http';
import { connect, Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isOfficeDiscovery, readBasicCredentials } from '../../../protocols/webdav/authentication.js';
import { readPromisedSha256 } from '../../../protocols/webdav/digests.js';
import {
  readByteCount,
  readDepth,
  readOverwrite,
  readTimeoutSeconds,
} from '../../../protocols/webdav/headers.js';
import { HttpProblem } from '../../../protocols/webdav/http-problem.js';
import { readLockTokenHeader } from '../../../protocols/webdav/lock-tokens.js';
import { parseRange } from '../../../protocols/webdav/ranges.js';

function request(...headers: readonly (readonly [string, string])[]): IncomingMessage {
  const message = new IncomingMessage(new Socket());
  for (const [name, value] of headers) message.headers[name.toLowerCase()] ??= value;
  return message;
}
const basic = (text: string | Buffer) => `Basic ${Buffer.from(text).toString('base64')}`;
/** What the door reads from Authorization lines that came in over a real connection. */
async function credentialsOf(...values: readonly string[]): Promise<unknown> {
  const answer: RequestListener = (message, response) =>
    void response.setHeader('Connection', 'close').end(JSON.stringify(readBasicCredentials(message) ?? null));
  const server = createServer({ maxHeaderSize: 64 * 1024 }, answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const client = connect(typeof address === 'object' && address ? address.port : 0, '127.0.0.1');
  const lines = values.map((value) => `Authorization: ${value}\r\n`).join('');
  client.write(`GET / HTTP/1.1\r\nHost: example.org\r\n${lines}\r\n`, 'latin1');
  const [, body = ''] = (await text(client)).split('\r\n\r\n');
  server.close();
  return JSON.parse(body);
}

describe('Basic credentials', () => {
  test('login and password, which may hold colons and any UTF-8', async () => {
    expect(await credentialsOf(basic('ada@example.org:pass:wörd €'))).toEqual({
      login: 'ada@example.org',
      password: 'pass:wörd €',
    });
  });

  test('the name Windows puts in front is dropped', async () => {
    expect(await credentialsOf(basic('PC-42\\ada@example.org:x'))).toMatchObject({
      login: 'ada@example.org',
    });
  });

  test('a client that does not send UTF-8 is understood as Windows-1252', async () => {
    const bytes = Buffer.from('ada:\u00e9t\u00e9', 'latin1');
    expect(await credentialsOf(basic(bytes))).toEqual({ login: 'ada', password: 'été' });
  });

  test.each([
    [[]],
    [['']],
    [['Bearer']],
    [['Bearer abc']],
    [['Digest username="a"']],
    [['Negotiate YII=']],
    [['AWS4-HMAC-SHA256 Credential=a']],
    [['Basic']],
    [['Basic ']],
    [['Basic !!!!']],
    [[basic('nocolon')]],
    [[basic(':password')]],
    [[basic('ada:')]],
    [[basic('ada\0:x')]],
    [[basic('ada:x\r\ny')]],
    [[basic(`ada:${'x'.repeat(10_000)}`)]],
    [[basic('ada:x'), basic('ada:x')]],
  ])('%j is not signed in', async (values) => {
    expect(await credentialsOf(...values)).toBeNull();
  });
});

describe('Office', () => {
  test('is known by its name on OPTIONS alone', () => {
    const office = request(['User-Agent', 'Microsoft Office Word 2014']);
    office.method = 'OPTIONS';
    expect(isOfficeDiscovery(office)).toBe(true);
    office.method = 'PROPFIND';
    expect(isOfficeDiscovery(office)).toBe(false);
  });
});

describe('small headers', () => {
  test('Depth', () => {
    expect(readDepth(request())).toBeUndefined();
    expect(['0', '1', 'Infinity'].map((value) => readDepth(request(['Depth', value])))).toEqual([
      '0',
      '1',
      'infinity',
    ]);
    for (const value of ['2', '-1', '1,noroot', '0, 0', ''])
      expect(() => readDepth(request(['Depth', value]))).toThrow(HttpProblem);
  });

  test('Overwrite', () => {
    expect(readOverwrite(request())).toBe(true);
    expect(readOverwrite(request(['Overwrite', 'f']))).toBe(false);
    expect(() => readOverwrite(request(['Overwrite', 'maybe']))).toThrow(HttpProblem);
  });

  test('Timeout', () => {
    const seconds = (value: string) => readTimeoutSeconds(request(['Timeout', value]));
    expect(readTimeoutSeconds(request())).toBe(3600);
    expect(seconds('Second-600')).toBe(600);
    expect(seconds('Infinite, Second-60')).toBe(60);
    expect(seconds('Second-4100000000')).toBe(3600);
    expect(seconds('Second-0')).toBe(1);
    expect(seconds('x')).toBe(3600);
  });

  test('counts of bytes', () => {
    expect(readByteCount(request(['x-size', '12']), 'x-size')).toBe(12);
    for (const value of ['-1', '+5', '0x10', '1e3', '', '9'.repeat(20)])
      expect(() => readByteCount(request(['x-size', value]), 'x-size')).toThrow(HttpProblem);
  });

  test('Lock-Token', () => {
    expect(readLockTokenHeader('<opaquelocktoken:1>')).toBe('urn:uuid:1');
    expect(readLockTokenHeader(' <urn:uuid:1> ')).toBe('urn:uuid:1');
    for (const value of [undefined, '', 'urn:uuid:1', '<>', '<a> <b>'])
      expect(readLockTokenHeader(value)).toBeUndefined();
  });
});

describe('ranges', () => {
  const part = (start: number, end: number) => ({ kind: 'part', range: { start, end } });
  test.each([
    [undefined, { kind: 'whole' }],
    ['bytes=0-0', part(0, 1)],
    ['bytes=2-', part(2, 10)],
    ['bytes=-3', part(7, 10)],
    ['bytes=-99', part(0, 10)],
    ['bytes=5-99', part(5, 10)],
    ['bytes=10-', { kind: 'unsatisfiable' }],
    ['bytes=-0', { kind: 'unsatisfiable' }],
    ['bytes=99999999999999999999-', { kind: 'unsatisfiable' }],
    ['bytes=5-2', { kind: 'whole' }],
    ['bytes=0-1,3-4', { kind: 'whole' }],
    ['bytes=-', { kind: 'whole' }],
    ['lines=0-1', { kind: 'whole' }],
    ['bytes=a-b', { kind: 'whole' }],
  ])('%s of ten bytes', (header, expected) => {
    expect(parseRange(header, 10)).toEqual(expected);
  });

  test('an empty file has no part', () => {
    expect(parseRange('bytes=0-', 0)).toEqual({ kind: 'unsatisfiable' });
  });

  test('a part lies inside the file, whatever was asked', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'bytes=-,0123456789 ') }),
        fc.nat(),
        (text, sizeBytes) => {
          const wanted = parseRange(`bytes=${text}`, sizeBytes);
          if (wanted.kind !== 'part') return;
          expect(wanted.range.start).toBeGreaterThanOrEqual(0);
          expect(wanted.range.start).toBeLessThan(wanted.range.end);
          expect(wanted.range.end).toBeLessThanOrEqual(sizeBytes);
        },
      ),
    );
  });
});

describe('promised digests', () => {
  const hex = 'a'.repeat(64);
  const base64 = Buffer.from(hex, 'hex').toString('base64');
  test('each of the three headers', () => {
    expect(readPromisedSha256({})).toBeUndefined();
    expect(readPromisedSha256({ 'repr-digest': `sha-512=:AAAA:, sha-256=:${base64}:` })).toBe(hex);
    expect(readPromisedSha256({ 'content-digest': `sha-256=:${base64}:` })).toBe(hex);
    expect(readPromisedSha256({ 'oc-checksum': `SHA256:${hex.toUpperCase()}` })).toBe(hex);
    expect(readPromisedSha256({ 'oc-checksum': 'MD5:abc' })).toBeUndefined();
  });

  test('malformed or contradicting ones are refused', () => {
    expect(() => readPromisedSha256({ 'repr-digest': 'sha-256=abc' })).toThrow(HttpProblem);
    expect(() => readPromisedSha256({ 'oc-checksum': 'SHA256:abc' })).toThrow(HttpProblem);
    expect(() =>
      readPromisedSha256({ 'repr-digest': `sha-256=:${base64}:`, 'oc-checksum': `SHA256:${'b'.repeat(64)}` }),
    ).toThrow(HttpProblem);
  });
});
