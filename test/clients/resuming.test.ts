import { appendFile, mkdir, rename, utimes } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parsePath } from '../../storage/index.js';
import { type ClientBench, openClientBench } from '../protocols/sftp/ssh-clients.js';
import { PEOPLE } from '../support/appliance.js';
import { type CuttingProxy, startCuttingProxy } from '../support/cutting-proxy.js';
import { hasProgram, type Run, run } from '../support/programs.js';

/** Deposits of real programs, broken off on the way and gone on with by the same programs. */
const SIZE = 6_000_000;
/** SSH adds its share to what the file has, so this is in its last frames. OpenSSH sends CLOSE when all was answered: never. */
const CUTS = [2_500_000, SIZE] as const;

let bench: ClientBench;
let proxy: CuttingProxy;

beforeAll(async () => {
  bench = await openClientBench();
  proxy = await startCuttingProxy(bench.door.port);
  await appendFile(bench.local('known_hosts'), `[127.0.0.1]:${proxy.port} ${bench.door.publicHostKey}\n`);
});
afterAll(async () => {
  await proxy.close();
  await bench.close();
});

/** Nothing is under way any more: what was cut off is put away. */
async function settled(): Promise<void> {
  const claire = await bench.door.workspace('claire', 'sftp');
  await expect
    .poll(async () => (await claire.uploads({ state: 'open' })).length, { timeout: 10_000 })
    .toBe(0);
}

async function expectParked(name: string): Promise<number> {
  await settled();
  const claire = await bench.door.workspace('claire', 'sftp');
  const look = async () =>
    (await claire.uploads({ state: 'parked' })).filter((one) => one.path.segments.at(-1) === name);
  // One that was over within a second was never open: nothing but its parking tells that the server has heard of the cut.
  await expect.poll(async () => (await look()).length, { timeout: 10_000 }).toBe(1);
  const parked = await look();
  const nadia = await bench.door.workspace('nadia', 'sftp');
  await expect(nadia.stat(parsePath(`${bench.door.base}/${name}`))).rejects.toMatchObject({
    code: 'not-found',
  });
  expect(await bench.door.takeMails()).toEqual([]);
  return parked[0]?.receivedBytes ?? 0;
}

/** One deposit, whole, told once, of which only the rest was sent again. */
async function expectOneDeposit(name: string, sha256: string, keptBytes: number): Promise<void> {
  const nadia = await bench.door.workspace('nadia');
  expect(await nadia.stat(parsePath(`${bench.door.base}/${name}`))).toMatchObject({
    sizeBytes: SIZE,
    sha256,
  });
  expect(await bench.rowsOf(`/${name}`)).toEqual(['deposit ok']);
  const mails = (await bench.door.takeMails()).filter((mail) => mail.to.address === PEOPLE.nadia.login);
  const files = mails.flatMap(({ intent }) => (intent.template === 'group-deposits' ? intent.files : []));
  expect(files.map((file) => file.name)).toEqual([name]);
  const puts = bench.door.logged.filter(
    ({ fields }) => fields.act === 'put' && String(fields.path).includes(name),
  );
  expect(puts.at(-1)?.fields).toMatchObject({ status: 0, bytesIn: SIZE - keptBytes });
}

describe.skipIf(!hasProgram('sftp'))('OpenSSH sftp', () => {
  const sftp = (port: number, commands: readonly string[]): Promise<Run> =>
    run('sftp', ['-P', String(port), '-o', 'BatchMode=no', ...bench.sshOptions, '-b', '-', '127.0.0.1'], {
      input: `${commands.join('\n')}\n`,
      cwd: bench.local('.'),
      environment: bench.environment,
    });

  test.each(CUTS)('goes on with reput, broken off after %i bytes', async (bytes) => {
    const name = `sftp-${bytes}.bin`;
    const sha256 = await bench.makeFile(name, SIZE);
    await bench.door.takeMails();
    const target = `"${bench.door.base}/${name}"`;
    proxy.cutAfter(bytes, 'when-quiet');
    expect((await sftp(proxy.port, [`put ${name} ${target}`])).code).not.toBe(0);
    const kept = await expectParked(name);
    expect(kept).toBeGreaterThan(bytes === SIZE ? SIZE - 3 * 65_536 : 1_000_000);
    const again = await sftp(bench.door.port, [`ls -l ${target}`, `reput ${name} ${target}`]);
    expect(again.code).toBe(0);
    expect(again.stdout).toContain(` ${kept} `);
    await expectOneDeposit(name, sha256, kept);
  });

  test('overwrites what was broken off with put, and removes it with rm', async () => {
    const sha256 = await bench.makeFile('anew.bin', SIZE);
    await bench.door.takeMails();
    const target = `"${bench.door.base}/anew.bin"`;
    for (const next of [`rm ${target}`, `put anew.bin ${target}`]) {
      proxy.cutAfter(2_500_000, 'when-quiet');
      await sftp(proxy.port, [`put anew.bin ${target}`]);
      await expectParked('anew.bin');
      expect((await sftp(bench.door.port, [next])).code).toBe(0);
    }
    const nadia = await bench.door.workspace('nadia');
    expect(await nadia.stat(parsePath(`${bench.door.base}/anew.bin`))).toMatchObject({
      sizeBytes: SIZE,
      sha256,
    });
    expect(await bench.rowsOf('/anew.bin')).toEqual(['deposit aborted', 'deposit aborted', 'deposit ok']);
  });
});

