import { once } from 'node:events';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { PEOPLE } from '../../support/appliance.js';
import { openTestDoor, someBytes, type TestDoor } from './support.js';

const SIZE_BYTES = 400_000;
const BODY = someBytes(SIZE_BYTES);
/** Gathered before any of it is stored. */
const BRIEF_BYTES = 60_000;
const POSITIONS = [0, 1, 59_999, 65_535, 65_536, 200_000, 399_999, 400_000];

let door: TestDoor;
beforeAll(async () => {
  door = await openTestDoor();
});
afterAll(() => door.stop());

type Cut = (socket: Socket) => void;
const CUTS: readonly (readonly [string, Cut])[] = [
  ['FIN', (socket) => void socket.end()],
  ['RST', (socket) => void socket.resetAndDestroy()],
];

/** Sends so many bytes of the body and cuts the connection in the middle of the request. */
async function sendCut(
  path: string,
  announcedBytes: number | null,
  sizeBytes: number,
  cut: Cut,
): Promise<void> {
  const socket = await door.dial();
  socket.on('error', () => {}).resume();
  const isChunked = announcedBytes === null;
  const framing = isChunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${announcedBytes}`;
  const { Authorization } = door.authorization('nadia');
  socket.write(`PUT ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: ${Authorization}\r\n${framing}\r\n\r\n`);
  if (isChunked) socket.write(`${SIZE_BYTES.toString(16)}\r\n`);
  if (sizeBytes > 0) socket.write(BODY.subarray(0, sizeBytes));
  await new Promise((resolve) => setTimeout(resolve, 60));
  const closed = closeOf(socket);
  cut(socket);
  await closed;
}

/** Settles when the connection is gone, by whatever end. */
function closeOf(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

const cases = CUTS.flatMap(([name, cut]) =>
  [SIZE_BYTES, BRIEF_BYTES, null].flatMap((announced) =>
    // The last position of a body with a length is a whole request.
    POSITIONS.filter((position) => position < (announced ?? SIZE_BYTES + 1)).map((position) => ({
      name,
      cut,
      announced,
      position,
    })),
  ),
);

describe('a PUT that is cut off', () => {
  test.each(cases)(
    'by $name at $position (announced: $announced) leaves what was there',
    async ({ cut, announced, position }) => {
      const [fresh, old] = [`${door.base}/fresh-${Math.random()}`, `${door.base}/old-${Math.random()}`];
      await door.send('nadia', 'PUT', old, { body: 'old content' });
      const before = (await door.history()).length;
      await door.takeMails();
      await sendCut(fresh, announced, position, cut);
      await sendCut(old, announced, position, cut);
      const rows = await vi.waitFor(async () => {
        const found = (await door.history()).slice(before).filter((row) => row.action === 'deposit');
        expect(found).toHaveLength(2);
        return found;
      });
      expect(rows.map(({ outcome, reason }) => [outcome, reason])).toEqual([
        ['aborted', 'interrupted'],
        ['aborted', 'interrupted'],
      ]);
      expect((await door.send('nadia', 'HEAD', fresh)).status).toBe(404);
      expect((await door.send('claire', 'GET', old)).text).toBe('old content');
      expect(await door.takeMails()).toEqual([]);
      expect(door.logged.filter(({ level }) => level === 'error')).toEqual([]);
    },
  );
});

describe('a PUT whose account is suspended', () => {
  test('is cut off and leaves nothing', async () => {
    const socket = await door.dial();
    socket.on('error', () => {}).resume();
    const { Authorization } = door.authorization('marc');
    const head = `Host: x\r\nAuthorization: ${Authorization}\r\nContent-Length: ${SIZE_BYTES}`;
    socket.write(`PUT ${door.base}/revoked HTTP/1.1\r\n${head}\r\n\r\n`);
    socket.write(BODY.subarray(0, SIZE_BYTES - 1));
    await new Promise((resolve) => setTimeout(resolve, 300));
    const closed = closeOf(socket);
    await door.operator.suspend(PEOPLE.marc.login);
    await closed;
    expect((await door.send('claire', 'HEAD', `${door.base}/revoked`)).status).toBe(404);
    expect((await door.send('marc', 'HEAD', door.base)).status).toBe(401);
  });
});

describe('a reader that goes away', () => {
  test('in the middle of a long listing is no failure of ours', async () => {
    const workspace = await door.workspace('claire');
    const names = Array.from({ length: 400 }, (_, index) => `${'long name '.repeat(15)}${index}`);
    await workspace.createDirectory({ segments: [door.group, 'many'] });
    await Promise.all(
      names.map((name) => workspace.createDirectory({ segments: [door.group, 'many', name] })),
    );
    const socket = await door.dial();
    socket.on('error', () => {});
    const { Authorization } = door.authorization('claire');
    const ask = `PROPFIND ${door.base}/many HTTP/1.1\r\nHost: x\r\nDepth: 1\r\nAuthorization: ${Authorization}\r\n\r\n`;
    // The answers of five are more than both kernels hold.
    socket.write(ask.repeat(20));
    await once(socket, 'data');
    socket.pause();
    await new Promise((resolve) => setTimeout(resolve, 1000));
    socket.resetAndDestroy();
    await vi.waitFor(() => expect(door.logged.at(-1)).toMatchObject({ message: 'request cut off' }), {
      timeout: 5000,
    });
    expect(door.logged.filter(({ level }) => level === 'error')).toEqual([]);
  }, 20_000);
});
