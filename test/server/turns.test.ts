import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { createHttpServer, type HttpServer } from '../../server/http.js';
import { createLogger } from '../../server/logger.js';
import { systemClock } from '../../storage/index.js';

const logger = createLogger({ level: 'silent', clock: systemClock });
const open: HttpServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.stop(0)));
});

const acts: string[] = [];

/** A door that answers late where the path says so, and notes when it begins and ends. */
async function start(): Promise<number> {
  acts.length = 0;
  const server = createHttpServer({ address: '127.0.0.1', port: 0, logger });
  open.push(server);
  const port = await server.listen();
  server.serve({
    webdav: async (request, response) => {
      const name = `${request.method} ${request.url?.slice('/dav/'.length)}`;
      acts.push(`begin ${name}`);
      let sizeBytes = 0;
      try {
        for await (const chunk of request) sizeBytes += chunk.length;
        if (request.url?.endsWith('slow')) await sleep(60);
        if (request.url?.endsWith('large')) {
          response.writeHead(200, { 'Content-Length': '200000' });
          for (let piece = 0; piece < 20; piece += 1) {
            response.write('x'.repeat(10_000));
            await sleep(2);
          }
          response.end();
        } else response.end(`<${name} ${sizeBytes}>`);
        acts.push(`end ${name}`);
      } catch {
        acts.push(`broken ${name}`);
        response.destroy();
      }
    },
    pages: (_request, response) => response.end('pages'),
    isHealthy: async () => true,
  });
  return port;
}

/** Sends everything in one piece and collects what comes until the connection ends. */
function converse(port: number, text: string, after?: (socket: Socket) => void): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    let said = '';
    socket.setEncoding('latin1');
    socket.on('data', (chunk) => {
      said += chunk;
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(said));
    after?.(socket);
  });
}

const get = (name: string, headers = '') => `GET /dav/${name} HTTP/1.1\r\nHost: x\r\n${headers}\r\n`;
const put = (name: string, body: string) =>
  `PUT /dav/${name} HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
const LAST = 'Connection: close\r\n';
const statuses = (said: string) => [...said.matchAll(/HTTP\/1\.1 (\d{3})/gu)].map(([, status]) => status);

describe('requests sent in one piece', () => {
  test('are done one after the other, a slow one first', async () => {
    const port = await start();
    const said = await converse(port, put('slow', 'abc') + get('b') + get('c', LAST));
    expect(said.match(/<[^>]*>/gu)).toEqual(['<PUT slow 3>', '<GET b 0>', '<GET c 0>']);
    expect(acts).toEqual([
      ...['begin PUT slow', 'end PUT slow', 'begin GET b', 'end GET b', 'begin GET c', 'end GET c'],
    ]);
  });

  test('whole ones before a broken one are answered, then it is refused, then nothing more is heard', async () => {
    const port = await start();
    const said = await converse(port, `${get('slow')}${get('b')}no request\r\n\r\n${get('c')}`);
    expect(statuses(said)).toEqual(['200', '200', '400']);
    expect(acts).toEqual(['begin GET slow', 'end GET slow', 'begin GET b', 'end GET b']);
  });

  test('a refusal never stands in the middle of the download before it', async () => {
    const port = await start();
    const said = await converse(port, `${get('large')}no request\r\n\r\n`);
    expect(said.indexOf('HTTP/1.1 400')).toBe(said.indexOf('\r\n\r\n') + 4 + 200_000);
  });

  test('one whose body breaks off in broken chunks is refused at once, and what waits behind is not done', async () => {
    const port = await start();
    const broken = 'PUT /dav/a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n';
    expect(statuses(await converse(port, broken + get('b')))).toEqual(['400']);
    await expect.poll(() => acts).toEqual(['begin PUT a', 'broken PUT a']);
    expect(statuses(await converse(port, get('slow') + broken))).toEqual(['200', '400']);
  });

  test('more than a few hundred of them end the connection, once those that came first are answered', async () => {
    const port = await start();
    const said = await converse(port, get('slow') + get('b').repeat(400));
    expect(statuses(said)).toHaveLength(257);
  });

  test('go with a connection that is reset: none of those that wait is done', async () => {
    const port = await start();
    await converse(port, get('slow') + put('b', 'x'), (socket) =>
      setTimeout(() => socket.resetAndDestroy(), 20),
    );
    await sleep(100);
    expect(acts).toEqual(['begin GET slow', 'end GET slow']);
  });
});

describe('a request that could be read in two ways is refused, and its connection closed', () => {
  test.each([
    ['two hosts', 'Host: y\r\n', 400],
    ['two expectations', 'Expect: 100-continue\r\nExpect: 100-continue\r\n', 400],
    ['two sets of credentials', 'Authorization: Basic YQ==\r\nauthorization: Basic Yg==\r\n', 400],
    ['chunks twice', 'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n', 400],
    ['a body coded before it was cut in chunks', 'Transfer-Encoding: gzip, chunked\r\n', 501],
    ['201 headers', 'X: y\r\n'.repeat(201), 431],
    ['more headers than Node keeps', 'X:\r\n'.repeat(3000), 431],
  ])('%s', async (_, headers, status) => {
    const port = await start();
    const said = await converse(port, `${get('a', headers)}0\r\n\r\n${get('b')}`);
    expect(statuses(said)[0]).toBe(String(status));
    expect(statuses(said).filter((one) => one === '200')).toEqual([]);
    expect(acts).toEqual([]);
  });

  test.each(['a b', 'x@y', 'x/y', 'x:port', '[::1', ''])('a host that is none: %j', async (host) => {
    const port = await start();
    const said = await converse(port, `GET /dav/a HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    expect([statuses(said), acts]).toEqual([['400'], []]);
  });

  test.each(['x', 'caf.example.org:8443', '192.0.2.1', '[2001:db8::1]:443'])('not %s', async (host) => {
    const port = await start();
    expect(statuses(await converse(port, `GET /dav/a HTTP/1.1\r\nHost: ${host}\r\n${LAST}\r\n`))).toEqual([
      '200',
    ]);
  });

  test.each(['C://', '//name@*#', '//', 'http://[/a', 'http://x/a'])(
    'a page by the address %s',
    async (url) => {
      const port = await start();
      expect(statuses(await converse(port, `GET ${url} HTTP/1.1\r\nHost: x\r\n\r\n`))).toEqual(['400']);
    },
  );

  test('chunks in HTTP/1.0', async () => {
    const port = await start();
    const text = 'PUT /dav/a HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n';
    expect(statuses(await converse(port, text))).toEqual(['400']);
  });
});
