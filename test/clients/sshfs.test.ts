import { existsSync } from 'node:fs';
import { appendFile, copyFile, mkdir, open, readFile, rename, rm, statfs, truncate } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ClientBench, openClientBench } from '../protocols/sftp/ssh-clients.js';
import { hasProgram, run } from '../support/programs.js';

const canMount = existsSync('/dev/fuse') && hasProgram('sshfs') && hasProgram('fusermount');
if (!existsSync('/dev/fuse'))
  process.stderr.write('\nSKIPPED: there is no /dev/fuse, so sshfs is not tested.\n');

let bench: ClientBench;
beforeAll(async () => {
  bench = await openClientBench();
  if (!canMount) return;
  await mkdir(bench.local('mount'));
  const mounted = await run(
    'sshfs',
    [
      ...['-p', String(bench.door.port), '-o', `ssh_command=ssh ${bench.sshOptions.join(' ')}`],
      `127.0.0.1:${bench.door.base}`,
      bench.local('mount'),
    ],
    { environment: bench.environment, timeoutSeconds: 20 },
  );
  if (mounted.code !== 0) throw new Error(`sshfs did not mount: ${mounted.stderr}`);
});
afterAll(async () => {
  if (canMount) await run('fusermount', ['-u', '-z', bench.local('mount')]);
  await bench.close();
});

describe.skipIf(!canMount)('sshfs', () => {
  const mounted = (name: string) => bench.local(`mount/${name}`);

  test('copies, appends, moves over, truncates and syncs', async () => {
    const sha256 = await bench.makeFile('source.bin', 3_000_000);
    await copyFile(bench.local('source.bin'), mounted('copied.bin'));
    expect(await bench.sha256Of('mount/copied.bin')).toBe(sha256);
    await appendFile(mounted('log.txt'), 'one\n');
    await appendFile(mounted('log.txt'), 'two\n');
    expect(await readFile(mounted('log.txt'), 'utf8')).toBe('one\ntwo\n');
    await rename(mounted('copied.bin'), mounted('log.txt'));
    expect(await bench.sha256Of('mount/log.txt')).toBe(sha256);
    await truncate(mounted('log.txt'), 1_000);
    expect((await readFile(mounted('log.txt'))).length).toBe(1_000);
    const synced = await open(mounted('synced.txt'), 'w');
    await synced.writeFile('synced');
    await synced.sync();
    await synced.close();
    expect(await readFile(mounted('synced.txt'), 'utf8')).toBe('synced');
    expect((await statfs(bench.local('mount'))).bavail).toBeGreaterThan(0);
  });

  test('unpacks and removes a folder', async () => {
    await bench.makeTree('tree');
    const { code, stderr } = await run('sh', [
      '-c',
      'tar -C "$0" -cf - tree | tar -C "$1" -xf - --no-same-owner',
      bench.local('.'),
      bench.local('mount'),
    ]);
    expect([code, stderr]).toEqual([0, '']);
    expect(await bench.treeOf('mount/tree')).toEqual(await bench.treeOf('tree'));
    await rm(mounted('tree'), { recursive: true });
    expect(existsSync(mounted('tree'))).toBe(false);
  });
});
