import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openTestDoor, someBytes, type TestDoor } from '../protocols/webdav/support.js';
import { PEOPLE } from '../support/appliance.js';
import { hasProgram, run } from '../support/programs.js';

const BYTES = someBytes(3_000_003);
const SHA256 = createHash('sha256').update(BYTES).digest('hex');

let door: TestDoor;
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'peps-clients-'));
  await writeFile(join(directory, 'été.bin'), BYTES);
  door = await openTestDoor();
});
afterAll(async () => {
  await door.stop();
  await rm(directory, { recursive: true, force: true });
});

const urlOf = (name: string) => `http://127.0.0.1:${door.port}${door.base}/${encodeURIComponent(name)}`;
const local = (name: string) => join(directory, name);

/** Deposits and proven downloads of files of that name, with their digests. */
async function rowsOf(name: string): Promise<string[]> {
  const rows = (await door.history()).filter(
    (row) => row.path?.endsWith(`/${name}`) && row.sha256 === SHA256,
  );
  return rows.map((row) => `${row.action} ${row.outcome}`);
}

describe.skipIf(!hasProgram('curl'))('curl', () => {
  test('sends a file and fetches it', async () => {
    const credentials = `${PEOPLE.nadia.login}:${door.password}`;
    const put = await run('curl', ['-sfT', local('été.bin'), '-u', credentials, urlOf('curl.bin')]);
    expect(put.code).toBe(0);
    const get = await run('curl', ['-sf', '-o', local('curl.bin'), '-u', credentials, urlOf('curl.bin')]);
    expect(get.code).toBe(0);
    expect((await readFile(local('curl.bin'))).equals(BYTES)).toBe(true);
    await vi.waitFor(async () => expect(await rowsOf('curl.bin')).toEqual(['deposit ok', 'download ok']));
  });

  test('goes on with a transfer that stopped, and the parts make one download', async () => {
    const credentials = `${PEOPLE.claire.login}:${door.password}`;
    await door.send('nadia', 'PUT', `${door.base}/resumed.bin`, { body: BYTES });
    await writeFile(local('resumed.bin'), BYTES.subarray(0, 1_000_000));
    await run('curl', ['-sf', '-r', '0-999999', '-o', '/dev/null', '-u', credentials, urlOf('resumed.bin')]);
    const rest = await run('curl', [
      '-sf',
      '-C',
      '-',
      '-o',
      local('resumed.bin'),
      '-u',
      credentials,
      urlOf('resumed.bin'),
    ]);
    expect(rest.code).toBe(0);
    expect((await readFile(local('resumed.bin'))).equals(BYTES)).toBe(true);
    await vi.waitFor(async () =>
      expect(await rowsOf('resumed.bin')).toEqual(['deposit ok', 'read ok', 'download ok']),
    );
  });
});

describe.skipIf(!hasProgram('cadaver'))('cadaver', () => {
  test('lists, sends, locks, renames, fetches and deletes', async () => {
    await writeFile(
      local('.netrc'),
      `machine 127.0.0.1 login ${PEOPLE.claire.login} password ${door.password}\n`,
    );
    const input = [
      'mkcol cadaver',
      'cd cadaver',
      'put été.bin',
      'lock été.bin',
      'discover été.bin',
      'propset été.bin note kept',
      'propget été.bin note',
      'unlock été.bin',
      'move été.bin renamed.bin',
      'copy renamed.bin copied.bin',
      'ls',
      'get renamed.bin fetched.bin',
      'delete copied.bin',
      'quit',
    ].join('\n');
    const environment = { HOME: directory };
    const { stdout } = await run('cadaver', [urlOf('')], { cwd: directory, environment, input });
    expect(stdout).toMatch(/renamed\.bin\s+3000003/u);
    expect(stdout).toMatch(/copied\.bin\s+3000003/u);
    expect(stdout).toMatch(/Value of .*note.*: kept/u);
    expect(stdout).toContain('opaquelocktoken:');
    expect(stdout).not.toMatch(/failed/iu);
    expect((await readFile(local('fetched.bin'))).equals(BYTES)).toBe(true);
    const left = await door.send('claire', 'PROPFIND', `${door.base}/cadaver`, { headers: { Depth: '1' } });
    expect(left.text.match(/<D:response>/gu)).toHaveLength(2);
  });
});

