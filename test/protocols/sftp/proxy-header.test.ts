import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readProxyHeader } from '../../../protocols/sftp/proxy-header.js';
import { PEOPLE } from '../../support/appliance.js';
import { connectRaw, NEW_FILE } from './raw-client.js';
import { openSftpDoor, type TestSftpDoor } from './support.js';

const SIGNATURE = Buffer.from('0d0a0d0a000d0a515549540a', 'hex');

function binary(command: number, family: number, addresses: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(addresses.length);
  return Buffer.concat([SIGNATURE, Buffer.from([command, family]), length, addresses]);
}

const V4 = Buffer.from([192, 0, 2, 7, 192, 0, 2, 1, 0xdc, 0x04, 0, 22]);
const V6 = Buffer.concat([Buffer.from('20010db8000000000000000000000005', 'hex'), Buffer.alloc(20)]);
const TLV = Buffer.from([0x04, 0, 3, 1, 2, 3]);

const GOOD: readonly (readonly [string, Buffer, string | null])[] = [
  ['version 1, IPv4', Buffer.from('PROXY TCP4 192.0.2.7 192.0.2.1 56324 22\r\n'), '192.0.2.7'],
  ['version 1, IPv6', Buffer.from('PROXY TCP6 2001:db8::5 2001:db8::1 56324 22\r\n'), '2001:db8::5'],
  ['version 1, unknown', Buffer.from('PROXY UNKNOWN ffff::1 whatever\r\n'), null],
  ['version 1, unknown and nothing', Buffer.from('PROXY UNKNOWN\r\n'), null],
  ['version 2, IPv4', binary(0x21, 0x11, V4), '192.0.2.7'],
  ['version 2, IPv4 with extensions', binary(0x21, 0x11, Buffer.concat([V4, TLV])), '192.0.2.7'],
  ['version 2, IPv6', binary(0x21, 0x21, V6), '2001:db8:0:0:0:0:0:5'],
  ['version 2, the proxy’s own', binary(0x20, 0x00, Buffer.alloc(0)), null],
  ['version 2, a Unix socket', binary(0x21, 0x31, Buffer.alloc(216)), null],
];

const BAD: readonly (readonly [string, Buffer])[] = [
  ['SSH itself', Buffer.from('SSH-2.0-OpenSSH_9.2\r\n')],
  ['nothing of it', Buffer.from('\0\0\0')],
  ['another family', Buffer.from('PROXY TCP5 192.0.2.7 192.0.2.1 1 2\r\n')],
  ['an address of the other family', Buffer.from('PROXY TCP4 ::1 ::1 1 2\r\n')],
  ['a port too high', Buffer.from('PROXY TCP4 192.0.2.7 192.0.2.1 65536 22\r\n')],
  ['a port too few', Buffer.from('PROXY TCP4 192.0.2.7 192.0.2.1 1\r\n')],
  ['a name', Buffer.from('PROXY TCP4 example.org 192.0.2.1 1 2\r\n')],
  ['a line without end', Buffer.from(`PROXY TCP4 ${'1'.repeat(200)}`)],
  ['another version', binary(0x31, 0x11, V4)],
  ['another command', binary(0x22, 0x11, V4)],
  ['too few bytes for its family', binary(0x21, 0x11, V4.subarray(1))],
  ['more extensions than anybody sends', binary(0x21, 0x11, Buffer.alloc(5000))],
];

describe('a PROXY header', () => {
  test.each(GOOD)('%s, however it is cut, and whatever comes behind it', (_, header, address) => {
    for (let size = 0; size < header.length; size += 1)
      expect(readProxyHeader(header.subarray(0, size))).toEqual({ kind: 'incomplete' });
    for (const rest of ['', 'SSH-2.0-x\r\n'])
      expect(readProxyHeader(Buffer.concat([header, Buffer.from(rest)]))).toEqual({
        kind: 'header',
        sizeBytes: header.length,
        address,
      });
  });

  test.each(BAD)('is not: %s', (_, bytes) => {
    expect(readProxyHeader(bytes)).toEqual({ kind: 'broken' });
  });

  test('is read or refused, never waited for without end', () => {
    const starts = fc.constantFrom(...GOOD.map(([, header]) => header), SIGNATURE, Buffer.from('PROXY '));
    fc.assert(
      fc.property(starts, fc.nat(250), fc.uint8Array({ maxLength: 5000 }), (start, cut, bytes) => {
        const all = Buffer.concat([start.subarray(0, cut), bytes]);
        const read = readProxyHeader(all);
        if (read.kind === 'header') expect(read.sizeBytes).toBeLessThanOrEqual(all.length);
        if (read.kind === 'incomplete') expect(all.length).toBeLessThan(4096);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a door behind a proxy', () => {
  let door: TestSftpDoor;
  let proxy: Server;
  let header: Buffer = Buffer.alloc(0);

  beforeAll(async () => {
    door = await openSftpDoor({ graceMs: 1500 }, (address) => address === '127.0.0.1');
    proxy = createServer((client) => {
      const server = connect(door.port, '127.0.0.1', () => {
        server.write(header);
        client.pipe(server).pipe(client);
      });
      for (const socket of [client, server]) socket.on('error', () => undefined);
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
  });
  afterAll(async () => {
    proxy.close();
    await door.close();
  });

  function proxyPort(): number {
    const bound = proxy.address();
    if (bound === null || typeof bound === 'string') throw new Error('The proxy has no port.');
    return bound.port;
  }

  test.each(GOOD.filter(([, , address]) => address !== null))(
    'sees the client’s address: %s',
    async (_, bytes, address) => {
      header = bytes;
      const client = await connectRaw({ ...door, port: proxyPort() });
      const path = `${door.base}/proxied.txt`;
      const handle = await client.open(path, NEW_FILE);
      await client.write(handle, 0, 'content');
      await client.close(handle);
      await client.end();
      const rows = (await door.history()).filter((row) => row.path === path);
      expect(rows.at(-1)).toMatchObject({ action: 'deposit', address, account: PEOPLE.claire.login });
      await expect
        .poll(
          () =>
            door.logged.filter(({ fields }) => fields.address === address && fields.act === 'connection')
              .length,
        )
        .toBeGreaterThan(0);
    },
  );

  test('sees the proxy’s own connection as its own', async () => {
    header = binary(0x20, 0, Buffer.alloc(0));
    const client = await connectRaw({ ...door, port: proxyPort() });
    expect(await client.names(door.base)).toContain('proxied.txt');
    await client.end();
  });

  test.each([
    ['without a header', Buffer.from('SSH-2.0-OpenSSH_9.2\r\n')],
    ['with half a header and no more', SIGNATURE],
    ['that says nothing', Buffer.alloc(0)],
  ])('refuses a connection %s, with a line', async (_, bytes) => {
    const before = door.logged.filter(({ fields }) => fields.reason === 'no-proxy-header').length;
    const socket: Socket = connect(door.port, '127.0.0.1');
    socket.write(bytes);
    socket.resume();
    await once(socket, 'close');
    expect(door.logged.filter(({ fields }) => fields.reason === 'no-proxy-header').length).toBe(before + 1);
  });

  test('refuses a header from whoever is no proxy', async () => {
    const plain = await openSftpDoor();
    const socket = connect(plain.port, '127.0.0.1');
    socket.write('PROXY TCP4 192.0.2.7 192.0.2.1 1 2\r\n');
    const closed = once(socket, 'close');
    socket.resume();
    await closed;
    await plain.close();
    expect((await plain.history().catch(() => [])).length).toBe(0);
  });
});
