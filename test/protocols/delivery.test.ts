import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { deliver } from '../../protocols/delivery.js';
import { settleDeliveries } from '../../protocols/proof.js';
import { type ActivityRow, parsePath } from '../../storage/index.js';
import { PEOPLE } from '../support/appliance.js';
import { openTestDoor, someBytes, type TestDoor } from './webdav/support.js';

/** Fits into the buffers of both kernels: Node has seen all of it leave before the client has read any. */
const SIZE_BYTES = 200_000;
/** Goes out without a stream. */
const PIECE_BYTES = 20_000;

let door: TestDoor;
beforeAll(async () => {
  door = await openTestDoor();
});
afterAll(() => door.stop());

let count = 0;
async function deposit(bytes = someBytes(SIZE_BYTES)): Promise<string> {
  count += 1;
  const path = `${door.base}/file-${count}.bin`;
  expect((await door.send('nadia', 'PUT', path, { body: bytes })).status).toBe(201);
  return path;
}

/** What the history says of readings of that file. */
async function readings(path: string): Promise<string[]> {
  const rows = (await door.history()).filter((row) => row.path?.endsWith(path.slice(path.lastIndexOf('/'))));
  return rows.filter((row) => row.action !== 'deposit').map(inWords);
}

const inWords = ({ action, outcome }: ActivityRow) => `${action} ${outcome}`;

const settled = (path: string, words: string[]) =>
  vi.waitFor(async () => expect(await readings(path)).toEqual(words), { timeout: 5000, interval: 50 });

async function ask(path: string, version = '1.1', headers = ''): Promise<Socket> {
  const socket = await door.dial();
  socket.on('error', () => {});
  const { Authorization } = door.authorization('claire');
  socket.write(`GET ${path} HTTP/${version}\r\nHost: x\r\nAuthorization: ${Authorization}\r\n${headers}\r\n`);
  return socket;
}

/** A server that only delivers that file, so that its connections can be counted, and a client that has asked it. */
async function serveAlone(path: string, signal: AbortSignal, headers: string) {
  const workspace = await door.workspace('claire', 'web');
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const server = createServer(async (_request, response) => {
    const download = await workspace.get(parsePath(decodeURIComponent(path.slice('/dav'.length))));
    await deliver({ download, head: { status: 200, headers: {} }, response, signal });
    end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const client = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  client.on('error', () => {});
  client.write(`GET / HTTP/1.1\r\nHost: x\r\n${headers}\r\n`);
  return { server, client, ended };
}

/** Reads up to the last byte of the body and leaves the connection open. */
async function readAll(socket: Socket): Promise<void> {
  let received = 0;
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    received += chunk.length;
    if (received >= SIZE_BYTES + 300) return;
  }
}

/** Lets `work` decide when the seconds pass that a delivery waits. */
async function withoutTime(work: () => Promise<void>): Promise<void> {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    await work();
  } finally {
    vi.useRealTimers();
  }
}

async function pass(seconds: number): Promise<void> {
  // The client has its last byte; the server's own notice of it may still be on its way.
  await vi.waitUntil(() => vi.getTimerCount() > 0);
  vi.advanceTimersByTime(seconds * 1000);
}

describe('a download is proven', () => {
  test('by the next request on the connection', async () => {
    const path = await deposit();
    const socket = await ask(path);
    await readAll(socket);
    await wait(200);
    expect(await readings(path)).toEqual([]);
    socket.write('OPTIONS / HTTP/1.1\r\nHost: x\r\n\r\n');
    await settled(path, ['download ok']);
    socket.destroy();
  });

  test('by the client’s own end of the connection', async () => {
    const path = await deposit();
    const socket = await ask(path);
    await readAll(socket);
    socket.end();
    await settled(path, ['download ok']);
  });

  test.each([
    ['1.0', ''],
    ['1.1', 'Connection: close\r\n'],
  ])('also where the connection is to be closed: HTTP/%s %j', async (version, headers) => {
    const path = await deposit();
    const socket = await ask(path, version, headers);
    const received = await text(socket);
    expect(received.length).toBeGreaterThan(1000);
    await settled(path, ['download ok']);
  });

  test('by half a minute without an error', async () => {
    const path = await deposit();
    await withoutTime(async () => {
      const socket = await ask(path);
      await readAll(socket);
      await pass(29);
      expect(await readings(path)).toEqual([]);
      await pass(2);
      await settled(path, ['download ok']);
      socket.destroy();
    });
  });

  test('which is also how long a connection that is to be closed waits for its client', async () => {
    const path = await deposit();
    await withoutTime(async () => {
      const { server, client, ended } = await serveAlone(
        path,
        new AbortController().signal,
        'Connection: close\r\n',
      );
      await readAll(client);
      await pass(31);
      await ended;
      const connections = await new Promise((resolve) =>
        server.getConnections((_error, count) => resolve(count)),
      );
      expect([connections, await readings(path)]).toEqual([0, ['download ok']]);
      client.destroy();
      server.close();
    });
  });
});

describe('pipelined requests', () => {
  test('prove nothing about each other, the end of the connection proves all', async () => {
    const [first, second] = [await deposit(), await deposit()];
    const socket = await door.dial();
    const { Authorization } = door.authorization('claire');
    const ask = (path: string, more = '') =>
      `GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: ${Authorization}\r\n${more}\r\n`;
    socket.write(ask(first) + ask(second, 'Connection: close\r\n'));
    socket.pause();
    await wait(500);
    expect([await readings(first), await readings(second)]).toEqual([[], []]);
    expect((await text(socket)).length).toBeGreaterThan(SIZE_BYTES);
    await settled(first, ['download ok']);
    await settled(second, ['download ok']);
  });
});

