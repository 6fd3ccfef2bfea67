import { randomBytes } from 'node:crypto';
import type { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parsePath, type Workspace } from '../../storage/index.js';
import { openTestStorage, type TestStorage } from '../support/appliance.js';
import { begin, failureOf, put } from './acts.js';
import { openParts, type Parts } from './parts.js';

const FILE = '/Crèche Les Lutins/large.bin';
const MIB = 1_048_576;

describe('a large deposit, whose thread dies', () => {
  let appliance: TestStorage;
  let parts: Parts;
  let nadia: Workspace;
  let thread: Worker | undefined;
  beforeAll(async () => {
    process.on('worker', (worker) => {
      thread = worker;
    });
    appliance = await openTestStorage();
    parts = await openParts(appliance);
    nadia = await appliance.workspace('nadia');
  });
  afterAll(async () => {
    await parts.close();
    await appliance.close();
  });

  test('publishes nothing, leaves nothing, and can be sent again', async () => {
    const bytes = randomBytes(5 * MIB);
    const upload = await begin(nadia, FILE);
    await upload.write(bytes.subarray(0, 3 * MIB), 0);
    await thread?.terminate();
    await expect(upload.commit()).rejects.toThrow('The thread that seals has ended.');
    expect(await failureOf(nadia.stat(parsePath(FILE)))).toBe('not-found');
    expect(await parts.rows('uploads')).toEqual([]);
    for await (const { id } of parts.blobs.list()) expect.unreachable(id);
    for await (const { id } of parts.blobs.listStaged()) expect.unreachable(id);

    const entry = await put(nadia, FILE, bytes);
    const download = await nadia.get(parsePath(FILE));
    expect((await download.read({ start: 0, end: entry.sizeBytes })).equals(bytes)).toBe(true);
    await download.close('interrupted', []);
  });
});
