import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestDoor, someBytes, type TestDoor } from './support.js';

const CONTENT = '0123456789';
let door: TestDoor;
let path: string;
let etag: string;
beforeAll(async () => {
  door = await openTestDoor();
  path = `${door.base}/R%C3%A9sum%C3%A9%20%22a%22.html`.replaceAll('%22', "'");
  const put = await door.send('nadia', 'PUT', path, {
    body: CONTENT,
    headers: { 'X-OC-Mtime': '1700000000' },
  });
  etag = String(put.headers.etag);
});
afterAll(() => door.stop());

const DATE = 'Tue, 14 Nov 2023 22:13:20 GMT';

describe('GET', () => {
  test('sends a file to be saved, never shown or run', async () => {
    const { status, headers, text } = await door.send('claire', 'GET', path);
    expect([status, text]).toEqual([200, CONTENT]);
    expect(headers).toMatchObject({
      etag,
      'last-modified': DATE,
      'content-length': '10',
      'content-type': 'text/html',
      'accept-ranges': 'bytes',
      'x-content-type-options': 'nosniff',
      'content-disposition':
        "attachment; filename=\"R_sum_ 'a'.html\"; filename*=UTF-8''R%C3%A9sum%C3%A9%20%27a%27.html",
    });
    expect(headers['content-security-policy']).toMatch(/sandbox/u);
    expect(headers['repr-digest']).toMatch(/^sha-256=:[A-Za-z0-9+/]{43}=:$/u);
    expect(headers['access-control-allow-origin']).toBeUndefined();
    expect(headers['www-authenticate']).toBeUndefined();
    expect(headers.server).toBeUndefined();
  });

  test.each([
    ['bytes=0-3', 206, '0123', 'bytes 0-3/10'],
    ['bytes=4-', 206, '456789', 'bytes 4-9/10'],
    ['bytes=-2', 206, '89', 'bytes 8-9/10'],
    ['bytes=8-99', 206, '89', 'bytes 8-9/10'],
    ['bytes=10-', 416, undefined, 'bytes */10'],
    ['bytes=0-1,4-5', 200, CONTENT, undefined],
    ['items=0-1', 200, CONTENT, undefined],
  ])('a range of %s is %i', async (range, status, text, contentRange) => {
    const answer = await door.send('claire', 'GET', path, { headers: { Range: range } });
    expect([answer.status, answer.headers['content-range']]).toEqual([status, contentRange]);
    if (text !== undefined) expect(answer.text).toBe(text);
  });

  test('a range of another version is the whole of this one', async () => {
    const send = (condition: string) =>
      door.send('claire', 'GET', path, { headers: { Range: 'bytes=0-3', 'If-Range': condition } });
    expect((await send(etag)).status).toBe(206);
    expect((await send('"other"')).status).toBe(200);
    expect((await send(DATE)).status).toBe(206);
  });

  test('conditions', async () => {
    const send = async (headers: Record<string, string>) =>
      (await door.send('claire', 'GET', path, { headers })).status;
    expect(await send({ 'If-None-Match': etag })).toBe(304);
    expect(await send({ 'If-None-Match': '"other"' })).toBe(200);
    expect(await send({ 'If-Match': '"other"' })).toBe(412);
    expect(await send({ 'If-Modified-Since': DATE })).toBe(304);
    expect(await send({ 'If-Unmodified-Since': 'Tue, 14 Nov 2023 22:13:19 GMT' })).toBe(412);
    expect(await send({ If: `([${etag}])` })).toBe(200);
    expect(await send({ If: '(["other"])' })).toBe(412);
  });

  test('what is not sent leaves no row in the history', async () => {
    const quiet = `${door.base}/quiet.txt`;
    const put = await door.send('nadia', 'PUT', quiet, { body: CONTENT });
    await door.send('claire', 'GET', quiet, { headers: { 'If-None-Match': String(put.headers.etag) } });
    await door.send('claire', 'GET', quiet, { headers: { Range: 'bytes=99-' } });
    await door.send('claire', 'GET', quiet, { headers: { 'If-Match': '"other"' } });
    await door.send('claire', 'HEAD', quiet);
    const rows = (await door.history()).filter((row) => row.path?.endsWith('/quiet.txt'));
    expect(rows.map((row) => row.action)).toEqual(['deposit']);
  });

  test('what is not sent is closed again', async () => {
    const open = async () => (await readdir('/proc/self/fd')).length;
    const before = await open();
    for (let round = 0; round < 20; round++) {
      await door.send('claire', 'GET', path, { headers: { 'If-None-Match': etag } });
      await door.send('claire', 'GET', path, { headers: { Range: 'bytes=99-' } });
    }
    expect(await open()).toBeLessThan(before + 10);
  });

  test('any spelling of a path is the same file (W14)', async () => {
    const spelled = path.replace('%C3%A9', 'e%CC%81').replace("'", '%27').replace('/dav/', '/dav//');
    expect((await door.send('claire', 'GET', `${spelled}/?x=1`)).text).toBe(CONTENT);
  });

  test('a folder has no content to get, but is there', async () => {
    const { status, headers } = await door.send('claire', 'GET', `${door.base}/`);
    expect([status, String(headers.allow).includes('PROPFIND')]).toEqual([405, true]);
    expect((await door.send('claire', 'HEAD', `${door.base}`)).status).toBe(200);
    expect((await door.send('claire', 'HEAD', '/dav/')).status).toBe(200);
  });

  test('what one may not see is as absent as what is not there', async () => {
    const [hidden, absent] = [
      await door.send('odile', 'GET', path),
      await door.send('odile', 'GET', '/dav/nowhere/x'),
    ];
    expect([hidden.status, absent.status]).toEqual([404, 404]);
  });

  test('HEAD says what GET would, without a body (W36)', async () => {
    const [head, get] = [await door.send('claire', 'HEAD', path), await door.send('claire', 'GET', path)];
    const { date: _one, ...told } = head.headers;
    const { date: _other, ...sent } = get.headers;
    expect([head.status, head.text, told]).toEqual([200, '', sent]);
    expect((await door.send('claire', 'HEAD', path, { headers: { Range: 'bytes=0-1' } })).status).toBe(200);
  });

  test('an empty file, once it is one, can be fetched', async () => {
    await door.send('nadia', 'PUT', `${door.base}/empty`, { body: '' });
    const got = await door.send('nadia', 'GET', `${door.base}/empty`);
    expect([got.status, got.headers['content-length'], got.text]).toEqual([200, '0', '']);
    expect(got.headers['content-type']).toBe('application/octet-stream');
  });

  test('many megabytes arrive whole (W35)', async () => {
    const bytes = someBytes(9_000_001);
    await door.send('nadia', 'PUT', `${door.base}/large.bin`, { body: bytes });
    expect((await door.send('claire', 'GET', `${door.base}/large.bin`)).body.equals(bytes)).toBe(true);
    const part = await door.send('claire', 'GET', `${door.base}/large.bin`, {
      headers: { Range: 'bytes=65530-131080' },
    });
    expect(part.body.equals(bytes.subarray(65_530, 131_081))).toBe(true);
  });
});
