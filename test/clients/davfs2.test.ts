import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestDoor, type TestDoor } from '../protocols/webdav/support.js';
import { PEOPLE, type PersonKey } from '../support/appliance.js';
import { hasProgram, run } from '../support/programs.js';

const canMount =
  existsSync('/dev/fuse') && process.getuid?.() === 0 && hasProgram('mount.davfs') && hasProgram('umount');
if (!canMount)
  process.stderr.write('\nSKIPPED: davfs2 needs root and /dev/fuse, so it is not tested here.\n');

let door: TestDoor;
let directory: string;

/** Two members, each with the group as a folder of their computer. */
describe.skipIf(!canMount)('davfs2', () => {
  beforeAll(async () => {
    door = await openTestDoor();
    directory = await mkdtemp(join(tmpdir(), 'peps-davfs-'));
    // It goes on as a user of its own once it has read its settings.
    await chmod(directory, 0o755);
    for (const person of ['claire', 'marc'] as const) await mount(person);
  }, 60_000);
  afterAll(async () => {
    for (const person of ['claire', 'marc']) await run('umount', ['-l', join(directory, person, 'mount')]);
    await door.stop();
    await rm(directory, { recursive: true, force: true });
  });

  test('copies, edits in place, moves over and removes; each save is one deposit', async () => {
    await there(
      'claire',
      'head -c 3000000 /dev/urandom > ../../source.bin; cp ../../source.bin "é & #1 100%.bin"; sync',
    );
    await settled('claire');
    await there('claire', 'cmp ../../source.bin "é & #1 100%.bin"');
    await there('claire', 'echo one > log.txt');
    await settled('claire');
    await there('claire', 'echo two >> log.txt');
    await settled('claire');
    await there('claire', 'printf X | dd of=log.txt bs=1 seek=0 conv=notrunc status=none');
    await settled('claire');
    expect((await door.send('claire', 'GET', `${door.base}/log.txt`)).text).toBe('Xne\ntwo\n');
    expect(await depositsOf('log.txt')).toBe(3);
    expect(await depositsOf('é & #1 100%.bin')).toBe(1);
    await there('claire', 'echo new > new.txt; mv new.txt log.txt');
    await settled('claire');
    expect((await door.send('claire', 'GET', `${door.base}/log.txt`)).text).toBe('new\n');
    await there('claire', 'mkdir -p tree/deep; echo x > tree/deep/x; echo y > tree/y');
    await settled('claire');
    // By their names: davfs2 1.6 cannot list a folder on Linux 6.18, whatever the server.
    await there('claire', 'rm tree/deep/x tree/y; rmdir tree/deep tree');
    expect((await door.send('claire', 'HEAD', `${door.base}/tree`)).status).toBe(404);
  }, 90_000);

  test('shows the quota, and the other member’s files', async () => {
    await there('claire', 'echo shared > shared.txt');
    await settled('claire');
    expect(await there('marc', 'cat shared.txt')).toBe('shared\n');
    await there('marc', 'echo changed > shared.txt');
    await settled('marc');
    expect((await door.send('claire', 'GET', `${door.base}/shared.txt`)).text).toBe('changed\n');
    expect(Number(await there('claire', 'df --output=avail . | tail -n 1'))).toBeGreaterThan(0);
  }, 60_000);

  test('keeps the other member from writing while a file is open', async () => {
    await there('claire', 'echo mine > open.txt');
    await settled('claire');
    await there('claire', 'exec 3>>open.txt; echo more >&3; (sleep 4; echo end >&3) & wait', {
      meanwhile: async () => {
        // Not before the lock is there: what he wrote would count.
        const path = `${door.base}/open.txt`;
        const look = async () =>
          (await door.send('marc', 'PROPFIND', path, { headers: { Depth: '0' } })).text;
        await expect.poll(look, { timeout: 3500 }).toContain('<D:activelock>');
        expect((await door.send('marc', 'PUT', path, { body: 'x' })).status).toBe(423);
      },
    });
    await settled('claire');
    expect((await door.send('marc', 'GET', `${door.base}/open.txt`)).text).toBe('mine\nmore\nend\n');
  }, 60_000);

  test('leaves one line for each deposit, and nothing of its own', async () => {
    const names = (await door.send('marc', 'PROPFIND', door.base, { headers: { Depth: '1' } })).text;
    expect(names).not.toContain('lost%2Bfound');
    // What was removed again before its mail was due is in none.
    const mails = await door.takeMails();
    const told = mails.flatMap(({ intent }) =>
      intent.template === 'group-deposits' ? intent.files.map(({ name }) => name) : [],
    );
    expect([...new Set(told)].sort()).toEqual(['log.txt', 'open.txt', 'shared.txt', 'é & #1 100%.bin']);
  });
});

/** The door lives in this very process: a look at the mount from here would wait for itself. */
async function there(
  person: string,
  script: string,
  options: { meanwhile?: () => Promise<void> } = {},
): Promise<string> {
  const cwd = join(directory, person, 'mount', door.group);
  const running = run('sh', ['-euc', `cd "$0"; ${script}`, cwd], { timeoutSeconds: 45 });
  await options.meanwhile?.();
  const { code, stdout, stderr } = await running;
  expect([code, stderr]).toEqual([0, '']);
  return stdout;
}

/** davfs2 sends what was closed a little later; an upload under way is a row of the appliance or a lock. */
async function settled(person: string): Promise<void> {
  await run('sync', ['-f', join(directory, person, 'mount')], { timeoutSeconds: 30 });
  await expect.poll(async () => (await door.operator.locks()).length, { timeout: 20_000 }).toBe(0);
}

async function depositsOf(name: string): Promise<number> {
  const rows = await door.history();
  return rows.filter(
    (row) => row.action === 'deposit' && row.outcome === 'ok' && row.path?.endsWith(`/${name}`),
  ).length;
}

async function mount(person: PersonKey): Promise<void> {
  const home = join(directory, person);
  const [point, cache] = [join(home, 'mount'), join(home, 'cache')];
  await mkdir(point, { recursive: true });
  await mkdir(cache);
  await chmod(cache, 0o777);
  const url = `http://127.0.0.1:${door.port}/dav/`;
  await writeFile(join(home, 'secrets'), `"${url}" "${PEOPLE[person].login}" "${door.password}"\n`, {
    mode: 0o600,
  });
  const settings = {
    secrets: join(home, 'secrets'),
    cache_dir: cache,
    ask_auth: 0,
    use_locks: 1,
    delay_upload: 0,
    dir_refresh: 1,
    file_refresh: 0,
  };
  const text = Object.entries(settings).map(([name, value]) => `${name} ${value}\n`);
  await writeFile(join(home, 'davfs2.conf'), text.join(''), { mode: 0o600 });
  const mounted = await run('mount.davfs', [url, point, '-o', `conf=${join(home, 'davfs2.conf')}`], {
    timeoutSeconds: 20,
  });
  if (mounted.code !== 0) throw new Error(`davfs2 did not mount: ${mounted.stderr}`);
}
