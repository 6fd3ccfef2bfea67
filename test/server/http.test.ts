import { createHash } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { createHttpServer, type HttpDoors, type HttpOptions, type HttpServer } from '../../server/http.js';
import { createLogger } from '../../server/logger.js';
import { systemClock } from '../../storage/index.js';

const logger = createLogger({ level: 'silent', clock: systemClock });
const open: HttpServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.stop(0)));
});

/** Doors that say who they are and how much they were sent. */
const DOORS: HttpDoors = {
  webdav: async (request, response) => {
    const hash = createHash('sha256');
    let sizeBytes = 0;
    try {
      for await (const chunk of request) {
        hash.update(chunk);
        sizeBytes += chunk.length;
      }
      response.end(`webdav ${request.method} ${sizeBytes}`);
    } catch {
      response.destroy();
    }
  },
  pages: (request, response) => {
    request.resume();
    response.end('pages');
  },
  isHealthy: async () => true,
};

async function start(doors: Partial<HttpDoors> = {}, options: Partial<HttpOptions> = {}) {
  const server = createHttpServer({ address: '127.0.0.1', port: 0, logger, ...options });
  open.push(server);
  const port = await server.listen();
  server.serve({ ...DOORS, ...doors });
  return { server, port, origin: `http://127.0.0.1:${port}` };
}

/** A promise that the test fulfils when it wants to. */
function createGate() {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve: () => resolve() };
}

/** Sends raw bytes and collects what comes until the connection ends. */
function converse(port: number, text: string, after?: (socket: Socket) => void): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    let said = '';
    socket.setEncoding('latin1');
    socket.on('data', (chunk) => {
      said += chunk;
    });
    socket.on('close', () => resolve(said));
    socket.on('error', (error) => (said === '' ? reject(error) : undefined));
    after?.(socket);
  });
}

describe('who gets a request', () => {
  test.each([
    ['GET', '/connexion', 'pages'],
    ['GET', '/', 'pages'],
    ['GET', '/davos', 'pages'],
    ['GET', '/dav/', 'webdav GET 0'],
    ['PROPFIND', '/', 'webdav PROPFIND 0'],
    ['PUT', '/dav/a', 'webdav PUT 0'],
  ])('%s %s', async (method, path, said) => {
    const { origin } = await start();
    expect(await (await fetch(origin + path, { method })).text()).toBe(said);
  });

  test('a client that waits for 100 Continue: the pages let it go on, WebDAV decides itself', async () => {
    const { port } = await start({ webdav: (_, response) => void response.writeHead(401).end() });
    const ask = (path: string) =>
      `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n`;
    expect(
      await converse(port, ask('/x'), (socket) => socket.once('data', () => socket.write('ok'))),
    ).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200/u);
    expect(await converse(port, ask('/dav/x'))).toMatch(/^HTTP\/1\.1 401/u);
  });
});

describe('/healthz', () => {
  test('is 200 when it can serve, 503 when not, and says nothing else', async () => {
    const well = await start();
    const answer = await fetch(`${well.origin}/healthz`);
    expect([answer.status, await answer.json()]).toEqual([200, { status: 'ok' }]);
    for (const isHealthy of [async () => false, () => Promise.reject(new Error('/secret/path'))]) {
      const ill = await start({ isHealthy });
      const refusal = await fetch(`${ill.origin}/healthz`);
      expect([refusal.status, await refusal.json()]).toEqual([503, { status: 'unavailable' }]);
    }
  });

  test('is 503 until the doors are there', async () => {
    const server = createHttpServer({ address: '127.0.0.1', port: 0, logger });
    open.push(server);
    const port = await server.listen();
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(503);
    server.serve(DOORS);
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
  });
});

