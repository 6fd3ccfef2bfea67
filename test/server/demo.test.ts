import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasProgram, run } from '../support/programs.js';

const ROOT = path.join(import.meta.dirname, '..', '..');
let folder = '';
let demo: ChildProcess;
let said = '';
let ended: Promise<number | null>;

/** Starts it as `npm run demo` does and waits for its invitation. */
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'peps-of-demo-'));
  demo = spawn(process.execPath, [path.join('server', 'peps.cjs'), 'demo'], {
    cwd: ROOT,
    // A variable of the machine's own installation must not reach into the demonstration.
    env: { ...process.env, TMPDIR: folder, PEPS_HTTP_PORT: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [demo.stdout, demo.stderr])
    stream?.on('data', (chunk) => {
      said += chunk;
    });
  ended = new Promise((resolve) => demo.once('close', resolve));
  for (let tries = 0; !said.includes('peps.cjs outbox') && tries < 240; tries += 1) await sleep(250);
  expect(said).toContain('peps.cjs outbox');
}, 90_000);
afterAll(async () => {
  demo.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

/** A line of the invitation, as somebody would paste it. */
function pasted(start: string): string {
  const line = said.split('\n').find((text) => text.trim().startsWith(start));
  expect(line, `${start} in:\n${said}`).toBeDefined();
  return line?.trim().replace('sftp> ', '') ?? '';
}

const shell = (command: string, environment = {}, input = '') =>
  run('sh', ['-c', command], { cwd: folder, environment, input });

/** A command of `peps`, pasted and asked for JSON. */
async function rows(name: string): Promise<Record<string, unknown>[]> {
  const command = pasted(`node server/peps.cjs ${name}`).replace('server/', `${ROOT}/server/`);
  const { stdout } = await shell(`${command} --json`);
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

const mails = async () => readdir(/Mails \(\.eml\) +(.+)/u.exec(said)?.[1] ?? '');

describe('npm run demo', () => {
  test('a partner’s file goes over WebDAV to the house over SFTP, recorded and announced', async () => {
    if (!hasProgram('sftp')) return;
    const bytes = Buffer.alloc(3_000_000, 'relevé ');
    await writeFile(path.join(folder, 'FILE'), bytes);
    const before = await mails();
    const uploaded = await shell(`${pasted('curl -T')} -s -o /dev/null -w '%{http_code}'`);
    expect(uploaded.stdout).toBe('201');

    const password = /over SFTP \(password: (\S+)\)/u.exec(said)?.[1];
    const ask = path.join(folder, 'ask');
    await writeFile(ask, `#!/bin/sh\necho '${password}'\n`, { mode: 0o700 });
    const get = pasted('sftp> get').replace('FILE', 'FILE" "fetched');
    const fetched = await shell(
      pasted('sftp -P'),
      { SSH_ASKPASS: ask, SSH_ASKPASS_REQUIRE: 'force', DISPLAY: 'x' },
      `${get}\n`,
    );
    expect(fetched.code, fetched.stderr).toBe(0);
    const digest = (content: Buffer) => createHash('sha256').update(content).digest('hex');
    expect(digest(await readFile(path.join(folder, 'fetched')))).toBe(digest(bytes));

    const about = (await rows('activity')).filter((row) => String(row.path).endsWith('/FILE'));
    expect(about.map(({ action, outcome, protocol, sha256 }) => [action, outcome, protocol, sha256])).toEqual(
      [
        ['deposit', 'ok', 'webdav', digest(bytes)],
        ['download', 'ok', 'sftp', digest(bytes)],
      ],
    );

    // The two other members of the group, one mail each.
    await expect.poll(async () => (await mails()).length - before.length, { timeout: 15_000 }).toBe(2);
    expect((await rows('outbox')).every(({ state }) => state === 'sent')).toBe(true);
  });

  test('the pages it names are there', async () => {
    for (const name of ['Pages', 'Administration']) {
      const address = new RegExp(`${name} +(http\\S+)`, 'u').exec(said)?.[1] ?? '';
      expect((await fetch(address)).status, address).toBe(200);
    }
  });

  test('Ctrl-C removes everything', async () => {
    const [, place = ''] = /--config (\S+)\/peps\.toml/u.exec(said) ?? [];
    expect((await stat(place)).isDirectory()).toBe(true);
    demo.kill('SIGINT');
    expect(await ended).toBe(0);
    await expect(stat(place)).rejects.toThrow('ENOENT');
    expect(said).toContain(`${place} removed.`);
  });
});
