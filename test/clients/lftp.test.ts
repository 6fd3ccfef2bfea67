import { readFile, writeFile } from 'node:fs/promises';
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

async function lftp(...commands: string[]): Promise<string> {
  const ssh = `ssh -a -x ${bench.sshOptions.join(' ')}`;
  const settings = [`set sftp:connect-program "${ssh}"`, 'set cmd:fail-exit yes', 'set net:max-retries 1'];
  const open = `open -u ${bench.login},${bench.door.password} sftp://127.0.0.1:${bench.door.port}`;
  const script = [...settings, open, `cd "${bench.door.base}"`, ...commands, 'bye'].join('; ');
  const environment = { HOME: bench.local('.') };
  const { code, stdout, stderr } = await run('lftp', ['-c', script], { environment, cwd: bench.local('.') });
  expect([code, stderr]).toEqual([0, '']);
  return stdout;
}

describe.skipIf(!hasProgram('lftp'))('lftp', () => {
  test('mirrors both ways, moves and removes', async () => {
    await bench.makeTree('tree');
    const listed = await lftp(
      'mirror -R tree tree',
      'mirror tree tree-back',
      'mv tree/empty.flag tree/e2',
      'cls -l tree',
    );
    expect(await bench.treeOf('tree-back')).toEqual(await bench.treeOf('tree'));
    expect(listed).toMatch(/^-rw-r----- +1 peps +peps +0 .* tree\/e2$/mu);
    await expect.poll(() => bench.rowsOf('tree/sub/f7.bin')).toEqual(['deposit ok', 'download ok']);
    await lftp('rm -r tree');
  });

  test('resumes a put, and gets it back over four connections', async () => {
    const sha256 = await bench.makeFile('whole.bin', 16_000_000);
    const whole = await readFile(bench.local('whole.bin'));
    await writeFile(bench.local('resumed.bin'), whole.subarray(0, 2_000_000));
    await lftp('put resumed.bin');
    await writeFile(bench.local('resumed.bin'), whole);
    await lftp('put -c resumed.bin', 'pget -n4 resumed.bin -o resumed.back');
    expect(await bench.sha256Of('resumed.back')).toBe(sha256);
    // It hangs up on the connections whose piece another one finished: what they brought is not proven.
    await expect
      .poll(async () => (await bench.rowsOf('/resumed.bin')).slice(0, 2))
      .toEqual(['deposit ok', 'deposit ok']);
  });
});