describe.skipIf(!hasProgram('rclone'))('rclone', () => {
  test('mirrors a folder there and back, and finds both the same', async () => {
    await mkdir(local('tree/deep folder'), { recursive: true });
    for (const name of ['a.txt', 'deep folder/#1 100% été & co.txt', 'deep folder/b.bin'])
      await writeFile(local(`tree/${name}`), name.endsWith('.bin') ? BYTES : name);
    await writeFile(local('rclone.conf'), '');
    const obscured = await run('rclone', ['obscure', door.password]);
    const environment = {
      HOME: directory,
      RCLONE_CONFIG: local('rclone.conf'),
      RCLONE_WEBDAV_URL: urlOf(''),
      RCLONE_WEBDAV_VENDOR: 'other',
      RCLONE_WEBDAV_USER: PEOPLE.claire.login,
      RCLONE_WEBDAV_PASS: obscured.stdout.trim(),
    };
    const rclone = (...args: string[]) => run('rclone', [...args, '--retries', '1'], { environment });
    const up = await rclone('copy', local('tree'), ':webdav:mirror');
    expect([up.code, up.stderr]).toEqual([0, '']);
    const check = await rclone('check', '--download', local('tree'), ':webdav:mirror');
    expect(check.stderr).toContain('0 differences found');
    expect((await rclone('moveto', ':webdav:mirror', ':webdav:moved here')).code).toBe(0);
    const down = await rclone('copy', ':webdav:moved here', local('back'));
    expect([down.code, down.stderr]).toEqual([0, '']);
    expect((await readFile(local('back/deep folder/b.bin'))).equals(BYTES)).toBe(true);
    const about = await rclone('about', ':webdav:', '--json');
    expect(JSON.parse(about.stdout).used).toBeGreaterThan(BYTES.length);
    expect((await rclone('purge', ':webdav:moved here')).code).toBe(0);
  }, 60_000);

  test('syncs only what changed, overwrites one file, and keeps dates and digests with an ownCloud server’s ways', async () => {
    await mkdir(local('sync/sub'), { recursive: true });
    await writeFile(local('sync/a.txt'), 'one');
    await writeFile(local('sync/sub/b.txt'), 'two');
    await utimes(local('sync/a.txt'), 1_700_000_000, 1_700_000_000);
    const obscured = await run('rclone', ['obscure', door.password]);
    const environment = {
      HOME: directory,
      RCLONE_CONFIG: local('rclone.conf'),
      RCLONE_WEBDAV_URL: urlOf(''),
      RCLONE_WEBDAV_VENDOR: 'owncloud',
      RCLONE_WEBDAV_USER: PEOPLE.claire.login,
      RCLONE_WEBDAV_PASS: obscured.stdout.trim(),
    };
    const rclone = (...args: string[]) => run('rclone', [...args, '--retries', '1'], { environment });
    const depositsOf = async (name: string) =>
      (await door.history()).filter((row) => row.action === 'deposit' && row.path?.endsWith(`/${name}`))
        .length;
    expect((await rclone('sync', local('sync'), ':webdav:synced')).code).toBe(0);
    await writeFile(local('sync/sub/b.txt'), 'two, changed');
    expect((await rclone('sync', local('sync'), ':webdav:synced')).code).toBe(0);
    expect([await depositsOf('synced/a.txt'), await depositsOf('synced/sub/b.txt')]).toEqual([1, 2]);
    const head = await door.send('claire', 'HEAD', `${door.base}/synced/a.txt`);
    expect(head.headers['last-modified']).toBe('Tue, 14 Nov 2023 22:13:20 GMT');
    await writeFile(local('single.txt'), 'over it');
    expect((await rclone('copyto', local('single.txt'), ':webdav:synced/a.txt')).code).toBe(0);
    expect((await door.send('claire', 'GET', `${door.base}/synced/a.txt`)).text).toBe('over it');
    await rm(local('sync/a.txt'));
    expect((await rclone('sync', local('sync'), ':webdav:synced')).code).toBe(0);
    expect((await door.send('claire', 'HEAD', `${door.base}/synced/a.txt`)).status).toBe(404);
  }, 60_000);
});
