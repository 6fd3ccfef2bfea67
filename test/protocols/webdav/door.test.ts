import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestDoor, type TestDoor } from './support.js';

let door: TestDoor;
beforeAll(async () => {
  door = await openTestDoor();
});
afterAll(() => door.stop());

const CAPABILITIES = { dav: '1, 2', 'ms-author-via': 'DAV' };
const basic = (credentials: string) => ({
  Authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
});

describe('OPTIONS', () => {
  test('of the host’s root is open to all: Windows asks it before it maps a drive (W1, W4, W5)', async () => {
    for (const path of ['/', '*']) {
      const { status, headers } = await door.send(null, 'OPTIONS', path);
      expect([status, headers['content-length']]).toEqual([200, '0']);
      expect(headers).toMatchObject(CAPABILITIES);
      expect(headers.allow).toContain('PROPFIND');
    }
  });

  test('of the share asks for credentials, but not of Office (W5, W8, W9)', async () => {
    expect((await door.send(null, 'OPTIONS', door.base)).status).toBe(401);
    const headers = { 'User-Agent': 'Microsoft Office Word 2014', Authorization: 'Bearer' };
    expect((await door.send(null, 'OPTIONS', door.base, { headers })).headers).toMatchObject(CAPABILITIES);
    expect((await door.send(null, 'PROPFIND', door.base, { headers })).status).toBe(401);
  });

  test('is the same for what is there and what is not (W3, W4, W5)', async () => {
    for (const path of [door.base, `${door.base}/`, `${door.base}/none`, '/dav']) {
      const { status, headers } = await door.send('julien', 'OPTIONS', path);
      expect(status).toBe(200);
      expect(headers).toMatchObject(CAPABILITIES);
    }
  });
});

describe('signing in', () => {
  test('every refusal is the same 401, and keeps the connection (W6, W8, W41)', async () => {
    const login = 'claire.moreau@caf.example.org';
    const attempts = [
      {},
      { Authorization: 'Bearer' },
      { Authorization: 'Basic' },
      { Authorization: 'Negotiate abc' },
      basic('nocolon'),
      basic(`${login}:wrong`),
      basic('nobody@example.org:wrong'),
      basic(`${login}\0:${door.password}`),
    ];
    const answers = [];
    for (const headers of attempts) answers.push(await door.send(null, 'PROPFIND', door.base, { headers }));
    for (const { status, headers, text: body } of answers) {
      expect([status, body]).toEqual([401, 'Sign-in required.\n']);
      expect(headers['www-authenticate']).toBe('Basic realm="PEPS", charset="UTF-8"');
      expect(headers.connection).toBe('keep-alive');
      expect(Object.keys(headers).sort()).toEqual(Object.keys(answers[0]?.headers ?? {}).sort());
    }
  });

  test('the machine’s name in front of the login does not matter (W23)', async () => {
    const headers = basic(`PC-42\\claire.moreau@caf.example.org:${door.password}`);
    expect((await door.send(null, 'OPTIONS', door.base, { headers })).status).toBe(200);
  });

  test('who tries too often hears when to come back, the right password included', async () => {
    const login = 'odile.perrin@ailleurs.example.org';
    let last = 0;
    for (let attempt = 0; attempt < 12 && last !== 429; attempt++)
      last = (await door.send(null, 'OPTIONS', door.base, { headers: basic(`${login}:wrong`) })).status;
    expect(last).toBe(429);
    const { status, headers } = await door.send('odile', 'OPTIONS', door.base);
    expect(status).toBe(429);
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
  });
});

test('a connection lives on after 401, 404 and 207 (W41)', async () => {
  const { Authorization } = door.authorization('claire');
  const socket = await door.dial();
  let said = '';
  socket.setEncoding('latin1');
  socket.on('data', (chunk) => {
    said += chunk;
  });
  const ask = async (method: string, path: string, authorization: string, status: string) => {
    said = '';
    socket.write(`${method} ${path} HTTP/1.1\r\nHost: x\r\nDepth: 0\r\n${authorization}\r\n`);
    await expect.poll(() => said).toContain(`HTTP/1.1 ${status}`);
    expect(said).not.toMatch(/^connection: close/imu);
  };
  const signedIn = `Authorization: ${Authorization}\r\n`;
  await ask('PROPFIND', door.base, '', '401');
  await ask('PROPFIND', `${door.base}/none`, signedIn, '404');
  await ask('PROPFIND', door.base, signedIn, '207');
  await ask('PROPFIND', door.base, signedIn, '207');
  socket.destroy();
});

describe('the log', () => {
  test('has one line per request, with the fields of every door (W43)', async () => {
    const before = door.logged.length;
    await door.send('nadia', 'PUT', `${door.base}/logged.txt`, { body: 'hello' });
    await door.send('nadia', 'PROPFIND', `${door.base}/desktop.ini`, { headers: { Depth: '0' } });
    await door.send(null, 'GET', '/dav/%zz');
    const lines = door.logged.slice(before);
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatchObject({
      level: 'info',
      fields: {
        door: 'webdav',
        act: 'PUT',
        path: `/${door.group}/logged.txt`,
        status: 201,
        account: 'nadia.benali@lutins.example.org',
        address: '127.0.0.1',
        bytesIn: 5,
      },
    });
    expect(Object.keys(lines[0]?.fields ?? {})).toEqual(Object.keys(lines[2]?.fields ?? {}));
    expect(lines[1]).toMatchObject({ level: 'debug', fields: { status: 404 } });
    expect(lines[2]).toMatchObject({ level: 'info', fields: { status: 400 } });
    expect(JSON.stringify(lines)).not.toContain(door.password);
  });
});

