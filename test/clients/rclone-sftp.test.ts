import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ClientBench, openClientBench } from '../protocols/sftp/ssh-clients.js';
import { hasProgram, type Run, run } from '../support/programs.js';

let bench: ClientBench;
beforeAll(async () => {
  bench = await openClientBench();
  await writeFile(bench.local('rclone.conf'), '');
});
afterAll(async () => {
  await bench.close();
});

async function rclone(...args: string[]): Promise<Run> {
  const obscured = await run('rclone', ['obscure', bench.door.password], {
    environment: { HOME: bench.local('.') },
  });
  const environment = {
    HOME: bench.local('.'),
    RCLONE_CONFIG: bench.local('rclone.conf'),
    RCLONE_SFTP_HOST: '127.0.0.1',
    RCLONE_SFTP_PORT: String(bench.door.port),
    RCLONE_SFTP_USER: bench.login,
    RCLONE_SFTP_PASS: obscured.stdout.trim(),
    RCLONE_SFTP_KNOWN_HOSTS_FILE: bench.local('known_hosts'),
  };
  return run('rclone', [...args, '--retries', '1'], { environment, cwd: bench.local('.') });
}

describe.skipIf(!hasProgram('rclone'))('rclone over SFTP', () => {
  test('syncs a folder there and back, checks it by content, moves and purges', async () => {
    await bench.makeTree('tree');
    await bench.makeFile('tree/big.bin', 5_000_000);
    const there = `:sftp:${bench.door.base}/mirror`;
    expect((await rclone('sync', 'tree', there)).code).toBe(0);
    expect((await rclone('check', '--download', 'tree', there)).stderr).toContain('0 differences found');
    // A second sync finds sizes and dates as it left them.
    await bench.door.takeMails();
    expect((await rclone('sync', 'tree', there)).code).toBe(0);
    expect(await bench.door.takeMails()).toEqual([]);
    expect((await rclone('moveto', `${there}/big.bin`, `${there}/moved.bin`)).code).toBe(0);
    expect((await rclone('lsl', there)).stdout).toMatch(/5000000 .* moved\.bin/u);
    expect((await rclone('copy', `${there}/sub`, 'sub-back')).code).toBe(0);
    expect(await bench.treeOf('sub-back')).toEqual(await bench.treeOf('tree/sub'));
    expect(JSON.parse((await rclone('about', there, '--json')).stdout).free).toBeGreaterThan(0);
    expect((await rclone('purge', there)).code).toBe(0);
  }, 60_000);
});
