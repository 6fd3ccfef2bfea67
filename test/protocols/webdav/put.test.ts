import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { PEOPLE } from '../../support/appliance.js';
import { openTestDoor, someBytes, type TestDoor } from './support.js';

let door: TestDoor;
beforeAll(async () => {
  door = await openTestDoor();
});
afterAll(() => door.stop());

const sha256 = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest();

describe('PUT', () => {
  test('makes a file with 201, replaces it with 204, and others read it (W36)', async () => {
    const made = await door.send('nadia', 'PUT', `${door.base}/a.txt`, { body: 'hello' });
    expect(made.status).toBe(201);
    const replaced = await door.send('nadia', 'PUT', `${door.base}/a.txt`, { body: 'world' });
    expect(replaced.status).toBe(204);
    const read = await door.send('claire', 'GET', `${door.base}/a.txt`);
    expect(read.text).toBe('world');
    expect(replaced.headers.etag).toBe(read.headers.etag);
    expect(replaced.headers['last-modified']).toBe(read.headers['last-modified']);
    expect(made.headers.etag).not.toBe(replaced.headers.etag);
  });

  test('streams a body of unknown length (W34)', async () => {
    const bytes = someBytes(700_000);
    const put = await door.send('nadia', 'PUT', `${door.base}/chunked.bin`, { body: Readable.from([bytes]) });
    expect(put.status).toBe(201);
    expect((await door.send('nadia', 'GET', `${door.base}/chunked.bin`)).body.equals(bytes)).toBe(true);
  });

  test('holds Finder to the length it announced (W34)', async () => {
    const send = (length: string) =>
      door.send('nadia', 'PUT', `${door.base}/finder.bin`, {
        headers: { 'X-Expected-Entity-Length': length },
        body: Readable.from([Buffer.from('12345')]),
      });
    expect((await send('5')).status).toBe(201);
    expect((await send('4')).status).toBe(413);
    expect((await send('6')).status).toBe(400);
    expect((await send('many')).status).toBe(400);
    const both = { 'Content-Length': '5', 'X-Expected-Entity-Length': '6' };
    expect(
      (await door.send('nadia', 'PUT', `${door.base}/finder.bin`, { headers: both, body: '12345' })).status,
    ).toBe(400);
    expect((await door.send('nadia', 'GET', `${door.base}/finder.bin`)).text).toBe('12345');
  });

  test('a promised digest must be kept, or the old content stays', async () => {
    const path = `${door.base}/digest.txt`;
    const send = (body: string, headers: Record<string, string>) =>
      door.send('nadia', 'PUT', path, { headers, body });
    expect(
      (await send('one', { 'Repr-Digest': `sha-256=:${sha256('one').toString('base64')}:` })).status,
    ).toBe(201);
    expect((await send('two', { 'OC-Checksum': `SHA256:${sha256('two').toString('hex')}` })).status).toBe(
      204,
    );
    expect(
      (await send('three', { 'Content-Digest': `sha-256=:${sha256('x').toString('base64')}:` })).status,
    ).toBe(400);
    const read = await door.send('nadia', 'GET', path);
    expect(read.text).toBe('two');
    expect(read.headers['repr-digest']).toBe(`sha-256=:${sha256('two').toString('base64')}:`);
    expect(read.headers['oc-checksum']).toBe(`SHA256:${sha256('two').toString('hex')}`);
  });

  test('takes the date rclone sends (W29)', async () => {
    const headers = { 'X-OC-Mtime': '1700000000.25' };
    const put = await door.send('nadia', 'PUT', `${door.base}/dated.txt`, { headers, body: 'x' });
    expect([put.status, put.headers['x-oc-mtime'], put.headers['last-modified']]).toEqual([
      201,
      'accepted',
      'Tue, 14 Nov 2023 22:13:20 GMT',
    ]);
    const bad = { 'X-OC-Mtime': 'yesterday' };
    expect(
      (await door.send('nadia', 'PUT', `${door.base}/dated.txt`, { headers: bad, body: 'x' })).status,
    ).toBe(400);
  });

  test('conditions hold it back with 412 (W36)', async () => {
    const path = `${door.base}/conditional.txt`;
    const send = (headers: Record<string, string>, body: string) =>
      door.send('nadia', 'PUT', path, { headers, body });
    expect((await send({ 'If-Match': '*' }, '0')).status).toBe(412);
    const first = await send({ 'If-None-Match': '*' }, '1');
    expect(first.status).toBe(201);
    expect((await send({ 'If-None-Match': '*' }, '2')).status).toBe(412);
    const etag = String(first.headers.etag);
    expect((await send({ 'If-Match': `"other", ${etag}` }, '3')).status).toBe(204);
    expect((await send({ 'If-Match': etag }, '4')).status).toBe(412);
    expect((await send({ If: `([${etag}])` }, '5')).status).toBe(412);
    expect((await send({ If: `(Not [${etag}])` }, '6')).status).toBe(204);
    expect((await send({ If: '(["unfinished"' }, '7')).status).toBe(400);
    expect((await door.send('nadia', 'GET', path)).text).toBe('6');
  });

  test('beyond the quota is 507, announced or not, and the operator is warned', async () => {
    await door.operator.createGroup({ name: 'Petit', quotaBytes: 1000 });
    await door.operator.setMember('Petit', PEOPLE.marc.login, 'writer');
    const send = async (body: Buffer | Readable) =>
      (await door.send('marc', 'PUT', '/dav/Petit/x', { body })).status;
    await vi.waitFor(async () => expect(await send(Buffer.alloc(1000))).toBe(201), { timeout: 5000 });
    expect(await send(Buffer.alloc(1001))).toBe(507);
    expect(door.logged.at(-1)).toMatchObject({ level: 'warn', fields: { status: 507 } });
    expect(await send(Readable.from([Buffer.alloc(200_000), Buffer.alloc(200_000)]))).toBe(507);
    expect((await door.send('marc', 'HEAD', '/dav/Petit/x')).headers['content-length']).toBe('1000');
  });

  test('of two that start from the same content one wins', async () => {
    const path = `${door.base}/race.txt`;
    const { headers } = await door.send('nadia', 'PUT', path, { body: 'base' });
    const send = (body: string) =>
      door.send('nadia', 'PUT', path, { headers: { 'If-Match': String(headers.etag) }, body });
    const answers = await Promise.all(['a', 'b', 'c', 'd'].map(send));
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 412, 412, 412]);
  });

  test.each([
    ['nadia', '/missing/a.txt', {}, 409],
    ['nadia', '', {}, 403],
    ['julien', '/reader.txt', {}, 403],
    ['odile', '/outsider.txt', {}, 404],
    ['nadia', '/a%3Ab.txt', {}, 400],
    ['nadia', '/NUL.txt', {}, 400],
    ['nadia', '/part.txt', { 'Content-Range': 'bytes 0-1/2' }, 400],
    ['nadia', '/zipped.txt', { 'Content-Encoding': 'gzip' }, 415],
  ] as const)('%s may not PUT %s %j: %i (W21, W37)', async (person, path, headers, status) => {
    const answer = await door.send(person, 'PUT', `${door.base}${path}`, { headers, body: 'hi' });
    expect(answer.status).toBe(status);
    expect(answer.text.length).toBeGreaterThan(5);
  });

  test('the first, empty PUT of Explorer is seen by nobody else and leaves no trace (W22)', async () => {
    const path = `${door.base}/placeholder.docx`;
    const before = (await door.history()).length;
    expect((await door.send('nadia', 'PUT', path, { body: '' })).status).toBe(201);
    expect((await door.send('nadia', 'HEAD', path)).status).toBe(200);
    expect((await door.send('claire', 'GET', path)).status).toBe(404);
    expect((await door.history()).length).toBe(before);
    expect((await door.send('nadia', 'PUT', path, { body: 'content' })).status).toBe(204);
    expect((await door.send('claire', 'GET', path)).text).toBe('content');
    const rows = (await door.history()).slice(before).filter((row) => row.action === 'deposit');
    expect(rows).toMatchObject([{ outcome: 'ok', protocol: 'webdav', sizeBytes: 7 }]);
  });
});

