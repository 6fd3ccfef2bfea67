import { spawn } from 'node:child_process';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DataFolderInUseError, lockDataFolder } from '../../server/serve-lock.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'peps-lock-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Another process that listens on the lock's address and is then killed: what a crashed daemon leaves behind. */
async function leaveStaleLock(): Promise<void> {
  const listen = `require('net').createServer().listen(${JSON.stringify(path.join(folder, 'serve.sock'))}, () => console.log('on'))`;
  const child = spawn(process.execPath, ['-e', listen], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}

describe('the lock on a data folder', () => {
  test('is held by one at a time', async () => {
    const lock = await lockDataFolder(folder);
    await expect(lockDataFolder(folder)).rejects.toThrow(DataFolderInUseError);
    await lock.release();
    await lock.release();
    await (await lockDataFolder(folder)).release();
  });

  test('does not outlive a process that was killed', async () => {
    await leaveStaleLock();
    expect((await stat(path.join(folder, 'serve.sock'))).isSocket()).toBe(true);
    const lock = await lockDataFolder(folder);
    await expect(lockDataFolder(folder)).rejects.toThrow(DataFolderInUseError);
    await lock.release();
  });

  test('goes to exactly one of several that start together, stale lock or not', async () => {
    for (const isStale of [false, true]) {
      if (isStale) await leaveStaleLock();
      // Each from a process of its own, as daemons do.
      const attempts = await Promise.all(Array.from({ length: 4 }, () => tryInOwnProcess(folder)));
      expect(attempts.filter((said) => said === 'held')).toHaveLength(1);
    }
  });

  test('makes the folder, for its owner alone, however long its name', async () => {
    const deep = path.join(folder, 'a'.repeat(60), 'b'.repeat(60));
    const lock = await lockDataFolder(deep);
    expect((await stat(deep)).mode & 0o777).toBe(0o700);
    await expect(lockDataFolder(deep)).rejects.toThrow(DataFolderInUseError);
    await lock.release();
  });

  test('refuses what is no folder', async () => {
    const file = path.join(folder, 'file');
    await writeFile(file, '');
    await expect(lockDataFolder(file)).rejects.toThrow(/EEXIST|ENOTDIR/u);
  });
});

/** Holds the lock for a while. @returns `held` or `refused` */
function tryInOwnProcess(dataDir: string): Promise<string> {
  const module = path.join(import.meta.dirname, '..', '..', 'dist', 'server', 'serve-lock.js');
  const program = `import(${JSON.stringify(module)}).then(async ({ lockDataFolder }) => {
    const lock = await lockDataFolder(${JSON.stringify(dataDir)});
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await lock.release();
    process.stdout.write('held');
  }).catch(() => process.stdout.write('refused'));`;
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.on('data', (chunk) => {
      said += chunk;
    });
    child.once('close', () => resolve(said));
  });
}