describe('a download is not proven', () => {
  test.each([
    ['a kept connection', '1.1', '', SIZE_BYTES],
    ['one that is to be closed', '1.1', 'Connection: close\r\n', SIZE_BYTES],
    ['HTTP/1.0', '1.0', '', SIZE_BYTES],
    ['a kept connection with a body of one piece', '1.1', '', PIECE_BYTES],
  ])('when the client resets %s without having read anything', async (_what, version, headers, sizeBytes) => {
    const path = await deposit(someBytes(sizeBytes));
    const socket = await ask(path, version, headers);
    socket.pause();
    await wait(300);
    socket.resetAndDestroy();
    await settled(path, ['read interrupted']);
  });

  test('when the client leaves in the middle', async () => {
    const path = await deposit(someBytes(30_000_000));
    const socket = await ask(path);
    await once(socket, 'data');
    socket.destroy();
    await settled(path, ['read interrupted']);
  });

  test('when it is a part; parts that cover the whole are one', async () => {
    const path = await deposit();
    const part = (range: string) =>
      door.send('claire', 'GET', path, { headers: { Range: `bytes=${range}` } });
    await part('0-99999');
    await part('100000-');
    await door.send('claire', 'HEAD', path);
    await settled(path, ['read ok', 'download ok']);
  });

  test('when the appliance stops before it knows', async () => {
    const path = await deposit();
    const socket = await ask(path);
    await readAll(socket);
    await wait(200);
    await settleDeliveries();
    expect(await readings(path)).toEqual(['download sent']);
    socket.destroy();
  });
});

describe('a delivery', () => {
  test('leaves nothing behind on a connection that serves many', async () => {
    const path = await deposit();
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => warnings.push(warning);
    process.on('warning', onWarning);
    for (let round = 0; round < 30; round++) await door.send('claire', 'GET', path);
    process.off('warning', onWarning);
    expect(warnings).toEqual([]);
  });

  test('of a file that is damaged further on never ends as a whole one', async () => {
    const sizeBytes = 3_000_000;
    const path = await depositDamaged(sizeBytes);
    const received = await text(await ask(path, '1.1', 'Connection: close\r\n')).catch(() => '');
    expect(received.length).toBeLessThan(sizeBytes);
    await failedOnce(path);
    await settled(path, ['read interrupted']);
  });

  test.each([PIECE_BYTES, 100_000])(
    'of a file whose first bytes are damaged is an error: %i bytes',
    async (sizeBytes) => {
      const path = await depositDamaged(sizeBytes);
      const { status, headers, body } = await door.send('claire', 'GET', path);
      expect([status, body.toString()]).toEqual([500, 'The stored bytes are damaged (frame 0).\n']);
      expect(headers).not.toHaveProperty('content-disposition');
      expect(headers).not.toHaveProperty('etag');
      await failedOnce(path);
      await settled(path, []);
    },
  );

  test('of one piece, or of a part that is, is as whole as any', async () => {
    const bytes = someBytes(PIECE_BYTES);
    const path = await deposit(bytes);
    expect((await door.send('claire', 'GET', path)).body.equals(bytes)).toBe(true);
    const part = await door.send('claire', 'GET', path, { headers: { Range: 'bytes=5-6000' } });
    expect([part.status, part.body.equals(bytes.subarray(5, 6001))]).toEqual([206, true]);
    await door.send('claire', 'HEAD', path);
    await settled(path, ['download ok', 'read ok']);
  });

  test('ends with its signal, whoever answers', async () => {
    const path = await deposit(someBytes(30_000_000));
    const revocation = new AbortController();
    const { server, client, ended } = await serveAlone(path, revocation.signal, '');
    await once(client, 'data');
    client.pause();
    revocation.abort();
    await ended;
    expect(await readings(path)).toEqual(['read interrupted']);
    client.destroy();
    server.close();
  });

  test('ends with the session', async () => {
    const path = await deposit(someBytes(30_000_000));
    const socket = await ask(path);
    await once(socket, 'data');
    socket.pause();
    const closed = new Promise((resolve) => socket.once('close', resolve));
    await door.operator.suspend(PEOPLE.claire.login);
    await wait(2500);
    socket.resume();
    await closed;
    await settled(path, ['read interrupted']);
    await door.operator.resume(PEOPLE.claire.login);
  });
});

async function depositDamaged(sizeBytes: number): Promise<string> {
  const path = await deposit(someBytes(sizeBytes));
  await damageBlob(sizeBytes);
  return path;
}

/** One line of the log tells of it as of a fault. */
async function failedOnce(path: string): Promise<void> {
  const told = () =>
    door.logged.filter(
      ({ fields, message }) =>
        String(fields.path).endsWith(path.slice(path.lastIndexOf('/'))) && message === 'request failed',
    );
  await vi.waitFor(() => expect(told()).toMatchObject([{ level: 'error' }]));
}

/** Changes a byte in the middle of every blob of that plain size. */
async function damageBlob(sizeBytes: number): Promise<void> {
  const directory = join(door.directory, 'blobs');
  const names = await readdir(directory, { recursive: true });
  const files = await Promise.all(
    names.map(async (name) => ({
      file: join(directory, name),
      bytes: await readFile(join(directory, name)).catch(() => undefined),
    })),
  );
  const sealedBytes = sizeBytes + Math.ceil(sizeBytes / 65_536) * 28;
  const blobs = files.filter(({ bytes }) => bytes?.length === sealedBytes);
  if (blobs.length === 0) throw new Error('The blob is not where it is looked for.');
  for (const { file, bytes } of blobs) {
    const offset = Math.floor(sizeBytes / 2);
    bytes?.writeUInt8(bytes.readUInt8(offset) ^ 1, offset);
    if (bytes) await writeFile(file, bytes);
  }
}