describe('PUT with Expect: 100-continue', () => {
  const start = (person: 'nadia' | 'julien' | null, path: string) => {
    const signedIn = person === null ? {} : door.authorization(person);
    const headers = { ...signedIn, Expect: '100-continue', 'Content-Length': '5' };
    const sent = httpRequest({ host: '127.0.0.1', port: door.port, method: 'PUT', path, headers });
    sent.flushHeaders();
    return sent;
  };

  test('leave is given once the deposit is open', async () => {
    const sent = start('nadia', `${door.base}/expected.txt`);
    await once(sent, 'continue');
    sent.end('hello');
    const [response] = await once(sent, 'response');
    expect(response.statusCode).toBe(201);
  });

  test.each([
    [null, '/expected.txt', 401],
    ['julien', '/expected.txt', 403],
    ['nadia', '/absent/x.txt', 409],
  ] as const)('%s %s hears %i before a byte of the body (W37, W44)', async (person, path, status) => {
    const sent = start(person, `${door.base}${path}`);
    let wasAsked = false;
    sent.on('continue', () => {
      wasAsked = true;
    });
    const [response] = await once(sent, 'response');
    expect([response.statusCode, wasAsked]).toEqual([status, false]);
    sent.destroy();
  });
});

describe('a refused body', () => {
  test('does not cost the connection while it is small (W44)', async () => {
    const socket = await door.dial();
    socket.write(`PUT ${door.base}/x HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n`);
    socket.write(Buffer.alloc(100_000));
    socket.write('OPTIONS / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    const answers = await text(socket);
    expect(answers).toMatch(/^HTTP\/1\.1 401 [\s\S]*HTTP\/1\.1 200 OK/u);
  });

  test('that goes on and on is cut off, after the answer', async () => {
    const socket = await door.dial();
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk;
    });
    socket.on('error', () => {});
    socket.write(`PUT ${door.base}/x HTTP/1.1\r\nHost: x\r\nContent-Length: 900000000\r\n\r\n`);
    const block = Buffer.alloc(1024 * 1024);
    let sentBytes = 0;
    while (!socket.destroyed && sentBytes < 200_000_000) {
      sentBytes += block.length;
      if (!socket.write(block))
        await Promise.race([once(socket, 'drain'), once(socket, 'close')]).catch(() => {});
    }
    expect(received).toMatch(/^HTTP\/1\.1 401 /u);
    expect(sentBytes).toBeLessThan(100_000_000);
  });
});
