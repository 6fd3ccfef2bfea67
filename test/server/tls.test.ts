import { chmodSync, stat, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Agent, get } from 'node:https';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ConfigError, loadConfig } from '../../server/config.js';
import { createHttpServer, type HttpDoors, type HttpServer } from '../../server/http.js';
import type { Logger } from '../../server/logger.js';
import { systemClock } from '../../storage/index.js';
import { GROUP_NAME, PEOPLE } from '../support/appliance.js';
import {
  certificateFolder,
  makeCertificate,
  replaceFile,
  type TestCertificate,
} from '../support/certificates.js';
import { hasProgram, run } from '../support/programs.js';
import { type RunningAppliance, startTestAppliance } from '../support/running.js';

let place: Awaited<ReturnType<typeof certificateFolder>>;
let first: TestCertificate;
let second: TestCertificate;
beforeAll(async () => {
  place = await certificateFolder();
  first = await makeCertificate(place.folder, 'first');
  second = await makeCertificate(place.folder, 'second');
});
afterAll(() => place.remove());

const open: HttpServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.stop(0)));
});

const DOORS: HttpDoors = {
  webdav: (request, response) => void request.resume().once('end', () => response.end('webdav')),
  pages: (_, response) => void response.end('pages'),
  isHealthy: async () => true,
};

interface Line {
  readonly level: number;
  readonly msg: string;
  readonly [field: string]: unknown;
}

async function start(files: TestCertificate, doors: Partial<HttpDoors> = {}, more: object = {}) {
  const lines: Line[] = [];
  const logger: Logger = pino({ level: 'info' }, { write: (text: string) => lines.push(JSON.parse(text)) });
  const server = createHttpServer({
    address: '127.0.0.1',
    port: 0,
    logger,
    tls: { files, clock: systemClock, lookEveryMs: 30 },
    ...more,
  });
  open.push(server);
  const port = await server.listen();
  server.serve({ ...DOORS, ...doors });
  return { port, lines, origin: `https://127.0.0.1:${port}` };
}

/** A pair of its own that a test may replace. */
async function copyOf(pair: TestCertificate, name: string): Promise<TestCertificate> {
  const copy = {
    certificateFile: join(place.folder, `${name}.pem`),
    keyFile: join(place.folder, `${name}.key`),
  };
  await replaceFile(copy.certificateFile, pair.certificateFile);
  await replaceFile(copy.keyFile, pair.keyFile);
  return copy;
}

/** Whose certificate a new connection is shown. */
function shownOn(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
      resolve(String(socket.getPeerCertificate().subject.CN));
      socket.end();
    });
    socket.on('error', reject);
  });
}

async function until(isThere: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    if (await isThere()) return;
    await sleep(25);
  }
  throw new Error('It did not come.');
}

/** Asks once over a connection of that agent. */
function ask(origin: string, agent: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    get(`${origin}/x`, { agent, rejectUnauthorized: false }, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve(text));
    }).on('error', reject);
  });
}