describe.skipIf(!hasProgram('lftp'))('lftp', () => {
  async function lftp(port: number, ...commands: string[]): Promise<Run> {
    const ssh = `ssh -a -x ${bench.sshOptions.join(' ')}`;
    const settings = [`set sftp:connect-program "${ssh}"`, 'set cmd:fail-exit yes', 'set net:max-retries 3'];
    const pace = ['set net:reconnect-interval-base 1', 'set net:persist-retries 0'];
    const open = `open -u ${bench.login},${bench.door.password} sftp://127.0.0.1:${port}`;
    const script = [...settings, ...pace, open, `cd "${bench.door.base}"`, ...commands, 'bye'].join('; ');
    return run('lftp', ['-c', script], { environment: { HOME: bench.local('.') }, cwd: bench.local('.') });
  }

  /** Lets it begin, breaks it off for good. */
  async function beginAndGiveUp(name: string, bytes: number, command: string): Promise<number> {
    await bench.door.takeMails();
    proxy.cutAfter(bytes, 'at-once', { staysDown: true });
    const first = await lftp(proxy.port, command);
    proxy.up();
    expect(first.code).not.toBe(0);
    return expectParked(name);
  }

  test('goes on with put -c by itself', async () => {
    const name = 'lftp-by-itself.bin';
    const sha256 = await bench.makeFile(name, SIZE);
    await bench.door.takeMails();
    const before = proxy.cuts;
    proxy.cutAfter(2_500_000, 'at-once');
    const done = await lftp(proxy.port, `put -c ${name}`);
    expect([done.code, done.stderr, proxy.cuts]).toEqual([0, '', before + 1]);
    const [first, second, ...others] = bench.door.logged.filter(
      ({ fields }) => fields.act === 'put' && String(fields.path).includes(name),
    );
    expect(others).toEqual([]);
    expect(first?.fields.reason).toBe('interrupted');
    const kept = SIZE - Number(second?.fields.bytesIn);
    expect(kept).toBeGreaterThan(1_000_000);
    await expectOneDeposit(name, sha256, kept);
  });

  test('goes on with put -c in a later run, broken off near its end', async () => {
    const name = 'lftp-later.bin';
    const sha256 = await bench.makeFile(name, SIZE);
    const kept = await beginAndGiveUp(name, SIZE, `put -c ${name}`);
    const done = await lftp(bench.door.port, `put -c ${name}`);
    expect([done.code, done.stderr]).toEqual([0, '']);
    await expectOneDeposit(name, sha256, kept);
  });

  test('goes on with mirror -R -c in a later run', async () => {
    const name = 'mirrored.bin';
    const sha256 = await bench.makeFile(name, SIZE);
    await mkdir(bench.local('outbox'));
    await rename(bench.local(name), bench.local(`outbox/${name}`));
    // It goes on only with what is younger than the file itself.
    const anHourAgo = new Date(performance.timeOrigin - 3_600_000);
    await utimes(bench.local(`outbox/${name}`), anHourAgo, anHourAgo);
    const kept = await beginAndGiveUp(name, 3_000_000, 'mirror -R -c outbox .');
    const done = await lftp(bench.door.port, 'mirror -R -c outbox .');
    expect([done.code, done.stderr]).toEqual([0, '']);
    await expectOneDeposit(name, sha256, kept);
  });
});

describe.skipIf(!hasProgram('rclone'))('rclone', () => {
  test('begins anew by itself, and nothing is left of the first try', async () => {
    const name = 'rclone.bin';
    const sha256 = await bench.makeFile(name, SIZE);
    await bench.door.takeMails();
    const obscured = (await run('rclone', ['obscure', '-'], { input: bench.door.password })).stdout.trim();
    const environment = {
      HOME: bench.local('.'),
      RCLONE_CONFIG: bench.local('rclone.conf'),
      RCLONE_CONFIG_PEPS_TYPE: 'sftp',
      RCLONE_CONFIG_PEPS_HOST: '127.0.0.1',
      RCLONE_CONFIG_PEPS_PORT: String(proxy.port),
      RCLONE_CONFIG_PEPS_USER: bench.login,
      RCLONE_CONFIG_PEPS_PASS: obscured,
      RCLONE_CONFIG_PEPS_KNOWN_HOSTS_FILE: bench.local('known_hosts'),
      RCLONE_CONFIG_PEPS_SHELL_TYPE: 'none',
    };
    proxy.cutAfter(3_000_000, 'at-once');
    const options = ['--retries', '3', '--low-level-retries', '3'];
    const done = await run(
      'rclone',
      ['copyto', bench.local(name), `PEPS:${bench.door.base}/${name}`, ...options],
      {
        environment,
      },
    );
    expect(done.code).toBe(0);
    await settled();
    const nadia = await bench.door.workspace('nadia');
    expect(await nadia.stat(parsePath(`${bench.door.base}/${name}`))).toMatchObject({
      sizeBytes: SIZE,
      sha256,
    });
    expect((await bench.rowsOf(`/${name}`)).filter((row) => row === 'deposit ok')).toHaveLength(1);
    const pending = await (await bench.door.workspace('claire', 'sftp')).uploads();
    expect(pending.filter(({ path }) => path.segments.at(-1)?.startsWith('rclone'))).toEqual([]);
  });
});
