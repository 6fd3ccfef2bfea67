import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PacketType } from '../../../protocols/sftp/codec.js';
import { string, uint32, uint64 } from '../../../protocols/sftp/wire.js';
import { connectRaw, encodePacket, NO_ATTRIBUTES, readStatus } from './raw-client.js';
import { openSftpDoor, type TestSftpDoor } from './support.js';

let door: TestSftpDoor;
beforeAll(async () => {
  door = await openSftpDoor({ unauthenticatedPerAddress: 100 });
});
afterAll(async () => {
  await door.close();
});

const FAILURE_CODES = [1, 2, 3, 4, 5, 8];
const ANSWER_TYPES = [101, 102, 103, 104, 105, 201];
const types = [...new Set(Object.values(PacketType))].filter((type) => type !== PacketType.INIT);
const body = fc.oneof(
  fc.uint8Array({ maxLength: 60 }).map((array) => Buffer.from(array)),
  fc
    .tuple(fc.string({ unit: 'binary', maxLength: 30 }), fc.nat(), fc.uint8Array({ maxLength: 20 }))
    .map(([text, number, rest]) => Buffer.concat([string(text), uint32(number), Buffer.from(rest)])),
);

describe('malformed packets', () => {
  test('of 5,000 random requests each gets one answer, in order, and none hurts the next session', async () => {
    const client = await connectRaw(door);
    const cases = fc.sample(fc.tuple(fc.constantFrom(...types, 0, 99, 255), body), 5_000);
    const answers = await Promise.all(cases.map(([type, fields]) => client.ask(type, fields)));
    expect(answers.every(({ type }) => ANSWER_TYPES.includes(type))).toBe(true);
    expect(client.answeredIds).toEqual(cases.map((_, index) => index + 1));
    expect(door.logged.filter(({ level }) => level === 'error')).toEqual([]);
    expect(await client.sizeOf('/')).toBe(0);
    await client.end();
  }, 60_000);

  test('cut inside a field are answered SSH_FX_BAD_MESSAGE', async () => {
    const client = await connectRaw(door);
    const whole = Buffer.concat([string('/x'), uint32(1), NO_ATTRIBUTES]);
    for (let size = 0; size < whole.length; size += 1)
      expect((await client.status(PacketType.OPEN, whole.subarray(0, size))).code).toBe(5);
    await client.end();
  });

  test.each([
    ['a length of 0', uint32(0)],
    ['a length beyond the cap', uint32(0x00ffffff)],
    ['a second INIT', encodePacket(PacketType.INIT, uint32(3))],
    ['a packet without an id', encodePacket(PacketType.STAT)],
  ])('%s ends the connection, not the door', async (_name, packet) => {
    const client = await connectRaw(door);
    const closed = new Promise((resolve) => client.socket.once('close', resolve));
    client.channel.write(packet);
    await closed;
    const next = await connectRaw(door);
    expect(await next.sizeOf('/')).toBe(0);
    await next.end();
  });

  test('a request before INIT ends the connection', async () => {
    const client = await connectRaw(door, { greets: false });
    const closed = new Promise((resolve) => client.socket.once('close', resolve));
    client.channel.write(encodePacket(PacketType.STAT, uint32(1), string('/')));
    await closed;
  });

  test.each([
    ['bytes that are not UTF-8', Buffer.from([0x2f, 0xff, 0xfe]), 4],
    ['an overlong slash', Buffer.from([0x61, 0xc0, 0xaf, 0x62]), 4],
    ['NUL', Buffer.from('/a\0b'), 4],
    ['a backslash', Buffer.from('/a\\b'), 4],
    ['dots that climb', Buffer.from('/../../../etc/passwd'), 2],
    ['5,000 bytes', Buffer.from(`/${'a'.repeat(5_000)}`), 4],
    ['300 levels', Buffer.from('/a'.repeat(300)), 4],
    ['another root', Buffer.from('/proc/self/root'), 2],
  ])('a path with %s is a failure', async (_name, path, code) => {
    const client = await connectRaw(door);
    for (const type of [PacketType.STAT, PacketType.OPENDIR, PacketType.REMOVE])
      expect((await client.status(type, string(path))).code).toBe(code);
    await client.end();
  });

  test('offsets that no number holds read as the end and write as a failure', async () => {
    const client = await connectRaw(door);
    const path = `${door.base}/offsets.bin`;
    const handle = await client.open(path, 1 | 2 | 8 | 16);
    expect((await client.write(handle, 0, 'abc')).code).toBe(0);
    for (const offset of [2n ** 32n, 2n ** 53n, 2n ** 63n - 1n, 2n ** 64n - 1n]) {
      const read = await client.ask(PacketType.READ, string(handle), uint64(offset), uint32(10));
      expect(readStatus(read).code).toBe(1);
    }
    const write = await client.status(PacketType.WRITE, string(handle), uint64(2n ** 64n - 1n), string('x'));
    expect(write.code).toBe(4);
    expect((await client.close(handle)).code).toBe(4);
    expect((await client.status(PacketType.STAT, string(path))).code).toBe(2);
    await client.end();
  });

  test('forged, closed and foreign handles are failures of every request on a handle', async () => {
    const client = await connectRaw(door);
    const other = await connectRaw(door);
    const foreign = await other.open(`${door.base}/foreign.bin`, 2 | 8 | 16);
    const closed = await client.open(`${door.base}/closed.bin`, 2 | 8 | 16);
    expect((await client.close(closed)).code).toBe(0);
    const rest = Buffer.concat([uint64(0), uint32(4), Buffer.from('data')]);
    const requests = [
      PacketType.READ,
      PacketType.WRITE,
      PacketType.FSTAT,
      PacketType.FSETSTAT,
      PacketType.READDIR,
    ];
    for (const handle of [Buffer.from('forg'), Buffer.alloc(0), Buffer.alloc(300), foreign, closed])
      for (const type of [...requests, PacketType.CLOSE])
        expect(FAILURE_CODES).toContain((await client.status(type, string(handle), rest)).code);
    expect((await other.write(foreign, 0, 'still mine')).code).toBe(0);
    expect((await other.close(foreign)).code).toBe(0);
    await client.end();
    await other.end();
  });

  test('READDIR on a file and READ on a folder are failures', async () => {
    const client = await connectRaw(door);
    const file = await client.open(`${door.base}/kind.bin`, 2 | 8 | 16);
    const folder = await client.ask(PacketType.OPENDIR, string(door.base));
    const listing = Buffer.from(folder.fields.string());
    expect((await client.status(PacketType.READDIR, string(file))).code).toBe(4);
    expect((await client.status(PacketType.READ, string(listing), uint64(0), uint32(9))).code).toBe(3);
    expect((await client.write(listing, 0, 'x')).code).toBe(3);
    await client.end();
  });
});
