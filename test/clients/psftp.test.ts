import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ClientBench, openClientBench } from '../protocols/sftp/ssh-clients.js';
import { hasProgram, run } from '../support/programs.js';

let bench: ClientBench;
beforeAll(async () => {
  bench = await openClientBench();
});
afterAll(async () => {
  await bench.close();
});

describe.skipIf(!hasProgram('psftp'))('psftp', () => {
  test('puts, lists, gets, moves, makes and removes, and ends by itself', async () => {
    const sha256 = await bench.makeFile('psftp.bin', 3_000_000);
    const commands = [
      `cd "${bench.door.base}"`,
      'put psftp.bin',
      'mkdir dossier',
      'mv psftp.bin dossier/moved.bin',
      'ls dossier',
      'get dossier/moved.bin psftp.back',
      'del dossier/moved.bin',
      'rmdir dossier',
      'quit',
    ];
    await writeFile(bench.local('batch'), `${commands.join('\n')}\n`);
    const account = ['-l', bench.login, '-pw', bench.door.password, '-hostkey', bench.door.fingerprint];
    const { code, stdout } = await run(
      'psftp',
      ['-P', String(bench.door.port), ...account, '-batch', '-b', 'batch', '127.0.0.1'],
      { cwd: bench.local('.'), environment: { HOME: bench.local('.') } },
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^-rw-r----- +1 peps +peps +3000000 .* moved\.bin$/mu);
    expect(stdout).toContain('dossier: OK');
    expect(await bench.sha256Of('psftp.back')).toBe(sha256);
  });
});