describe('what no client should send', () => {
  const METHODS = [
    'GET',
    'PUT',
    'PROPFIND',
    'PROPPATCH',
    'MKCOL',
    'DELETE',
    'COPY',
    'MOVE',
    'LOCK',
    'UNLOCK',
    'HEAD',
    'OPTIONS',
    'POST',
    'REPORT',
  ];
  const PATHS = [
    '/dav/%zz',
    '/dav/%',
    '/dav/%00',
    '/dav/a%2Fb',
    '/dav/..',
    '/dav/%2e%2e/%2e%2e/etc/passwd',
    '/dav/a\\b',
    '/dav/%c0%af',
    '/dav/%ff',
    `/dav/${'x'.repeat(8000)}`,
    '/dav/a#b',
    '/dav/;/../..',
  ];
  const HEADERS = {
    If: ['(', '(<', '()', '<x>', '(Not)', '([x])', `(${'<a:b>'.repeat(2500)})`, '(<a:b>)'.repeat(1500)],
    Depth: ['2', '-1', '1,noroot', 'x'],
    Destination: ['', 'x', '//x', 'http://', 'http://x:y@z/dav/', '/dav/%zz', '/dav/a%2Fb', '/dav/../x', '*'],
    Overwrite: ['X'],
    'If-Match': ['x', '"', '"a" "b"'],
    'If-None-Match': ['x', ','],
    'Lock-Token': ['', 'x', '<', '<>', '<a b>'],
    Timeout: ['x', 'Second-', `Second-${'9'.repeat(50)}`],
    Range: ['bytes=', 'bytes=-', 'bytes=9-1', `bytes=${'0-1,'.repeat(1000)}`, 'bytes=18446744073709551616-'],
    'Content-Range': ['x'],
    'Repr-Digest': ['sha-256=x', 'sha-256=::'],
    'X-OC-Mtime': ['x', '-1', '1e9'],
    'X-Expected-Entity-Length': ['-1', '1e3'],
  };
  const BODIES = [
    '',
    '<',
    '<a',
    '<!DOCTYPE a>',
    '\u0000',
    `<a>${'<b>'.repeat(5000)}`,
    '<a xmlns:b=""/>',
    '<D:x/>',
    '<a>&#1114112;</a>',
    `<a ${'b="" '.repeat(3000)}/>`,
    'x'.repeat(70_000),
  ];

  const everything = [
    ...METHODS.flatMap((method) => PATHS.map((path) => ({ method, path, headers: {}, body: '' }))),
    ...METHODS.flatMap((method) =>
      Object.entries(HEADERS).flatMap(([name, values]) =>
        values.map((value) => ({ method, path: '', headers: { [name]: value }, body: '' })),
      ),
    ),
    ...['PROPFIND', 'PROPPATCH', 'LOCK', 'MKCOL'].flatMap((method) =>
      BODIES.map((body) => ({ method, path: '', headers: { Depth: '0' }, body })),
    ),
  ];

  test('is never answered 5xx but for a foreign destination, and never ends the process', async () => {
    await door.send('claire', 'PUT', `${door.base}/target.txt`, { body: 'x' });
    for (const { method, path, headers, body } of everything) {
      const where = path === '' ? `${door.base}/target.txt` : path;
      const answer = await door.send('claire', method, where, { headers, body });
      const isForeign = 'Destination' in headers && answer.status === 502;
      if (!isForeign)
        expect([method, path, headers, answer.status < 500]).toEqual([method, path, headers, true]);
      if (method !== 'OPTIONS' && path !== '')
        expect([method, path, answer.status]).toEqual([method, path, 400]);
    }
    for (const path of PATHS) expect((await door.send(null, 'GET', path)).status).toBe(400);
    expect(door.logged.filter(({ level }) => level === 'error')).toEqual([]);
  }, 60_000);

  test('an unknown method, PATCH and POST among them, is 405 with what is allowed', async () => {
    for (const method of ['POST', 'PATCH', 'REPORT', 'SEARCH', 'TRACE', 'BIND']) {
      const { status, headers } = await door.send('claire', method, door.base);
      expect([method, status]).toEqual([method, 405]);
      expect(headers.allow).toContain('PROPFIND');
    }
  });

  test('a POST that announces gigabytes costs nothing', async () => {
    const headers = { ...door.authorization('claire'), 'Content-Length': '9000000000' };
    const sent = httpRequest({
      host: '127.0.0.1',
      port: door.port,
      method: 'POST',
      path: door.base,
      headers,
    });
    sent.on('error', () => {});
    sent.flushHeaders();
    const [response] = await once(sent, 'response');
    expect(response.statusCode).toBe(405);
    sent.destroy();
  });

  test('HTTP/1.0 without a Host, and a target with scheme and host, are answered', async () => {
    await door.send('claire', 'PUT', `${door.base}/plain.txt`, { body: 'x' });
    const { Authorization } = door.authorization('claire');
    const ask = async (lines: string) => {
      const socket: Socket = await door.dial();
      socket.write(`${lines}\r\nAuthorization: ${Authorization}\r\nConnection: close\r\n\r\n`);
      return text(socket);
    };
    expect(await ask(`GET ${door.base}/plain.txt HTTP/1.0`)).toMatch(/ 200 OK/u);
    expect(await ask(`GET http://example.org${door.base}/plain.txt HTTP/1.1\r\nHost: example.org`)).toMatch(
      / 200 OK/u,
    );
    for (const host of ['[::1', 'a:b:c', '%zz', 'a:99999'])
      expect(await ask(`GET http://${host}${door.base}/plain.txt HTTP/1.1\r\nHost: x`)).toMatch(
        / (200|400) /u,
      );
    expect(await ask(`COPY ${door.base}/plain.txt HTTP/1.0\r\nDestination: http://x/dav/a`)).toMatch(
      / 502 /u,
    );
  });
});
