import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestDoor, type TestDoor } from '../protocols/webdav/support.js';

let door: TestDoor;
beforeAll(async () => {
  door = await openTestDoor();
});
afterAll(() => door.stop());

const CHUNKED = 'Transfer-Encoding: chunked\r\n';
const LENGTH = 'Content-Length: 5\r\n';

/** Sends it; what was said until the server closed the connection, for five seconds at most. */
function converse(text: string): Promise<{ said: string; isClosed: boolean }> {
  return new Promise((resolve) => {
    const socket = connect(door.port, '127.0.0.1', () => socket.write(text, 'latin1'));
    let said = '';
    const over = setTimeout(() => {
      resolve({ said, isClosed: false });
      socket.destroy();
    }, 5000);
    socket.setEncoding('latin1');
    socket.on('data', (piece) => {
      said += piece;
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(over);
      resolve({ said, isClosed: true });
    });
  });
}

const put = (name: string, headers: string, body: string) =>
  `PUT ${door.base}/${name} HTTP/1.1\r\nHost: x\r\nAuthorization: ${door.authorization('claire').Authorization}\r\n${headers}\r\n${body}`;

/** 501 is what RFC 9112 section 6.1 wants said of a coding nobody knows. */
const row = (headers: string, body = 'hello', status = '400') => ({ headers, body, status });

test.each<[string, ReturnType<typeof row>]>([
  ['a folded header', row(`X: a\r\n folded\r\n${LENGTH}`)],
  ['a folded header by a tab', row(`X: a\r\n\tfolded\r\n${LENGTH}`)],
  ['a line ended by a bare LF', row(`X: a\n${LENGTH}`)],
  ['headers ended by bare LFs', row(`${LENGTH}\n`, 'hello')],
  ['a bare CR in a value', row(`X: a\rb\r\n${LENGTH}`)],
  ['a NUL in a value', row(`X: a\0b\r\n${LENGTH}`)],
  ['a space before the colon', row('Content-Length : 5\r\n')],
  ['no colon', row(`X\r\n${LENGTH}`)],
  ['the length -1', row('Content-Length: -1\r\n')],
  ['the length +5', row('Content-Length: +5\r\n')],
  ['the length 0x5', row('Content-Length: 0x5\r\n')],
  ['the length 1e3', row('Content-Length: 1e3\r\n')],
  ['the length 5.0', row('Content-Length: 5.0\r\n')],
  ['the length 5 5', row('Content-Length: 5 5\r\n')],
  ['the length 5, 5', row('Content-Length: 5, 5\r\n')],
  ['no length after the name', row('Content-Length:\r\n')],
  ['a length of 2^64', row('Content-Length: 18446744073709551616\r\n')],
  ['the same length twice', row(LENGTH + LENGTH)],
  ['two lengths', row(`${LENGTH}Content-Length: 6\r\n`)],
  ['length and chunks', row(LENGTH + CHUNKED, '5\r\nhello\r\n0\r\n\r\n')],
  ['chunks and length', row(CHUNKED + LENGTH, '5\r\nhello\r\n0\r\n\r\n')],
  ['chunks that are not last', row('Transfer-Encoding: chunked, identity\r\n', '5\r\nhello\r\n0\r\n\r\n')],
  ['identity', row('Transfer-Encoding: identity\r\n', 'hello', '501')],
  ['xchunked', row('Transfer-Encoding: xchunked\r\n', 'hello', '501')],
  ['chunked by a vertical tab', row('Transfer-Encoding: \vchunked\r\n', '5\r\nhello\r\n0\r\n\r\n')],
  ['a chunk size of 2^64', row(CHUNKED, '10000000000000000\r\nhello\r\n0\r\n\r\n')],
  ['a chunk size of -1', row(CHUNKED, '-1\r\nhello\r\n0\r\n\r\n')],
  ['a chunk size of 0x5', row(CHUNKED, '0x5\r\nhello\r\n0\r\n\r\n')],
  ['a space after a chunk size', row(CHUNKED, '5 \r\nhello\r\n0\r\n\r\n')],
  ['a chunk size ended by a bare LF', row(CHUNKED, '5\nhello\r\n0\r\n\r\n')],
  ['a chunk ended by a bare LF', row(CHUNKED, '5\r\nhello\n0\r\n\r\n')],
  ['a chunk longer than its size', row(CHUNKED, '5\r\nhello!\r\n0\r\n\r\n')],
  ['a chunk extension of 1 MiB', row(CHUNKED, `5;x=${'y'.repeat(1024 * 1024)}\r\nhello\r\n0\r\n\r\n`, '413')],
  ['16 KiB in a header', row(`X: ${'y'.repeat(16 * 1024)}\r\n${LENGTH}`, 'hello', '431')],
  ['2,000 headers', row(`${'X:\r\n'.repeat(2000)}${LENGTH}`, 'hello', '431')],
])(
  '%s is refused, the connection closed, and nothing done of it, nor of what comes behind',
  async (_, { headers, body, status }) => {
    const before = (await door.history()).length;
    const { said, isClosed } = await converse(
      put('this.txt', headers, body) + put('behind.txt', LENGTH, 'hello'),
    );
    expect([said.split('\r\n')[0]?.split(' ')[1], isClosed]).toEqual([status, true]);
    expect([...said.matchAll(/HTTP\/1\.1 \d/gu)]).toHaveLength(1);
    const { text } = await door.send('claire', 'PROPFIND', door.base, { headers: { Depth: '1' } });
    expect(text).not.toMatch(/this\.txt|behind\.txt/u);
    const later = (await door.history()).slice(before);
    expect(later.filter(({ outcome }) => outcome === 'ok')).toEqual([]);
  },
);
