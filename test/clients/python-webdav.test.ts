import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestDoor, someBytes, type TestDoor } from '../protocols/webdav/support.js';
import { PEOPLE } from '../support/appliance.js';
import { run } from '../support/programs.js';

// Debian's own Python, whatever another one on the PATH may have.
const PYTHON = '/usr/bin/python3';
const isThere = spawnSync(PYTHON, ['-c', 'import webdav3.client']).status === 0;
if (!isThere && process.env.CI === 'true')
  throw new Error('python3-webdavclient is not installed, so its tests cannot run.');
if (!isThere) process.stderr.write('\nSKIPPED: python3-webdavclient is not installed.\n');

const SCRIPT = `
import os, sys
from webdav3.client import Client
client = Client({"webdav_hostname": os.environ["DAV_HOST"], "webdav_root": "/dav", "webdav_login": os.environ["DAV_LOGIN"],
                 "webdav_password": os.environ["DAV_PASSWORD"]})
lot = os.environ["DAV_GROUP"] + "/lot"
client.mkdir(lot)
client.upload_sync(remote_path=lot + "/été & co.bin", local_path="source.bin")
print(sorted(client.list(lot)))
print(client.check(lot + "/été & co.bin"), client.check(lot + "/absent"))
print(client.info(lot + "/été & co.bin")["size"])
client.copy(lot + "/été & co.bin", lot + "/copy.bin")
client.move(lot + "/copy.bin", lot + "/moved.bin")
client.download_sync(remote_path=lot + "/moved.bin", local_path="back.bin")
client.clean(lot + "/moved.bin")
print(client.free() > 0)
print(sorted(client.list(lot)))
`;

let door: TestDoor;
let directory: string;

describe.skipIf(!isThere)('Python’s webdavclient', () => {
  beforeAll(async () => {
    door = await openTestDoor();
    directory = await mkdtemp(join(tmpdir(), 'peps-python-'));
  });
  afterAll(async () => {
    await door.stop();
    await rm(directory, { recursive: true, force: true });
  });

  test('makes, sends, lists, copies, moves, fetches and removes', async () => {
    const bytes = someBytes(1_000_003);
    await writeFile(join(directory, 'source.bin'), bytes);
    const { code, stdout, stderr } = await run(PYTHON, ['-c', SCRIPT], {
      cwd: directory,
      environment: {
        DAV_HOST: `http://127.0.0.1:${door.port}`,
        DAV_GROUP: door.group,
        DAV_LOGIN: PEOPLE.claire.login,
        DAV_PASSWORD: door.password,
      },
    });
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.trim().split('\n')).toEqual([
      "['été & co.bin']",
      'True False',
      '1000003',
      'True',
      "['été & co.bin']",
    ]);
    expect((await readFile(join(directory, 'back.bin'))).equals(bytes)).toBe(true);
    const deposits = (await door.history()).filter(({ action }) => action === 'deposit');
    expect(deposits.map(({ path }) => path?.split('/').at(-1))).toEqual(['été & co.bin']);
  }, 60_000);
});
