import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
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

/** The door lives in this very process: a look at the mount from here would wait for itself. */
async function inMount(script: string): Promise<string> {
  const { code, stdout, stderr } = await run('sh', ['-euc', script], {
    cwd: bench.local('.'),
    timeoutSeconds: 30,
  });
  expect([code, stderr]).toEqual([0, '']);
  return stdout;
}

describe.skipIf(!canMount)('sshfs', () => {
  test('copies, appends, moves over, truncates and syncs', async () => {
    const sha256 = await bench.makeFile('source.bin', 3_000_000);
    expect(await inMount('cp source.bin mount/copied.bin; sha256sum < mount/copied.bin')).toBe(
      `${sha256}  -\n`,
    );
    expect(await inMount('cd mount; echo one >> log.txt; echo two >> log.txt; cat log.txt')).toBe(
      'one\ntwo\n',
    );
    expect(await inMount('mv mount/copied.bin mount/log.txt; sha256sum < mount/log.txt')).toBe(
      `${sha256}  -\n`,
    );
    await inMount('truncate -s 1000 mount/log.txt; head -c 1000 source.bin | cmp - mount/log.txt');
    await inMount(
      'dd if=source.bin of=mount/synced.bin bs=100k conv=fsync status=none; cmp source.bin mount/synced.bin',
    );
    expect(Number(await inMount('df --output=avail mount | tail -n 1'))).toBeGreaterThan(0);
  });

  test('unpacks and removes a folder', async () => {
    await bench.makeTree('tree');
    await inMount('tar -cf - tree | tar -C mount -xf - --no-same-owner; diff -r tree mount/tree');
    expect(await inMount('rm -r mount/tree; ls mount')).not.toContain('tree');
  });
});
