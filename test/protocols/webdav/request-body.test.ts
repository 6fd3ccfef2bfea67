import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openTestDoor, type TestDoor } from './support.js';

let door: TestDoor;
beforeAll(async () => {
  door = await openTestDoor();
});
afterAll(() => door.stop());
beforeEach(async () => {
  await door.send('claire', 'PUT', `${door.base}/file.txt`, { body: 'kept' });
});

const LIMIT_BYTES = 64 * 1024;
/** Node's client announces no body of these methods by itself. */
const lengthOf = (sizeBytes: number) => ({ 'Content-Length': String(sizeBytes) });
const text = async () => (await door.send('claire', 'GET', `${door.base}/file.txt`)).text;

/** Sends part of what was announced, then the end; what was answered until the server closed. */
async function breakOff(method: string, headers = ''): Promise<string> {
  const socket = await door.dial();
  const { Authorization } = door.authorization('claire');
  const head = `${method} ${door.base}/file.txt HTTP/1.1\r\nHost: x\r\nAuthorization: ${Authorization}\r\n${headers}`;
  socket.setEncoding('latin1').end(`${head}Content-Length: 10\r\n\r\nhalf`);
  let said = '';
  for await (const piece of socket) said += piece;
  return said;
}

describe.each(['GET', 'HEAD', 'OPTIONS', 'DELETE', 'COPY', 'UNLOCK'])('a body on %s', (method) => {
  const options = (body: Buffer, more: Record<string, string> = {}) => ({
    headers: { Destination: `${door.base}/copy.txt`, 'Lock-Token': '<urn:uuid:x>', ...more },
    body,
  });

  test('of 64 KiB is read past', async () => {
    const { status } = await door.send(
      'claire',
      method,
      `${door.base}/file.txt`,
      options(Buffer.alloc(LIMIT_BYTES), lengthOf(LIMIT_BYTES)),
    );
    expect([200, 201, 204, method === 'UNLOCK' ? 409 : 0]).toContain(status);
  });

  test.each([
    ['announced', lengthOf(LIMIT_BYTES + 1)],
    ['in chunks', { 'Transfer-Encoding': 'chunked' }],
  ])('of more is refused, %s', async (_, headers) => {
    const sent = options(Buffer.alloc(LIMIT_BYTES + 1), headers);
    expect((await door.send('claire', method, `${door.base}/file.txt`, sent)).status).toBe(413);
    expect(await text()).toBe('kept');
  });

  test('that breaks off leaves nothing done, and nothing told as done', async () => {
    const before = (await door.history()).length;
    const said = await breakOff(method, `Destination: ${door.base}/half.txt\r\nLock-Token: <urn:uuid:x>\r\n`);
    expect(said).not.toMatch(/^HTTP\/1\.1 2/u);
    expect(await text()).toBe('kept');
    expect((await door.send('claire', 'HEAD', `${door.base}/half.txt`)).status).toBe(404);
    const later = (await door.history()).slice(before);
    expect(later.filter(({ action }) => action !== 'download' && action !== 'read')).toEqual([]);
  });
});

test('a body on an OPTIONS that anybody may ask is counted, too', async () => {
  const ask = (sizeBytes: number) =>
    door.send(null, 'OPTIONS', '/', { headers: lengthOf(sizeBytes), body: Buffer.alloc(sizeBytes) });
  expect((await ask(LIMIT_BYTES)).status).toBe(200);
  expect((await ask(LIMIT_BYTES + 1)).status).toBe(413);
});
