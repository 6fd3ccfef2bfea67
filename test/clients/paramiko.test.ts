import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ClientBench, openClientBench } from '../protocols/sftp/ssh-clients.js';
import { run } from '../support/programs.js';

/** Debian's own Python, whatever another one on the PATH may have. */
const PYTHON = '/usr/bin/python3';
const hasParamiko = spawnSync(PYTHON, ['-c', 'import paramiko']).status === 0;
if (!hasParamiko) {
  if (process.env.CI === 'true') throw new Error('paramiko is not installed, so its tests cannot run.');
  process.stderr.write('\nSKIPPED: paramiko is not installed, so its tests do not run.\n');
}

const SCRIPT = `
import os, sys, warnings
warnings.simplefilter('ignore')
import paramiko

def refused(act, *args):
    try:
        act(*args)
    except IOError as error:
        return error
    raise AssertionError('%r was not refused' % (args,))

transport = paramiko.Transport(('127.0.0.1', int(os.environ['PEPS_TEST_PORT'])))
transport.connect(username=os.environ['PEPS_TEST_LOGIN'], password=os.environ['PEPS_TEST_PASSWORD'])
sftp = paramiko.SFTPClient.from_transport(transport)
sftp.chdir(os.environ['PEPS_TEST_BASE'])

sftp.put('source.bin', 'paramiko.bin', confirm=True)
sftp.get('paramiko.bin', 'paramiko.back')

with sftp.open('text.txt', 'w') as file: file.write('hello ')
with sftp.open('text.txt', 'a') as file: file.write('world')
assert sftp.open('text.txt').read() == b'hello world'
with sftp.open('text.txt', 'r+') as file:
    file.write('J')
    file.flush()
    file.seek(0)
    assert file.read() == b'Jello world'
    file.truncate(5)
assert sftp.open('text.txt').read() == b'Jello'
sftp.truncate('text.txt', 3)
assert sftp.open('text.txt').read() == b'Jel'
sftp.utime('text.txt', (1, 1700000000))
assert sftp.stat('text.txt').st_mtime == 1700000000
sftp.open('other.txt', 'w').close()
refused(sftp.rename, 'text.txt', 'other.txt')
sftp.posix_rename('text.txt', 'other.txt')
assert sftp.open('other.txt').read() == b'Jel'
refused(sftp.open, 'other.txt', 'wx')
refused(sftp.symlink, 'other.txt', 'link')
refused(sftp.readlink, 'other.txt')
refused(sftp.remove, '.')
assert refused(sftp.stat, 'absent').errno == 2
sftp.mkdir('folder')
refused(sftp.mkdir, 'folder')
sftp.open('folder/inside', 'w').close()
refused(sftp.rmdir, 'folder')
sftp.remove('folder/inside')
sftp.rmdir('folder')
assert sorted(sftp.listdir()) == ['other.txt', 'paramiko.bin'], sftp.listdir()
assert sftp.normalize('../x/./y/..') == '/x', sftp.normalize('../x/./y/..')
transport.close()
print('done')
`;

let bench: ClientBench;
beforeAll(async () => {
  bench = await openClientBench();
});
afterAll(async () => {
  await bench.close();
});

test.skipIf(!hasParamiko)(
  'paramiko reads, writes, appends, truncates, renames and is refused as it expects',
  async () => {
    const sha256 = await bench.makeFile('source.bin', 2_000_000);
    await writeFile(bench.local('script.py'), SCRIPT);
    const result = await run(PYTHON, ['script.py'], {
      cwd: bench.local('.'),
      environment: {
        ...bench.environment,
        PEPS_TEST_PORT: String(bench.door.port),
        PEPS_TEST_LOGIN: bench.login,
        PEPS_TEST_BASE: bench.door.base,
      },
    });
    expect(result).toMatchObject({ code: 0, stdout: 'done\n' });
    expect(await bench.sha256Of('paramiko.back')).toBe(sha256);
    expect(await bench.rowsOf('/paramiko.bin')).toEqual(['deposit ok', 'download ok']);
  },
);
