import { readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ClientBench, openClientBench } from '../protocols/sftp/ssh-clients.js';
import { SERVICE_LOGIN } from '../support/appliance.js';
import { hasProgram, type Run, run } from '../support/programs.js';

let bench: ClientBench;
beforeAll(async () => {
  bench = await openClientBench();
});
afterAll(async () => {
  await bench.close();
});

/** Runs a batch by password; stops at the first command that fails, as `sftp -b` does. */
function sftp(commands: readonly string[], options: readonly string[] = []): Promise<Run> {
  // Of an option given twice, OpenSSH takes the first.
  const args = ['-P', String(bench.door.port), '-o', 'BatchMode=no', ...options, ...bench.sshOptions];
  return run('sftp', [...args, '-b', '-', '127.0.0.1'], {
    input: `${commands.join('\n')}\n`,
    environment: bench.environment,
    cwd: bench.local('.'),
  });
}

function succeeded({ code, stderr }: Run): void {
  expect(stderr.replace(/^Connected to .*\n/u, '')).toBe('');
  expect(code).toBe(0);
}

const remote = (name: string): string => `"${bench.door.base}/${name}"`;

describe.skipIf(!hasProgram('sftp'))('OpenSSH sftp', () => {
  test('puts, lists, gets, renames, makes and removes', async () => {
    const sha256 = await bench.makeFile('été 1.bin', 5_000_000);
    const result = await sftp([
      `cd "${bench.door.base}"`,
      'put "été 1.bin"',
      'mkdir dossier',
      'rename "été 1.bin" "dossier/bilan final.bin"',
      'ls -l dossier',
      'get "dossier/bilan final.bin" back.bin',
      'copy "dossier/bilan final.bin" dossier/copy.bin',
      'get dossier/copy.bin copy.bin',
      'rm dossier/copy.bin',
      'df -h',
      'pwd',
    ]);
    succeeded(result);
    expect(result.stdout).toMatch(/-rw-r----- +1 peps +peps +5000000 .* bilan final\.bin/u);
    expect(result.stdout).toContain(`Remote working directory: ${bench.door.base}`);
    expect(await bench.sha256Of('back.bin')).toBe(sha256);
    expect(await bench.sha256Of('copy.bin')).toBe(sha256);
    expect(await bench.rowsOf('bilan final.bin')).toEqual(['download ok', 'download sent']);
    succeeded(await sftp([`rm ${remote('dossier/bilan final.bin')}`, `rmdir ${remote('dossier')}`]));
  });

  test('keeps times, overwrites by rename, and puts and gets whole folders', async () => {
    await bench.makeTree('tree');
    const at = new Date('2025-03-04T05:06:07Z');
    await utimes(bench.local('tree/empty.flag'), at, at);
    succeeded(
      await sftp([
        `put -pr tree ${remote('tree')}`,
        `get -pr ${remote('tree')} tree-back`,
        `rename ${remote('tree/sub/f1.bin')} ${remote('tree/sub/f2.bin')}`,
        `chmod 600 ${remote('tree/sub/f2.bin')}`,
        `get ${remote('tree/sub/f2.bin')} f2.bin`,
      ]),
    );
    expect(await bench.treeOf('tree-back')).toEqual(await bench.treeOf('tree'));
    expect((await stat(bench.local('tree-back/empty.flag'))).mtime).toEqual(at);
    expect(await bench.sha256Of('f2.bin')).toBe(await bench.sha256Of('tree/sub/f1.bin'));
  });

  test('resumes a put and a get', async () => {
    const sha256 = await bench.makeFile('resume.bin', 3_000_000);
    const whole = await readFile(bench.local('resume.bin'));
    await writeFile(bench.local('first.bin'), whole.subarray(0, 1_000_000));
    await writeFile(bench.local('resume-back.bin'), whole.subarray(0, 1_234_567));
    succeeded(
      await sftp([
        `put first.bin ${remote('resume.bin')}`,
        `reput resume.bin ${remote('resume.bin')}`,
        `reget ${remote('resume.bin')} resume-back.bin`,
      ]),
    );
    expect(await bench.sha256Of('resume-back.bin')).toBe(sha256);
    expect(await bench.rowsOf('/resume.bin')).toEqual(['deposit ok', 'deposit ok', 'read ok']);
  });

  test.each([
    ['small requests', ['-B', '1000', '-R', '3']],
    ['compression asked for', ['-C']],
    ['chacha20', ['-c', 'chacha20-poly1305@openssh.com']],
    ['aes-ctr', ['-c', 'aes128-ctr', '-o', 'MACs=hmac-sha2-512-etm@openssh.com']],
    ['group16', ['-o', 'KexAlgorithms=diffie-hellman-group16-sha512']],
    ['its own rekeying every MiB', ['-o', 'RekeyLimit=1M']],
  ])('transfers with %s', async (name, options) => {
    const sha256 = await bench.makeFile('option.bin', 4_000_000);
    succeeded(await sftp([`put option.bin ${remote(name)}`, `get ${remote(name)} option.back`], options));
    expect(await bench.sha256Of('option.back')).toBe(sha256);
  });

  test('is told what failed', async () => {
    const removed = await sftp([`rm ${remote('absent')}`]);
    expect(removed.code).toBe(1);
    expect(removed.stderr).toContain('No such file or directory');
    // OpenSSH keeps the sentence of a failure to itself.
    expect((await sftp([`mkdir ${remote('con')}`])).stderr).toMatch(/remote mkdir .*: Failure/u);
  });

  test('signs a service account in by key, and refuses RSA with SHA-1', async () => {
    const keys = { ed25519: [], rsa: ['-b', '3072'], ecdsa: ['-b', '256'] };
    for (const [type, bits] of Object.entries(keys)) {
      await run('ssh-keygen', ['-q', '-t', type, ...bits, '-N', '', '-f', bench.local(`id-${type}`)]);
      const line = await readFile(bench.local(`id-${type}.pub`), 'utf8');
      await bench.door.operator.addKey(SERVICE_LOGIN, line.trim());
      succeeded(await withKey(type, []));
    }
    const sha1 = await withKey('rsa', ['-o', 'PubkeyAcceptedAlgorithms=ssh-rsa']);
    expect(sha1.code).toBe(255);
    expect(sha1.stderr).toContain('Permission denied');
  });

  function withKey(type: string, options: readonly string[]): Promise<Run> {
    const key = [
      '-i',
      bench.local(`id-${type}`),
      '-o',
      'IdentitiesOnly=yes',
      '-o',
      'PreferredAuthentications=publickey',
    ];
    return sftp([`ls "${bench.door.base}"`], ['-o', `User=${SERVICE_LOGIN}`, ...key, ...options]);
  }
});

describe.skipIf(!hasProgram('ssh'))('OpenSSH ssh', () => {
  test.each([['id'], ['-N', '-R', '0:127.0.0.1:22', '-o', 'ExitOnForwardFailure=yes']])(
    'gets neither commands nor tunnels: %s',
    async (...args) => {
      const target = ['-p', String(bench.door.port), ...bench.sshOptions];
      const options = args[0] === 'id' ? [...target, '127.0.0.1', 'id'] : [...target, ...args, '127.0.0.1'];
      const result = await run('ssh', options, { environment: bench.environment, timeoutSeconds: 20 });
      expect(result.code).toBe(255);
    },
  );
});
