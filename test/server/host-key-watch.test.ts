import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  type HostKeys,
  loadOrCreateHostKey,
  nextHostKeyFile,
  planHostKey,
} from '../../protocols/sftp/index.js';
import { type HostKeyWatch, watchHostKeys } from '../../server/host-key-watch.js';
import { createLogger } from '../../server/logger.js';
import { createFakeClock, type FakeClock } from '../support/fake-clock.js';

let folder: string;
let file: string;
let clock: FakeClock;
let lines: { level: string; msg: string; problem?: string }[];
let changes: string[];
let watch: HostKeyWatch | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'peps-watch-'));
  file = join(folder, 'ssh-host-key');
  clock = createFakeClock();
  lines = [];
  changes = [];
});
afterEach(async () => {
  await watch?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function start(): Promise<HostKeyWatch> {
  const logger = createLogger(
    { level: 'info', clock },
    { write: (text) => void lines.push(JSON.parse(text)) },
  );
  watch = await watchHostKeys({
    ...{ file, clock, logger, lookEveryMs: 10 },
    changed: async (fingerprint) => void changes.push(fingerprint),
  });
  return watch;
}

const inOneHour = () => new Date(clock.now().getTime() + 3_600_000);
const errors = () => lines.filter(({ level }) => level === 'error');

async function until(isSo: () => boolean): Promise<void> {
  for (let left = 300; left > 0 && !isSo(); left -= 1)
    await new Promise((resolve) => setTimeout(resolve, 10));
  expect(isSo()).toBe(true);
}

test('a plan, its hour and the change are seen while the daemon runs, and told once each', async () => {
  const used: HostKeys[] = [];
  (await start()).follow((keys) => used.push(keys));
  const { next } = await planHostKey(file, inOneHour());
  await until(() => used.at(-1)?.next?.fingerprint === next?.fingerprint);
  clock.advance(3600);
  await until(() => used.at(-1)?.current.fingerprint === next?.fingerprint);
  expect(changes).toEqual([next?.fingerprint]);
  expect(lines.map(({ msg }) => msg)).toEqual(['the next host key is announced', 'a new host key is in use']);
});

test('a damaged next key stops no start: the current one is used, and one line says why', async () => {
  const { current } = await planHostKey(file, inOneHour());
  await writeFile(nextHostKeyFile(file), 'damaged');
  clock.advance(7200);
  const { hostKeys, follow } = await start();
  const used: HostKeys[] = [];
  follow((keys) => used.push(keys));
  expect([hostKeys.current.fingerprint, hostKeys.next]).toEqual([current.fingerprint, null]);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(errors().map(({ problem }) => problem)).toEqual([
    `The SSH host key ${nextHostKeyFile(file)} cannot be read: it holds no private key.`,
  ]);
  expect(used).toEqual([]);
});

test('a damaged current key stops the start with a sentence, and is left as it is', async () => {
  await writeFile(file, 'damaged', { mode: 0o600 });
  await expect(start()).rejects.toThrow(`The SSH host key ${file} cannot be read`);
  expect(await readFile(file, 'utf8')).toBe('damaged');
});

test('a key that vanishes while the daemon runs is neither made anew nor missed', async () => {
  const { fingerprint } = await loadOrCreateHostKey(file);
  const used: HostKeys[] = [];
  (await start()).follow((keys) => used.push(keys));
  await rename(file, join(folder, 'away'));
  await until(() => errors().length === 1);
  expect(used).toEqual([]);
  await rename(join(folder, 'away'), file);
  await until(() => used.length === 1);
  expect(used[0]?.current.fingerprint).toBe(fingerprint);
});