describe.runIf(hasProgram('openssl') && hasProgram('curl'))('over TLS', () => {
  test('answers who trusts the certificate, pages and drive, in HTTP/1.1 (W7, W41)', async () => {
    const { origin } = await start(first);
    const curl = (...args: string[]) => run('curl', ['-sS', '--cacert', first.certificateFile, ...args]);
    expect((await curl(`${origin}/x`)).stdout).toBe('pages');
    const drive = await curl('-w', ' %{http_version}', '-T', first.certificateFile, `${origin}/dav/a`);
    expect(drive.stdout).toBe('webdav 1.1');
    expect((await curl('--cacert', second.certificateFile, `${origin}/x`)).code).toBe(60);
  });

  test.each([
    ['TLS 1.1', ['-tls1_1', '-cipher', 'ALL:@SECLEVEL=0'], false],
    ['TLS 1.2 with CBC', ['-tls1_2', '-cipher', 'ECDHE-RSA-AES128-SHA256'], false],
    ['TLS 1.2 without forward secrecy', ['-tls1_2', '-cipher', 'AES128-GCM-SHA256'], false],
    ['TLS 1.2 with AES-GCM', ['-tls1_2', '-cipher', 'ECDHE-RSA-AES256-GCM-SHA384'], true],
    ['TLS 1.2 with ChaCha20', ['-tls1_2', '-cipher', 'ECDHE-RSA-CHACHA20-POLY1305'], true],
    ['TLS 1.3', ['-tls1_3'], true],
  ])('%s', async (_, args, isServed) => {
    const { port } = await start(await makeCertificate(place.folder, 'rsa', { isRsa: true }));
    const said = await run('openssl', ['s_client', '-connect', `127.0.0.1:${port}`, ...args], {
      input: 'GET /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    });
    expect(/Cipher is \(NONE\)|no cipher match/u.test(said.stdout + said.stderr), said.stdout).toBe(
      !isServed,
    );
  });

  test('a client that speaks plain HTTP is hung up on, and hurts nobody', async () => {
    const { port, origin } = await start(first);
    expect((await run('curl', ['-sS', `http://127.0.0.1:${port}/x`])).code).not.toBe(0);
    expect((await run('curl', ['-sk', `${origin}/x`])).stdout).toBe('pages');
  });

  test('a body that stalls is answered 408', async () => {
    const pace = { bytesPerSecond: 1000, windowSeconds: 0.4, stalledSeconds: 60 };
    const { port } = await start(first, {}, { pace });
    const said = await new Promise<string>((resolve, reject) => {
      const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false }, () =>
        socket.write('PUT /dav/a HTTP/1.1\r\nHost: x\r\nContent-Length: 2000\r\n\r\nonly this'),
      );
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk;
      });
      socket.on('close', () => resolve(text)).on('error', reject);
    });
    expect(said).toMatch(/^HTTP\/1\.1 408/u);
  });
});

