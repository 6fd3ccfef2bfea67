import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { createAdmission, networkOf } from '../../../protocols/sftp/admission.js';
import { PacketType } from '../../../protocols/sftp/codec.js';
import { SFTP_LIMITS, type SftpLimits } from '../../../protocols/sftp/index.js';
import { string, uint32, uint64 } from '../../../protocols/sftp/wire.js';
import { deposit, PEOPLE } from '../../support/appliance.js';
import { connectRaw, connectSsh, Flag, NEW_FILE, type RawClient } from './raw-client.js';
import { openSftpDoor, type TestSftpDoor } from './support.js';

let opened: TestSftpDoor | undefined;
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await opened?.close();
});

async function openDoor(limits: Partial<SftpLimits>): Promise<TestSftpDoor> {
  opened = await openSftpDoor(limits);
  return opened;
}

/** A client that says nothing. @returns when its connection ends, and the socket */
async function connectSilently(door: TestSftpDoor): Promise<{ ended: Promise<unknown>; socket: Socket }> {
  const socket = connect(door.port, '127.0.0.1');
  sockets.push(socket);
  socket.on('error', () => {});
  socket.resume();
  const ended = new Promise((resolve) => socket.once('close', resolve));
  await new Promise((resolve) => socket.once('connect', resolve));
  return { ended, socket };
}

describe('before the sign-in', () => {
  test('a silent client is dropped when its grace is over', async () => {
    const door = await openDoor({ graceMs: 1_000 });
    const { ended } = await connectSilently(door);
    await ended;
    const client = await connectRaw(door);
    await wait(1_500);
    expect(await client.sizeOf('/')).toBe(0);
    await client.end();
  });

  test('as many connections as allowed take no place of those signed in', async () => {
    const door = await openDoor({ unauthenticatedPerAddress: 3 });
    const before = await connectRaw(door);
    const silent = await Promise.all([1, 2, 3].map(() => connectSilently(door)));
    const { ended } = await connectSilently(door);
    await ended;
    expect(silent.map(({ socket }) => socket.destroyed)).toEqual([false, false, false]);
    expect(await before.sizeOf('/')).toBe(0);
    silent[0]?.socket.destroy();
    await expect.poll(() => connectSsh(door).then(({ ssh }) => ssh.end())).toBeTruthy();
    await before.end();
  });

  test('of 500 connections, 300 of which say nothing and 200 are signed in, a job still signs in and uploads in two seconds', async () => {
    const door = await openDoor({ sessionsPerAccount: 300 });
    const signedIn: RawClient[] = [];
    // A few at a time: each negotiates keys, on both sides in this process.
    for (let count = 0; count < 200; count += 10)
      signedIn.push(...(await Promise.all(Array.from({ length: 10 }, () => connectRaw(door)))));
    const silent = Array.from({ length: 300 }, (_, index) => {
      const socket = connect({
        port: door.port,
        host: '127.0.0.1',
        localAddress: `127.1.${index % 250}.${1 + (index % 3)}`,
      });
      sockets.push(socket);
      return socket.on('error', () => {}).resume();
    });
    await Promise.all(silent.map((socket) => new Promise((resolve) => socket.once('connect', resolve))));
    const startedAt = performance.now();
    const job = await connectRaw(door);
    const path = `${door.base}/nightly.csv`;
    const handle = await job.open(path, NEW_FILE);
    await job.write(handle, 0, Buffer.alloc(30_000, 'x'));
    expect((await job.close(handle)).code).toBe(0);
    expect(performance.now() - startedAt).toBeLessThan(2000);
    expect(await signedIn[0]?.sizeOf(path)).toBe(30_000);
    // Those that were turned away said nothing, and were there first.
    await expect.poll(() => silent.filter(({ closed }) => closed).length).toBe(201);
    expect(silent.at(-1)?.closed).toBe(false);
    await Promise.all([...signedIn, job].map((client) => client.end()));
  }, 60_000);

  test('who has spoken is turned away after those who have not', async () => {
    const door = await openDoor({ unauthenticatedInAll: 2 });
    const spoken = (await connectSilently(door)).socket;
    spoken.write('SSH-2.0-test\r\n');
    await wait(200);
    const silent = (await connectSilently(door)).socket;
    const third = await connectSilently(door);
    await expect.poll(() => silent.closed).toBe(true);
    expect([spoken.closed, third.socket.closed]).toEqual([false, false]);
  });

  test('are counted by address and in all, an IPv6 host by its /64', () => {
    const admission = createAdmission({
      ...SFTP_LIMITS,
      unauthenticatedPerAddress: 2,
      unauthenticatedInAll: 3,
    });
    const enter = (address: string) => admission.enter(address);
    expect([1, 2, 3].map(() => enter('192.0.2.1'))).toEqual(['entered', 'entered', 'address-full']);
    expect([1, 2].map(() => enter('192.0.2.2'))).toEqual(['entered', 'full']);
    admission.leave('192.0.2.1');
    expect(enter('192.0.2.2')).toBe('entered');
    expect(networkOf('2001:db8:0:1::7')).toBe(networkOf('2001:db8::1:ffff:1:2:3'));
    expect(networkOf('2001:db8::1')).not.toBe(networkOf('2001:db8:0:1::1'));
    expect(networkOf('::1')).toBe('0:0:0:0');
  });
});

