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

function scp(...args: string[]) {
  const options = ['-q', '-P', String(bench.door.port), ...bench.sshOptions];
  return run('scp', [...options, ...args], { environment: bench.environment, cwd: bench.local('.') });
}

describe.skipIf(!hasProgram('scp'))('scp', () => {
  test('puts and gets a file and a folder, whole', async () => {
    const sha256 = await bench.makeFile('scp.bin', 5_000_000);
    await bench.makeTree('tree');
    const base = `127.0.0.1:${bench.door.base}`;
    expect(await scp('-p', 'scp.bin', `${base}/scp.bin`)).toMatchObject({ code: 0, stderr: '' });
    expect(await scp('-p', `${base}/scp.bin`, 'scp.back')).toMatchObject({ code: 0, stderr: '' });
    expect(await bench.sha256Of('scp.back')).toBe(sha256);
    expect(await bench.rowsOf('/scp.bin')).toEqual(['deposit ok', 'download ok']);
    expect(await scp('-r', 'tree', `${base}/tree`)).toMatchObject({ code: 0, stderr: '' });
    expect(await scp('-r', `${base}/tree`, 'tree-back')).toMatchObject({ code: 0, stderr: '' });
    expect(await bench.treeOf('tree-back')).toEqual(await bench.treeOf('tree'));
  });

  test('in its old mode, which needs a command, is refused at once', async () => {
    await bench.makeFile('old.bin', 1_000);
    const refused = await scp('-O', 'old.bin', `127.0.0.1:${bench.door.base}/old.bin`);
    expect(refused.code).not.toBe(0);
    expect(await bench.rowsOf('/old.bin')).toEqual([]);
  });
});
