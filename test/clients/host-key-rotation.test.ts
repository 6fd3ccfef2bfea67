import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { runCommandLine } from '../../server/cli/run.js';
import { GROUP_NAME, SERVICE_LOGIN } from '../support/appliance.js';
import { createFakeClock, type FakeClock } from '../support/fake-clock.js';
import { hasProgram, type Run, run } from '../support/programs.js';
import { type RunningAppliance, startIn, startTestAppliance } from '../support/running.js';

const LOOK_EVERY_MS = 20;
const DAY_SECONDS = 86_400;

let folder: string;
let appliance: RunningAppliance;
let clock: FakeClock;
/** What a client that has connected once keeps. */
let known: string;
const local = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'peps-rotation-'));
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', local('id')]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));
beforeEach(async () => {
  clock = createFakeClock();
  appliance = await startTestAppliance({ clock, lookEveryMs: LOOK_EVERY_MS });
  await appliance.operator.addKey(SERVICE_LOGIN, (await readFile(local('id.pub'), 'utf8')).trim());
  const { publicKey } = await peps('host-key');
  known = `[127.0.0.1]:${appliance.addresses.sftp.port} ${publicKey}\n`;
  for (const name of ['pinned', 'learning', 'told']) await writeFile(local(name), known);
});
afterEach(() => appliance.close());

interface Told {
  readonly fingerprint: string;
  readonly publicKey: string;
  readonly next: {
    readonly fingerprint: string;
    readonly publicKey: string;
    readonly knownHosts: string;
  } | null;
}

async function peps(...words: string[]): Promise<Told> {
  let said = '';
  const write = (text: string) => {
    said += text;
  };
  const code = await runCommandLine([...words, '--json'], {
    stdin: Readable.from([]),
    write,
    writeError: write,
    environment: {
      PEPS_DATA_DIR: appliance.directory,
      PEPS_SFTP_PORT: String(appliance.addresses.sftp.port),
    },
    folder,
    clock,
  });
  expect(code, said).toBe(0);
  return JSON.parse(said);
}

/** Options of a batch job: no question is ever answered. */
function jobOptions(knownHosts: string, ...more: string[]): string[] {
  return [
    ...['-F', '/dev/null', '-P', String(appliance.addresses.sftp.port), '-i', local('id')],
    ...[
      'BatchMode=yes',
      'StrictHostKeyChecking=yes',
      `UserKnownHostsFile=${local(knownHosts)}`,
      'GlobalKnownHostsFile=/dev/null',
      'IdentitiesOnly=yes',
      'IdentityAgent=none',
      `User=${SERVICE_LOGIN}`,
      ...more,
    ].flatMap((option) => ['-o', option]),
  ];
}

function job(knownHosts: string, ...more: string[]): Promise<Run> {
  const options = jobOptions(knownHosts, ...more);
  return run('sftp', [...options, '-b', '-', '127.0.0.1'], { input: 'pwd\n', timeoutSeconds: 20 });
}