describe.runIf(hasProgram('openssl') && hasProgram('curl'))('a whole appliance', () => {
  let appliance: RunningAppliance;
  beforeAll(async () => {
    appliance = await startTestAppliance({ tls: first });
  });
  afterAll(() => appliance.close());

  const curl = (...args: string[]) =>
    run('curl', [
      ...['-sS', '--cacert', first.certificateFile, '-w', '%{http_code}', '-o', '/dev/null'],
      ...['-u', `${PEOPLE.claire.login}:${appliance.password}`, ...args],
    ]);

  /** What the history says of a file's readers. */
  const readsOf = async (name: string) =>
    (await appliance.operator.activity({ order: 'asc', limit: 100 }))
      .filter(({ action, path }) => action !== 'deposit' && path?.endsWith(`/${name}`))
      .map(({ action, outcome }) => `${action} ${outcome}`);

  test('records what goes in and comes out, and what broke off', async () => {
    const content = join(place.folder, 'content.bin');
    writeFileSync(content, Buffer.alloc(12 * 1024 * 1024, 'x'));
    const url = `${appliance.origin}/dav/${encodeURIComponent(GROUP_NAME)}/content.bin`;
    expect((await curl('-T', content, url)).stdout).toBe('201');
    expect((await curl(url)).stdout).toBe('200');
    const lines = async () =>
      (await appliance.operator.activity({ order: 'asc', limit: 100 }))
        .filter(({ action }) => ['deposit', 'download', 'read'].includes(action))
        .map(({ action, outcome }) => `${action} ${outcome}`);
    await until(async () => (await lines()).length === 2);
    expect((await curl('--max-filesize', '1000', url)).code).toBe(63);
    await until(async () => (await lines()).length === 3);
    expect(await lines()).toEqual(['deposit ok', 'download ok', 'read interrupted']);
  });

  test('tells who took all of a small file from who took nothing of it: both close in order', async () => {
    const content = join(place.folder, 'small.bin');
    writeFileSync(content, Buffer.alloc(900_000, 'x'));
    const url = `${appliance.origin}/dav/${encodeURIComponent(GROUP_NAME)}/small.bin`;
    expect((await curl('-T', content, url)).stdout).toBe('201');
    for (let round = 0; round < 5; round += 1) {
      expect((await curl(url)).stdout).toBe('200');
      expect((await curl('--max-filesize', '1000', url)).code).toBe(63);
    }
    const lines = async () => (await readsOf('small.bin')).sort();
    await until(async () => (await lines()).length === 10);
    expect(await lines()).toEqual([
      ...Array.from({ length: 5 }, () => 'download ok'),
      ...Array.from({ length: 5 }, () => 'read interrupted'),
    ]);
  });

  test('sees a reset that comes at once with the last words of a client that gave up', async () => {
    const content = join(place.folder, 'unread.bin');
    writeFileSync(content, Buffer.alloc(300_000, 'x'));
    const path = `/dav/${encodeURIComponent(GROUP_NAME)}/unread.bin`;
    expect((await curl('-T', content, `${appliance.origin}${path}`)).stdout).toBe('201');
    const { host, port } = new URL(appliance.origin);
    const secret = Buffer.from(`${PEOPLE.claire.login}:${appliance.password}`).toString('base64');
    const socket = connectTls({ port: Number(port), host: '127.0.0.1', rejectUnauthorized: false }, () =>
      socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Basic ${secret}\r\n\r\n`),
    );
    // Never reads: all but its buffer's worth stays in the kernel, and its close is a reset.
    socket.pause();
    await until(async () => socket.readableLength > 0);
    await sleep(200);
    // Behind a poll nothing else is polled before the next: the server meets both at once.
    stat('.', () => {
      socket.end();
      setImmediate(() => socket.destroy());
    });
    await until(async () => (await readsOf('unread.bin')).length > 0);
    expect(await readsOf('unread.bin')).toEqual(['read interrupted']);
  });

  test('gives cookies and pages the marks of an encrypted site', async () => {
    const page = await run('curl', [
      '-sS',
      '-i',
      '--cacert',
      first.certificateFile,
      `${appliance.origin}/connexion?langue=en`,
    ]);
    expect(page.stdout).toMatch(/strict-transport-security: max-age=/iu);
    expect(page.stdout).toContain('200 OK');
  });
});

describe.runIf(hasProgram('openssl'))('a certificate that is renewed', () => {
  test('is shown to new connections; those that stand, and transfers on them, go on', async () => {
    const pair = await copyOf(first, 'renewed');
    let finish = () => {};
    const { port, origin, lines } = await start(pair, {
      pages: (request, response) => {
        if (request.url === '/x') return void response.end('pages');
        response.write('begun ');
        finish = () => response.end('finished');
      },
    });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    expect(await ask(origin, agent)).toBe('pages');
    const download = new Promise<string>((resolve, reject) => {
      get(`${origin}/long`, { agent: new Agent(), rejectUnauthorized: false }, (response) => {
        let text = '';
        response.on('data', (chunk) => {
          text += chunk;
        });
        response.on('end', () => resolve(text)).on('error', reject);
      });
    });
    await replaceFile(pair.keyFile, second.keyFile);
    await replaceFile(pair.certificateFile, second.certificateFile);
    await until(async () => (await shownOn(port)) === 'second.example.org');
    expect(await ask(origin, agent)).toBe('pages');
    agent.destroy();
    finish();
    expect(await download).toBe('begun finished');
    expect(lines.at(-1)).toMatchObject({
      msg: 'a new TLS certificate is in use',
      subject: 'CN=second.example.org',
    });
    expect(lines.filter(({ level }) => level >= 50)).toEqual([]);
  });

  test('by half, or into something else, leaves the former in use, is told once, and heals', async () => {
    const pair = await copyOf(first, 'halved');
    const { port, lines } = await start(pair);
    await replaceFile(pair.certificateFile, second.certificateFile);
    const errors = () => lines.filter(({ level }) => level >= 50);
    await until(() => errors().length === 1);
    expect(errors()[0]).toMatchObject({ file: pair.keyFile, problem: 'is not the key of the certificate' });
    await sleep(200);
    expect([errors().length, await shownOn(port)]).toEqual([1, 'first.example.org']);
    writeFileSync(pair.certificateFile, 'nothing of the kind');
    await until(() => errors().length === 2);
    expect(await shownOn(port)).toBe('first.example.org');
    await replaceFile(pair.certificateFile, second.certificateFile);
    await replaceFile(pair.keyFile, second.keyFile);
    await until(async () => (await shownOn(port)) === 'second.example.org');
    expect(errors()).toHaveLength(2);
  });

  test('too late is announced', async () => {
    const { lines } = await start(await makeCertificate(place.folder, 'short', { days: 5 }));
    expect(lines.find(({ level }) => level === 40)).toMatchObject({
      msg: 'the TLS certificate expires soon',
      daysLeft: 4,
    });
  });
});

describe.runIf(hasProgram('openssl'))('the configuration', () => {
  function faults(environment: Record<string, string>): string {
    try {
      loadConfig({ environment, folder: place.folder });
    } catch (error) {
      if (error instanceof ConfigError) return error.message;
      throw error;
    }
    return '';
  }
  const pairOf = ({ certificateFile, keyFile }: TestCertificate) => ({
    PEPS_TLS_CERTIFICATE_FILE: certificateFile,
    PEPS_TLS_KEY_FILE: keyFile,
  });

  test('takes a pair, and may then listen to the network', () => {
    const environment = {
      ...pairOf(first),
      PEPS_HTTP_ADDRESS: '0.0.0.0',
      PEPS_PUBLIC_URL: 'https://peps.example.org',
    };
    const { config } = loadConfig({ environment, folder: place.folder });
    expect(config.http.tls).toEqual(first);
    const near = loadConfig({ environment: pairOf(first), folder: '/' });
    const shown = near.settings.find(({ key }) => key === 'public_url');
    expect(shown?.value).toBe('https://127.0.0.1:8080');
  });

  test('relative paths start at the folder', () => {
    const environment = { PEPS_TLS_CERTIFICATE_FILE: 'first.pem', PEPS_TLS_KEY_FILE: 'first.key' };
    expect(loadConfig({ environment, folder: place.folder }).config.http.tls).toEqual(first);
  });

  test('refuses one without the other, and what is no pair', async () => {
    expect(faults({ PEPS_TLS_CERTIFICATE_FILE: first.certificateFile })).toContain('tls_key_file');
    expect(faults({ PEPS_TLS_KEY_FILE: first.keyFile })).toContain('tls_certificate_file');
    expect(faults({ ...pairOf(first), PEPS_TLS_KEY_FILE: second.keyFile })).toContain('is not the key');
    expect(faults({ ...pairOf(first), PEPS_TLS_KEY_FILE: '/nowhere' })).toContain('ENOENT');
    expect(faults({ ...pairOf(first), PEPS_TLS_CERTIFICATE_FILE: first.keyFile })).toContain(
      'no certificate',
    );
    const other = await copyOf({ ...first, keyFile: first.certificateFile }, 'other');
    expect(faults(pairOf(other))).toContain('no private key');
    const locked = join(place.folder, 'locked.key');
    const made = await run('openssl', [
      'pkey',
      '-in',
      first.keyFile,
      '-aes128',
      '-passout',
      'pass:x',
      '-out',
      locked,
    ]);
    expect(made.code).toBe(0);
    expect(faults({ ...pairOf(first), PEPS_TLS_KEY_FILE: locked })).toContain('passphrase');
    const bare = await copyOf(first, 'bare');
    chmodSync(bare.keyFile, 0o644);
    expect(faults(pairOf(bare))).toContain('can be read by everybody');
    expect(await readFile(bare.keyFile, 'utf8')).not.toBe('');
  });
});
