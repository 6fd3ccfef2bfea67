import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { Upload as TusUpload } from '@tus/server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createOpenUploads, type OpenUploads } from '../../portal/uploads/open-uploads.js';
import { UploadStore } from '../../portal/uploads/upload-store.js';
import { type FileEntry, isStorageError, type Workspace } from '../../storage/index.js';
import { GROUP_NAME, openTestStorage, type TestStorage } from '../support/appliance.js';

/** What becomes of an upload from the browser that nobody goes on with at once. */
const MIB = 1024 * 1024;
const LIMITS = { idleMs: 50, rememberMs: 60_000, perAccount: 2, inAll: 10 };
let appliance: TestStorage;
let nadia: Workspace;

beforeAll(async () => {
  appliance = await openTestStorage();
  nadia = await appliance.workspace('nadia', 'web');
});
afterAll(() => appliance.close());

function storeOver(uploads: OpenUploads, stored: FileEntry[] = []) {
  const onStored = (file: FileEntry) => void stored.push(file);
  return new UploadStore({ workspace: nadia, uploads, expectedSha256: undefined, onStored });
}

async function begin(store: UploadStore, name: string, size: number): Promise<string> {
  const metadata = { path: `${GROUP_NAME}/${name}` };
  return (await store.create(new TusUpload({ id: 'named later', size, offset: 0, metadata }))).id;
}

async function isParked(id: string): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    if ((await nadia.uploads({ state: 'parked' })).some((one) => one.id === id)) return;
    await pause(50);
  }
  throw new Error('It was not parked within five seconds.');
}

test('left alone it is parked, seen by nobody else, and goes on where it was to the right digest', async () => {
  const bytes = randomBytes(3 * MIB);
  const stored: FileEntry[] = [];
  const store = storeOver(createOpenUploads(LIMITS), stored);
  const id = await begin(store, 'parked.bin', bytes.length);
  expect(await store.write(Readable.from([bytes.subarray(0, 2 * MIB)]), id, 0)).toBe(2 * MIB);
  await isParked(id);
  // Another process, as after a restart of the daemon: nothing of it is in memory.
  const next = storeOver(createOpenUploads(LIMITS), stored);
  const { offset } = await next.getUpload(id);
  expect(offset).toBeGreaterThanOrEqual(MIB);
  expect(offset).toBeLessThan(2 * MIB);
  expect(await next.write(Readable.from([bytes.subarray(offset)]), id, offset)).toBe(bytes.length);
  expect(stored.map((file) => file.sha256)).toEqual([createHash('sha256').update(bytes).digest('hex')]);
  const lines = (await appliance.history()).filter((row) => row.path?.endsWith('/parked.bin'));
  expect(lines.map((row) => `${row.action} ${row.outcome}`)).toEqual(['deposit ok']);
});

test('left alone with less than a MiB it is over, with its line', async () => {
  const store = storeOver(createOpenUploads(LIMITS));
  const id = await begin(store, 'short.bin', 3 * MIB);
  await store.write(Readable.from([randomBytes(1000)]), id, 0);
  await expect
    .poll(() => store.getUpload(id).then(String, (error: unknown) => isStorageError(error, 'not-found')))
    .toBe(true);
  await expect
    .poll(async () => (await appliance.history()).filter((row) => row.path?.endsWith('/short.bin')).length)
    .toBe(1);
});

test('a third at once is asked to wait, and a place is free when one has ended', async () => {
  const store = storeOver(createOpenUploads({ ...LIMITS, idleMs: 60_000 }));
  const first = await begin(store, 'one.bin', 10);
  const second = await begin(store, 'two.bin', 10);
  const refused = await begin(store, 'three.bin', 10).catch((error: unknown) => error);
  expect(isStorageError(refused, 'throttled')).toBe(true);
  await store.write(Readable.from([randomBytes(10)]), first, 0);
  const third = await begin(store, 'three.bin', 10);
  await store.remove(second);
  await store.remove(third);
});
