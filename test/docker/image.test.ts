import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, chown, cp, mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../support/ports.js';
import { run } from '../support/programs.js';

const ROOT = path.join(import.meta.dirname, '..', '..');
const UID = 10_001;
const isRoot = process.getuid?.() === 0;

let folder = '';
let dockerfile = '';
const source = () => path.join(folder, 'source');
const target = () => path.join(folder, 'target');

/** What the Dockerfile does, step by step, in a folder of its own: there may be no container engine here. */
beforeAll(async () => {
  // Half a gigabyte: on disk, while the usual folder for temporary files may be memory.
  folder = await mkdtemp(path.join('/var/tmp', 'peps-image-'));
  await chmod(folder, 0o755);
  dockerfile = (await readFile(path.join(ROOT, 'docker', 'Dockerfile'), 'utf8')).replace(/\\\n/gu, ' ');
  await mkdir(source());
  for (const names of copied(dockerfile)) await copyInto(names);
  await copyModules();
  const built = await run(path.join(source(), 'docker', 'build-image.sh'), [source(), target()], {
    timeoutSeconds: 240,
  });
  expect(built.stderr.includes('installing'), built.stderr).toBe(false);
  expect(built.code, built.stdout + built.stderr).toBe(0);
}, 300_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Stands in for the download of the same packages; the script checks them against package-lock.json. */
async function copyModules(): Promise<void> {
  const [from, to] = [path.join(ROOT, 'node_modules'), path.join(source(), 'node_modules')];
  await mkdir(to);
  // Other dotted names are caches, which change while other tests run.
  const names = (await readdir(from)).filter(
    (name) => !name.startsWith('.') || name === '.package-lock.json',
  );
  const copied = await run('cp', ['-a', ...names.map((name) => path.join(from, name)), to]);
  expect(copied.stderr).toBe('');
}

/** The arguments of every COPY from the repository. */
function copied(text: string): string[][] {
  return [...text.matchAll(/^COPY (?!--from)(.+)$/gmu)].map((match) => (match[1] ?? '').split(/\s+/u));
}

async function copyInto(names: readonly string[]): Promise<void> {
  const goal = names.at(-1) ?? '';
  for (const name of names.slice(0, -1)) {
    const into = goal.endsWith('/') ? path.join(goal, path.basename(name)) : goal;
    await cp(path.join(ROOT, name), path.join(source(), into), { recursive: true });
  }
}

describe('the image', () => {
  test('holds the program and what it needs at run time, nothing else', async () => {
    expect((await readdir(target())).sort()).toEqual([
      'LICENSE',
      'dist',
      'node_modules',
      'package-lock.json',
      'package.json',
      'server',
    ]);
    const modules = await readdir(path.join(target(), 'node_modules'));
    expect(modules).toEqual(expect.arrayContaining(['sqlite3', 'argon2', 'ssh2', 'koa']));
    for (const name of ['typescript', 'vitest', 'esbuild', 'playwright-core', '@biomejs'])
      expect(modules).not.toContain(name);
    const files = await readdir(path.join(target(), 'dist'), { recursive: true });
    expect(files.filter((name) => /(?<!\.d)\.tsx?$|\.map$/u.test(name))).toEqual([]);
  });

  test('runs as nobody in particular, on a program it cannot change, and is healthy', async () => {
    const data = path.join(folder, 'data');
    await mkdir(data, { mode: 0o700 });
    if (isRoot) await chown(data, UID, UID);
    const port = await freePort();
    const child = startAsImage(data, {
      PEPS_HTTP_PORT: String(port),
      PEPS_SFTP_PORT: '0',
      PEPS_PUBLIC_URL: `http://127.0.0.1:${port}`,
      PEPS_TRUSTED_PROXIES: await proxiesOfCompose(),
    });
    try {
      const check = healthCheck(dockerfile);
      let verdict = await run(check[0] ?? '', check.slice(1), {
        environment: { PEPS_HTTP_PORT: String(port) },
      });
      expect(verdict.code).toBe(1);
      for (let tries = 0; verdict.code !== 0 && tries < 60; tries += 1) {
        await sleep(250);
        verdict = await run(check[0] ?? '', check.slice(1), {
          environment: { PEPS_HTTP_PORT: String(port) },
        });
      }
      expect(verdict.code, child.said()).toBe(0);
      const page = await fetch(`http://127.0.0.1:${port}/connexion`);
      const style = /href="(\/[^"]+\.css)"/u.exec(await page.text())?.[1];
      expect((await fetch(`http://127.0.0.1:${port}${style}`)).status).toBe(200);
      if (isRoot) expect((await stat(path.join(data, 'master.key'))).uid).toBe(UID);
      child.process.kill('SIGTERM');
      expect(await child.ended).toBe(0);
    } finally {
      child.process.kill('SIGKILL');
    }
  });

  test('is told to be careful', () => {
    expect(dockerfile).toMatch(/^USER 10001:10001$/mu);
    expect(environment(dockerfile)).toMatchObject({ UV_THREADPOOL_SIZE: '16', PEPS_DATA_DIR: '/data' });
  });
});

test('compose gives it a read-only root, no capabilities and one volume', async () => {
  const compose = await readFile(path.join(ROOT, 'docker', 'compose.yaml'), 'utf8');
  for (const line of [
    'read_only: true',
    'cap_drop: [ALL]',
    'security_opt: ["no-new-privileges:true"]',
    'user: "10001:10001"',
  ])
    expect(compose).toContain(line);
  expect(compose.match(/^ {6}- data:\/data$/gmu)).toHaveLength(1);
});

/** Whom the compose file trusts unless told: its own network. */
async function proxiesOfCompose(): Promise<string> {
  const compose = await readFile(path.join(ROOT, 'docker', 'compose.yaml'), 'utf8');
  const network = /subnet: (\S+)/u.exec(compose)?.[1] ?? '';
  expect(compose).toContain(`PEPS_TRUSTED_PROXIES: \${PEPS_TRUSTED_PROXIES:-${network}}`);
  return network;
}

/** ENV of the Dockerfile, as pairs. */
function environment(text: string): Record<string, string> {
  const pairs = [...text.matchAll(/^ENV (.+)$/gmu)].flatMap((match) => (match[1] ?? '').split(/\s+/u));
  return Object.fromEntries(pairs.map((pair) => pair.split('=')));
}

function healthCheck(text: string): string[] {
  const words: unknown = JSON.parse(/^HEALTHCHECK .*CMD (\[.+\])$/mu.exec(text)?.[1] ?? '[]');
  return Array.isArray(words) ? words.map(String) : [];
}

function startAsImage(data: string, more: Record<string, string>) {
  const entry = path.join(target(), 'server', 'peps.cjs');
  const child: ChildProcess = spawn(process.execPath, [entry, 'serve'], {
    cwd: data,
    env: { PATH: process.env.PATH, ...environment(dockerfile), PEPS_DATA_DIR: data, ...more },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(isRoot ? { uid: UID, gid: UID } : {}),
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk) => {
      said += chunk;
    });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { process: child, ended, said: () => said };
}