describe('what is no request', () => {
  test.each([
    ['no HTTP at all', 'hello\r\n\r\n', '400'],
    ['a header without name', 'GET / HTTP/1.1\r\nHost: x\r\n: y\r\n\r\n', '400'],
    [
      'two lengths',
      'PUT /dav/a HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na',
      '400',
    ],
    [
      'length and chunks',
      'PUT /dav/a HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      '400',
    ],
    ['a space before the colon', 'GET / HTTP/1.1\r\nHost : x\r\n\r\n', '400'],
    ['a negative length', 'PUT /dav/a HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n', '400'],
    ['no Host', 'GET / HTTP/1.1\r\n\r\n', '400'],
    ['20 KiB of headers', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_480)}\r\n\r\n`, '431'],
    [
      'an expectation we do not know',
      'GET / HTTP/1.1\r\nHost: x\r\nExpect: tea\r\nConnection: close\r\n\r\n',
      '417',
    ],
  ])('%s', async (_, text, status) => {
    const { port, origin } = await start();
    expect((await converse(port, text)).split('\r\n')[0]).toContain(status);
    expect((await fetch(`${origin}/healthz`)).status).toBe(200);
  });
});

describe('a body', () => {
  const pace = { bytesPerSecond: 1000, windowSeconds: 0.4, stalledSeconds: 60 };
  const head = 'PUT /dav/a HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2000\r\n\r\n';

  test('that stalls is answered 408 and cut off', async () => {
    const { port } = await start({}, { pace });
    const said = await converse(port, `${head}only this`);
    expect(said).toMatch(/^HTTP\/1\.1 408/u);
  });

  test('that drips slower than the rate is cut off too', async () => {
    const { port } = await start({}, { pace });
    const said = await converse(port, head, (socket) => {
      const drip = setInterval(() => socket.write('x'), 20);
      socket.once('close', () => clearInterval(drip));
    });
    expect(said).toMatch(/^HTTP\/1\.1 408/u);
  });

  test('may take far longer than a window as long as it moves (W35)', async () => {
    // Far above the rate, so that a busy machine makes no difference.
    const { port } = await start({}, { pace: { ...pace, bytesPerSecond: 100 } });
    const said = await converse(port, head, (socket) => {
      let left = 20;
      const flow = setInterval(() => {
        socket.write('x'.repeat(100));
        left -= 1;
        if (left === 0) clearInterval(flow);
      }, 60);
    });
    expect(said).toContain('webdav PUT 2000');
  });

  test('that waits for us is not the fault of the client', async () => {
    const read = createGate();
    const { port } = await start(
      {
        webdav: async (request, response) => {
          await read.promise;
          let sizeBytes = 0;
          for await (const chunk of request) sizeBytes += chunk.length;
          response.end(String(sizeBytes));
        },
      },
      { pace },
    );
    const answer = converse(port, head + 'x'.repeat(1999), (socket) => {
      setTimeout(() => {
        read.resolve();
        socket.write('x');
      }, 1200);
    });
    expect(await answer).toContain('2000');
  });

  test('answered before its end does not stay open for ever', async () => {
    const { port } = await start({ webdav: (_, response) => void response.writeHead(401).end() }, { pace });
    const said = await converse(port, head.replace('Connection: close\r\n', ''));
    expect(said).toMatch(/^HTTP\/1\.1 401/u);
    expect(said).not.toContain('408');
  });
});

describe('an answer', () => {
  const pace = { bytesPerSecond: 1, windowSeconds: 0.4, stalledSeconds: 0.6 };
  const MANY_BYTES = Buffer.alloc(64 * 1024 * 1024);

  test('of which nothing is taken ends its connection', async () => {
    const { port } = await start({ pages: (_, response) => void response.end(MANY_BYTES) }, { pace });
    const socket = connect(port, '127.0.0.1', () => socket.write('GET /x HTTP/1.1\r\nHost: x\r\n\r\n'));
    await new Promise((resolve) => socket.once('readable', resolve));
    const received = await new Promise<number>((resolve) => {
      let sizeBytes = 0;
      socket.on('close', () => resolve(sizeBytes)).on('error', () => undefined);
      // What lies in the kernel's buffers is taken once the server has given up.
      setTimeout(() => socket.on('data', (chunk) => (sizeBytes += chunk.length)), 2500);
    });
    expect(received).toBeLessThan(MANY_BYTES.length);
  });

  test('that is taken slowly, or made slowly, is left alone', async () => {
    const made = createGate();
    const { port, origin } = await start(
      {
        pages: async (request, response) => {
          if (request.url === '/made') await made.promise;
          // As files leave: a piece at a time.
          await pipeline(Readable.from(Array(256).fill(Buffer.alloc(64 * 1024))), response);
        },
      },
      { pace: { ...pace, stalledSeconds: 2 } },
    );
    const slowlyMade = fetch(`${origin}/made`);
    const socket = connect(port, '127.0.0.1', () =>
      socket.write('GET /taken HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'),
    );
    let sizeBytes = 0;
    for await (const chunk of socket) {
      sizeBytes += chunk.length;
      if (sizeBytes < 6 * 1024 * 1024) await sleep(40);
    }
    expect(sizeBytes).toBeGreaterThan(16 * 1024 * 1024);
    made.resolve();
    expect((await (await slowlyMade).arrayBuffer()).byteLength).toBe(16 * 1024 * 1024);
  });
});

describe('who may ask', () => {
  const from = (port: number, localAddress: string) =>
    new Promise<string>((resolve) => {
      const socket = connect({ port, host: '127.0.0.1', localAddress }, () =>
        socket.write('GET /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'),
      );
      let said = '';
      socket.on('data', (chunk) => {
        said += chunk;
      });
      socket.on('close', () => resolve(said)).on('error', () => undefined);
    });

  test('in the clear: those allowed to, all others hear why not, before any password is asked for (W7)', async () => {
    const { port } = await start({}, { mayAskInClear: (address) => address === '127.0.0.1' });
    expect(await from(port, '127.0.0.1')).toContain('pages');
    const refusal = await from(port, '127.0.0.2');
    expect(refusal).toMatch(/^HTTP\/1\.1 403/u);
    expect(refusal).toContain('HTTPS');
    expect(refusal).not.toMatch(/www-authenticate/iu);
  });

  test('as many connections of an address as allowed, of those exempt as many as in all', async () => {
    const connections = { inAll: 8, perAddress: 3, isExempt: (address: string) => address === '127.0.0.9' };
    const { port } = await start({}, { connections });
    const silent: Socket[] = [];
    const hold = async (count: number, localAddress: string) => {
      for (let n = 0; n < count; n += 1) {
        const socket = connect({ port, host: '127.0.0.1', localAddress });
        socket.on('error', () => undefined);
        silent.push(socket);
        await new Promise((resolve) => socket.once('connect', resolve));
      }
    };
    await hold(3, '127.0.0.2');
    expect(await from(port, '127.0.0.2')).toBe('');
    expect(await from(port, '127.0.0.3')).toContain('pages');
    await hold(4, '127.0.0.9');
    expect(await from(port, '127.0.0.3')).toContain('pages');
    await hold(1, '127.0.0.9');
    expect(await from(port, '127.0.0.3')).toBe('');
    for (const socket of silent) socket.destroy();
    await sleep(200);
    expect(await from(port, '127.0.0.2')).toContain('pages');
  });

  test('a thousand that say nothing do not keep others out', async () => {
    const { port, origin } = await start({}, { connections: { perAddress: 5000 } });
    const silent = await Promise.all(
      Array.from({ length: 1000 }, async () => {
        const socket = connect(port, '127.0.0.1');
        socket.on('error', () => undefined);
        await new Promise((resolve) => socket.once('connect', resolve));
        socket.write('GET /x HTTP/1.1\r\nX');
        return socket;
      }),
    );
    expect(await (await fetch(`${origin}/x`)).text()).toBe('pages');
    for (const socket of silent) socket.destroy();
  });
});

describe('stopping', () => {
  test('lets a running request finish, takes no new one, then is gone', async () => {
    const finish = createGate();
    const { server, origin } = await start({
      pages: async (_, response) => {
        response.write('begun ');
        await finish.promise;
        response.end('finished');
      },
    });
    const running = await fetch(`${origin}/slow`);
    // Longer than this test may take: the connection is closed because it is idle, not because time is up.
    const stopped = server.stop(60_000);
    await expect(fetch(`${origin}/new`)).rejects.toThrow();
    finish.resolve();
    expect(await running.text()).toBe('begun finished');
    await stopped;
  });

  test('tells a kept-alive connection that asks again to come back later', async () => {
    const finish = createGate();
    const { server, port } = await start({
      pages: async (_, response) => {
        await finish.promise;
        response.end('first');
      },
    });
    const ask = 'GET /x HTTP/1.1\r\nHost: x\r\n\r\n';
    const said = converse(port, ask, (socket) => {
      setTimeout(() => {
        void server.stop(5000);
        socket.write(ask);
        setTimeout(() => finish.resolve(), 100);
      }, 100);
    });
    expect(await said).toMatch(/first.*HTTP\/1\.1 503/su);
  });

  test('cuts off what takes longer than its time', async () => {
    const { server, port } = await start({ pages: (_, response) => void response.write('begun') });
    const said = converse(port, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await sleep(100);
    const startedAt = performance.now();
    await server.stop(300);
    expect(performance.now() - startedAt).toBeGreaterThan(250);
    expect(await said).toContain('begun');
  });
});