test('an account has as many connections as allowed, and again when one ended', async () => {
  const door = await openDoor({ sessionsPerAccount: 2 });
  const first = await connectRaw(door);
  const second = await connectRaw(door);
  await expect(connectSsh(door)).rejects.toThrow();
  const other = await connectRaw(door, { login: PEOPLE.marc.login });
  await first.end();
  const third = await connectRaw(door);
  for (const client of [second, third, other]) await client.end();
});

test('a connection has as many channels as allowed', async () => {
  const door = await openDoor({ channelsPerConnection: 2 });
  const { ssh } = await connectSsh(door);
  const openChannel = () =>
    new Promise<Error | undefined>((resolve) => ssh.subsys('sftp', (error) => resolve(error)));
  expect(await openChannel()).toBeUndefined();
  expect(await openChannel()).toBeUndefined();
  expect(await openChannel()).toBeInstanceOf(Error);
  ssh.end();
});

test('a session has as many handles as allowed, and again when one is closed', async () => {
  const door = await openDoor({ handles: 3 });
  const client = await connectRaw(door);
  const folder = () => client.ask(PacketType.OPENDIR, string('/'));
  const handles = [await folder(), await folder()].map(({ fields }) => Buffer.from(fields.string()));
  await client.open(`${door.base}/one.txt`, NEW_FILE);
  await expect(client.open(`${door.base}/two.txt`, NEW_FILE)).rejects.toThrow('More than 3 files are open.');
  await client.close(handles[0] ?? Buffer.alloc(0));
  await client.open(`${door.base}/two.txt`, NEW_FILE);
  await client.end();
});

test('keys are renewed during a transfer, in both directions', async () => {
  const door = await openDoor({ rekeyBytes: 1024 * 1024 });
  const content = randomBytes(24 * 1024 * 1024);
  const client = await connectRaw(door);
  let rekeys = 0;
  client.ssh.on('handshake', () => {
    rekeys += 1;
  });
  const path = `${door.base}/rekeyed.bin`;
  const step = 255 * 1024;
  const handle = await client.open(path, NEW_FILE);
  const offsets = Array.from({ length: Math.ceil(content.length / step) }, (_, index) => index * step);
  await Promise.all(offsets.map((at) => client.write(handle, at, content.subarray(at, at + step))));
  expect((await client.close(handle)).code).toBe(0);
  expect(rekeys).toBeGreaterThan(3);
  const reading = await client.open(path, Flag.read);
  const pieces = await Promise.all(offsets.map((at) => client.read(reading, at, step)));
  expect(Buffer.concat(pieces.map((piece) => piece ?? Buffer.alloc(0))).equals(content)).toBe(true);
  expect(rekeys).toBeGreaterThan(6);
  await client.end();
}, 30_000);

test.each([
  ['a window', false],
  ['a window without end, as PuTTY has', true],
])(
  'a client with %s that asks for much and reads nothing costs little memory',
  async (_name, isEndless) => {
    const door = await openDoor({});
    await deposit(await door.workspace('claire'), `${door.base}/flood.bin`, randomBytes(4 * 1024 * 1024));
    const client = await connectRaw(door);
    const handle = await client.open(`${door.base}/flood.bin`, Flag.read);
    const before = process.memoryUsage().rss;
    if (isEndless) widenWindow(client);
    client.channel.pause();
    client.socket.pause();
    for (let index = 0; index < 8_000; index += 1)
      void client.ask(PacketType.READ, string(handle), uint64((index * 32_768) % 4_000_000), uint32(261_120));
    await wait(2_000);
    const grown = process.memoryUsage().rss - before;
    // The window of 2 MiB, the requests in flight, the socket's queue, and the client's own 8,000 promises.
    expect(grown).toBeLessThan(64 * 1024 * 1024);
    client.socket.resetAndDestroy();
  },
  20_000,
);

/** Lets the server send a GiB unasked; ssh2 as a client never grants more than 2 MiB. */
function widenWindow({ ssh, channel }: RawClient): void {
  const { outgoing } = channel;
  if (typeof outgoing !== 'object' || outgoing === null) throw new Error('ssh2 has changed inside.');
  Reflect.get(ssh, '_protocol').channelWindowAdjust(Reflect.get(outgoing, 'id'), 2 ** 30);
}

describe('a door that stops', () => {
  test('lets an open deposit finish, and takes no new one', async () => {
    const door = await openDoor({});
    const client = await connectRaw(door);
    const idle = await connectRaw(door, { login: PEOPLE.marc.login });
    const idleEnded = new Promise((resolve) => idle.socket.once('close', resolve));
    const handle = await client.open(`${door.base}/drained.txt`, NEW_FILE);
    const stopping = door.stopDoor(10_000);
    await idleEnded;
    await expect(client.open(`${door.base}/late.txt`, NEW_FILE)).rejects.toThrow('The server is stopping.');
    await expect(connectSsh(door)).rejects.toThrow();
    expect((await client.write(handle, 0, 'drained')).code).toBe(0);
    expect((await client.close(handle)).code).toBe(0);
    await stopping;
    expect((await door.history()).map(({ action, outcome }) => [action, outcome])).toEqual([
      ['deposit', 'ok'],
    ]);
  });

  test('throws away what is still open at its deadline, before it says it has stopped', async () => {
    const door = await openDoor({});
    const client = await connectRaw(door);
    const handle = await client.open(`${door.base}/cut.txt`, NEW_FILE);
    await client.write(handle, 0, 'half');
    await door.stopDoor(200);
    expect((await door.history()).map(({ action, outcome }) => [action, outcome])).toEqual([
      ['deposit', 'aborted'],
    ]);
  });
});