/** The night's job of each client: one that keeps what it has, one that learns, one whose owner adds the line. */
async function succeeds(knownHosts: string, ...more: string[]): Promise<void> {
  const { code, stderr } = await job(knownHosts, ...more);
  expect(code, stderr).toBe(0);
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let left = 250; left > 0; left -= 1) {
    if (await isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  throw new Error('It did not come about within five seconds.');
}

/** Until the daemon has seen what a command did, as a client sees it. */
const untilAnnounced = () =>
  until(async () => {
    await succeeds('learning', 'UpdateHostKeys=yes');
    return (await readFile(local('learning'), 'utf8')).trim().split('\n').length === 2;
  });

const untilInUse = (publicKey: string) => until(async () => (await scan()).includes(publicKey));

async function scan(): Promise<string> {
  const { stdout } = await run('ssh-keyscan', [
    ...['-t', 'ed25519', '-p', String(appliance.addresses.sftp.port), '127.0.0.1'],
  ]);
  return stdout;
}

async function switchOver(next: Told['next']): Promise<void> {
  clock.advance(30 * DAY_SECONDS);
  await untilInUse(next?.publicKey ?? 'a planned key');
}

describe.skipIf(!hasProgram('sftp') || !hasProgram('ssh-keyscan'))('the host key is replaced', () => {
  test('and clients that update their keys learn the next one, use it without a question and forget the former', async () => {
    const { fingerprint, publicKey, next } = await peps('host-key', 'rotate', '--in', '30d');
    await untilAnnounced();
    expect(await readFile(local('learning'), 'utf8')).toContain(next?.publicKey);
    await switchOver(next);
    await succeeds('learning', 'UpdateHostKeys=yes');
    const kept = await readFile(local('learning'), 'utf8');
    expect(kept).toContain(next?.publicKey);
    expect(kept).not.toContain(publicKey);
    expect(await peps('host-key')).toEqual({
      fingerprint: next?.fingerprint,
      publicKey: next?.publicKey,
      next: null,
    });
    expect(fingerprint).not.toBe(next?.fingerprint);
    const rows = (await appliance.operator.activity({ order: 'asc' })).filter(({ action }) =>
      action.startsWith('host-key'),
    );
    expect(rows.map(({ action, target }) => [action, target])).toEqual([
      ['host-key-plan', next?.fingerprint],
      ['host-key-change', next?.fingerprint],
    ]);
  });

  test('and until its hour every client goes on with the key it knows, updates or not', async () => {
    const { publicKey } = await peps('host-key', 'rotate');
    await untilAnnounced();
    clock.advance(30 * DAY_SECONDS - 1);
    for (const updates of ['yes', 'no', 'ask']) await succeeds('pinned', `UpdateHostKeys=${updates}`);
    expect(await scan()).toContain(publicKey);
  });

  test('and a client that was told by its line goes on, one that was not is warned by ssh and sends nothing', async () => {
    const { next } = await peps('host-key', 'rotate', '--in', '30d');
    await writeFile(local('told'), `${known}${next?.knownHosts}\n`);
    await succeeds('told', 'UpdateHostKeys=no');
    await switchOver(next);
    await succeeds('told', 'UpdateHostKeys=no');
    const { code, stderr } = await job('pinned');
    expect(code).toBe(255);
    expect(stderr).toContain('REMOTE HOST IDENTIFICATION HAS CHANGED');
    expect(stderr).toContain('Host key verification failed');
  });

  test('while a session that is open sends on, through renewals of its session keys', async () => {
    await writeFile(local('night.bin'), randomBytes(6_000_000));
    await appliance.operator.setMember(GROUP_NAME, SERVICE_LOGIN, 'writer');
    const directory = (await appliance.operator.groups())[0]?.directory;
    const options = jobOptions('pinned', 'RekeyLimit=1M');
    const session = spawn('sftp', [...options, '-b', '-', '127.0.0.1'], { cwd: folder });
    let stderr = '';
    session.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    const ended = once(session, 'close');
    session.stdin.write('pwd\n');
    await until(async () => (await once(session.stdout, 'data')).length > 0);
    const { next } = await peps('host-key', 'rotate', '--in', '30d');
    await switchOver(next);
    session.stdin.end(`put night.bin "/${directory}/night.bin"\n`);
    expect([await ended, stderr]).toEqual([[0, null], stderr]);
  });

  test('after a restart behind its hour, as while it runs', async () => {
    const { next } = await peps('host-key', 'rotate', '--in', '12h');
    await untilAnnounced();
    await appliance.stop();
    clock.advance(DAY_SECONDS);
    const { directory, password, addresses } = appliance;
    appliance = { ...(await startIn(directory, { password, clock })), addresses };
    expect((await peps('host-key')).fingerprint).toBe(next?.fingerprint);
  });

  test('at once where no hour is left to wait for, and not at all once it is given up', async () => {
    const planned = await peps('host-key', 'rotate', '--in', '30d');
    await untilAnnounced();
    await peps('host-key', 'cancel');
    clock.advance(31 * DAY_SECONDS);
    await until(async () => {
      await succeeds('learning', 'UpdateHostKeys=yes');
      return !(await readFile(local('learning'), 'utf8')).includes(planned.next?.publicKey ?? '');
    });
    expect(await scan()).toContain(planned.publicKey);
    const { next } = await peps('host-key', 'rotate', '--in', '0d');
    await untilInUse(next?.publicKey ?? '');
  });
});
