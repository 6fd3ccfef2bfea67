import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestDoor, someBytes, type TestDoor } from '../protocols/webdav/support.js';
import { PEOPLE } from '../support/appliance.js';
import { hasProgram, run } from '../support/programs.js';

const GVFS_DAV = '/usr/libexec/gvfsd-dav';
const isThere = hasProgram('gio') && hasProgram('dbus-run-session') && existsSync(GVFS_DAV);
if (!isThere && process.env.CI === 'true') throw new Error('gvfs is not installed, so its tests cannot run.');

let door: TestDoor;
let directory: string;

/** What GNOME's file manager does, through the same library. */
describe.skipIf(!isThere)('gvfs', () => {
  beforeAll(async () => {
    door = await openTestDoor();
    directory = await mkdtemp(join(tmpdir(), 'peps-gvfs-'));
  });
  afterAll(async () => {
    await door.stop();
    await rm(directory, { recursive: true, force: true });
  });

  test('mounts, copies both ways, lists, renames, saves over, makes and removes', async () => {
    const bytes = someBytes(2_000_003);
    await writeFile(join(directory, 'source.bin'), bytes);
    await writeFile(join(directory, 'second.txt'), 'second version');
    const said = await inSession(`
      gio mkdir "$group/Nouveau dossier"
      gio copy source.bin "$group/Nouveau dossier/%C3%A9%20%26%20%231.bin"
      gio list -l "$group/Nouveau dossier"
      gio copy "$group/Nouveau dossier/%C3%A9%20%26%20%231.bin" back.bin
      gio rename "$group/Nouveau dossier/%C3%A9%20%26%20%231.bin" "renommé.bin"
      gio move "$group/Nouveau dossier/renommé.bin" "$group/moved.bin"
      echo first | gio save "$group/text.txt"
      gio cat "$group/text.txt"
      cat second.txt | gio save "$group/text.txt"
      gio info -f "$group" | grep filesystem::
      gio info "$group/moved.bin" | grep -E "standard::size|etag::value"
      gio remove "$group/Nouveau dossier"
    `);
    expect([said.code, said.stderr.match(/^gio: .*/gmu)]).toEqual([0, null]);
    expect((await readFile(join(directory, 'back.bin'))).equals(bytes)).toBe(true);
    expect(said.stdout).toMatch(/é & #1\.bin\s+2000003\s+\(regular\)/u);
    expect(said.stdout).toContain('first\n');
    expect(said.stdout).toMatch(/filesystem::free: \d+/u);
    expect(said.stdout).toContain('standard::size: 2000003');
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const head = await door.send('marc', 'HEAD', `${door.base}/moved.bin`);
    expect(head.headers['oc-checksum']).toBe(`SHA256:${sha256}`);
    expect((await door.send('marc', 'GET', `${door.base}/text.txt`)).text).toBe('second version');
    expect((await door.send('marc', 'HEAD', `${door.base}/Nouveau%20dossier`)).status).toBe(404);
  }, 60_000);

  test('each save was one deposit', async () => {
    const deposits = (await door.history()).filter(({ action }) => action === 'deposit');
    expect(deposits.map(({ path, outcome }) => `${path?.split('/').at(-1)} ${outcome}`)).toEqual([
      'é & #1.bin ok',
      'text.txt ok',
      'text.txt ok',
    ]);
  });
});

/** Runs commands in a session of their own, which ends with them, after the drive is mounted there. */
async function inSession(commands: string) {
  const address = `dav://${encodeURIComponent(PEOPLE.claire.login)}@127.0.0.1:${door.port}/dav`;
  const script = `
    gio mount "${address}/" <<END > mount.log 2>&1 || { cat mount.log >&2; exit 1; }
${door.password}
END
    group="${address}/${encodeURIComponent(door.group)}"
    ${commands}
  `;
  return run('dbus-run-session', ['--', 'sh', '-euc', script], {
    cwd: directory,
    timeoutSeconds: 50,
    environment: { HOME: directory, XDG_RUNTIME_DIR: directory, GIO_USE_VFS: 'gvfs' },
  });
}
