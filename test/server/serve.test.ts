import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openStorage } from '../../server/appliance.js';
import { loadConfig } from '../../server/config.js';
import { type Administration, systemClock } from '../../storage/index.js';
import { run } from '../support/programs.js';

const ROOT = path.join(import.meta.dirname, '..', '..');
const PEPS = path.join(ROOT, 'server', 'peps.cjs');
const PASSWORD = 'Coquelicot-Tambour-71-Rivage';

// Each test starts processes; on a busy machine that takes its time.
vi.setConfig({ testTimeout: 90_000 });

let folder = '';
const children: ChildProcess[] = [];
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'peps-serve-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

const environment = () => ({
  PEPS_DATA_DIR: folder,
  PEPS_HTTP_PORT: '0',
  PEPS_SFTP_PORT: '0',
});

interface Listening {
  readonly publicUrl: string;
  readonly http: { readonly port: number };
  readonly sftp: { readonly port: number; readonly fingerprint: string };
  readonly threads: number;
}

/** Starts the daemon as an operator does and waits for its `listening` line. */
async function serve(more: Record<string, string> = {}) {
  const child = spawn(process.execPath, [PEPS, 'serve'], {
    env: { ...process.env, ...environment(), ...more },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk) => {
    said.out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    said.err += chunk;
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const log = () =>
    said.out
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  for (let waited = 0; waited < 20_000 && child.exitCode === null; waited += 50) {
    const line: Listening | undefined = log().find(({ msg }) => msg === 'listening');
    if (line) return { child, said, ended, line };
    await sleep(50);
  }
  throw new Error(`The daemon did not start: ${said.out}${said.err}`);
}

const peps = (line: string[], input = '') =>
  run(process.execPath, [PEPS, ...line], { input, environment: environment() });

/** The data folder as the operator's commands see it, without the time a process of its own takes. */
async function operate<Result>(work: (administration: Administration) => Promise<Result>): Promise<Result> {
  const { config } = loadConfig({ environment: environment(), folder });
  const storage = await openStorage(config, systemClock);
  try {
    return await work(storage.operate());
  } finally {
    await storage.close();
  }
}

/** An account and group to deposit with. */
async function populate(): Promise<string> {
  const who = 'nadia.benali@example.org';
  await operate(async (administration) => {
    await administration.createPerson({ address: who, name: 'Nadia', side: 'partner', password: PASSWORD });
    await administration.createGroup({ name: 'Lutins' });
    await administration.setMember('Lutins', who, 'writer');
  });
  return `Basic ${Buffer.from(`${who}:${PASSWORD}`).toString('base64')}`;
}

/** How the deposits of the log ended. */
const deposits = async () =>
  (await operate((administration) => administration.activity({ action: 'deposit' }))).map(
    ({ outcome }) => outcome,
  );

/** A PUT whose body is sent by hand. */
function put({
  line,
  authorization,
  sizeBytes,
}: {
  line: Listening;
  authorization: string;
  sizeBytes: number;
}) {
  const sending = request({
    port: line.http.port,
    method: 'PUT',
    path: '/dav/Lutins/lettre.txt',
    headers: { Authorization: authorization, 'Content-Length': sizeBytes },
  });
  const status = new Promise<number>((resolve, reject) => {
    sending.once('response', (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sending.once('error', reject);
  });
  return { sending, status };
}

describe('a first start', () => {
  test('listens on loopback, says which file to save and where to set up the first administrator', async () => {
    const { said, line, child, ended } = await serve();
    expect(line.publicUrl).toBe(`http://127.0.0.1:${line.http.port}`);
    expect(line.threads).toBeGreaterThanOrEqual(8);
    expect(said.err).toContain(path.join(folder, 'master.key'));
    const link = /http:\S+\/installation\/\S+/u.exec(said.err)?.[0] ?? '';
    expect(link.startsWith(line.publicUrl)).toBe(true);
    expect((await fetch(link, { redirect: 'manual' })).status).toBe(303);
    expect((await fetch(`${line.publicUrl}/healthz`)).status).toBe(200);
    // The link opens the whole appliance: the log, which others may read, does not hold it.
    expect(said.out).not.toContain(link.split('/').at(-1));
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(await readdir(folder)).not.toContain('serve.sock');
  });

  test('a second start offers another link, none once there is an administrator, and never the key again', async () => {
    const first = await serve();
    first.child.kill('SIGTERM');
    await first.ended;
    const second = await serve();
    const linkOf = (text: string) => /\/installation\/(\S+)/u.exec(text)?.[1];
    expect(linkOf(second.said.err)).not.toBe(linkOf(first.said.err));
    expect(second.said.err).not.toContain('master.key');
    second.child.kill('SIGTERM');
    await second.ended;
    await operate((administration) =>
      administration.createPerson({
        address: 'marc@example.org',
        name: 'Marc',
        side: 'house',
        isAdministrator: true,
        password: PASSWORD,
      }),
    );
    const third = await serve();
    expect(third.said.err).toBe('');
    third.child.kill('SIGINT');
    expect(await third.ended).toBe(0);
  });

  test('a pool of too few threads is raised before anything uses it', async () => {
    const { line } = await serve({ UV_THREADPOOL_SIZE: '2' });
    expect(line.threads).toBe(8);
  });
});

describe('a data folder in use', () => {
  test('refuses a second daemon, and commands work beside the first', async () => {
    await serve();
    const second = await peps(['serve']);
    expect([second.code, second.stdout]).toEqual([1, '']);
    expect(second.stderr).toContain('Another "peps serve" is running');
    expect((await peps(['account', 'list'])).code).toBe(0);
  });

  test('is free again at once after kill -9', async () => {
    const first = await serve();
    first.child.kill('SIGKILL');
    await first.ended;
    const second = await serve();
    expect((await fetch(`${second.line.publicUrl}/healthz`)).status).toBe(200);
  });
});

describe('SIGTERM', () => {
  test('lets a deposit finish, then ends with 0', async () => {
    const authorization = await populate();
    const { child, ended, line } = await serve();
    const { sending, status } = put({ line, authorization, sizeBytes: 10 });
    sending.write('hello');
    await sleep(300);
    child.kill('SIGTERM');
    await sleep(300);
    expect(child.exitCode).toBe(null);
    await expect(fetch(`${line.publicUrl}/healthz`)).rejects.toThrow();
    sending.end('world');
    expect(await status).toBe(201);
    expect(await ended).toBe(0);
    expect(await deposits()).toEqual(['ok']);
  });

  test('twice in a moment is once, as Ctrl-C through npm delivers it', async () => {
    const authorization = await populate();
    const { child, ended, line } = await serve();
    const { sending, status } = put({ line, authorization, sizeBytes: 10 });
    sending.write('hello');
    await sleep(300);
    child.kill('SIGINT');
    await sleep(50);
    child.kill('SIGINT');
    await sleep(200);
    sending.end('world');
    expect(await status).toBe(201);
    expect(await ended).toBe(0);
    expect(await readdir(folder)).not.toContain('serve.sock');
  });

  test('while it starts lets the start come to its end, then ends with 0', async () => {
    const child = spawn(process.execPath, [PEPS, 'serve'], {
      env: { ...process.env, ...environment() },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.push(child);
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        said += chunk;
        // The first line of a start that has most of its way before it.
        if (!child.killed && said.includes('recovered')) child.kill('SIGTERM');
      });
    expect([await ended, child.killed], said).toEqual([0, true]);
    expect(said).not.toContain('/installation/');
    expect(await readdir(folder)).not.toContain('serve.sock');
  });

  test('twice ends at once, and nothing half is published', async () => {
    const authorization = await populate();
    const { child, ended, line } = await serve();
    const { sending, status } = put({ line, authorization, sizeBytes: 10 });
    status.catch(() => undefined);
    sending.write('hello');
    await sleep(300);
    child.kill('SIGTERM');
    await sleep(1200);
    const startedAt = performance.now();
    child.kill('SIGTERM');
    expect(await ended).toBe(143);
    expect(performance.now() - startedAt).toBeLessThan(2000);
    expect(await deposits()).not.toContain('ok');
  });
});

test('a port that is taken is a fault with its reason: 1', async () => {
  const { line } = await serve();
  const other = path.join(folder, 'other');
  const { code, stderr } = await run(process.execPath, [PEPS, 'serve'], {
    environment: { ...environment(), PEPS_DATA_DIR: other, PEPS_HTTP_PORT: String(line.http.port) },
  });
  expect([code, stderr.includes('EADDRINUSE')]).toEqual([1, true]);
});

test('wrong configuration ends with 78 before anything is made', async () => {
  const data = path.join(folder, 'never');
  const { code, stdout, stderr } = await run(process.execPath, [PEPS, 'serve'], {
    environment: { PEPS_DATA_DIR: data, PEPS_HTTP_PORT: 'eighty' },
  });
  expect([code, stdout]).toEqual([78, '']);
  expect(stderr).toContain('PEPS_HTTP_PORT = "eighty"');
  expect(await readdir(folder)).toEqual([]);
});

test('a bug that nobody caught is logged once and ends the process with 70', async () => {
  const built = (name: string) => JSON.stringify(path.join(ROOT, 'dist', 'server', name));
  const program = `import { createLogger } from ${built('logger.js')};
    import { untilStopped } from ${built('lifecycle.js')};
    const clock = { now: () => new Date() };
    const logger = createLogger({ level: 'info', clock });
    const ended = untilStopped({ clock, logger, drainSeconds: 1, stop: async () => console.log('"stopped well"') });
    setTimeout(() => { throw new Error('unforeseen'); }, 10);
    setTimeout(() => Promise.reject(new Error('unforeseen too')), 10);
    process.exit(await ended);`;
  const { code, stdout } = await run(process.execPath, ['--input-type=module', '-e', program]);
  expect(code).toBe(70);
  expect(stdout).toContain('stopped well');
  const [line] = stdout.split('\n').filter((text) => text.includes('fatal'));
  expect(JSON.parse(line ?? '{}')).toMatchObject({ level: 'fatal', error: { message: 'unforeseen' } });
});
