import { randomBytes, randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { BlobStore } from '../../storage/blobs/blob-store.js';

/** A store made for one test; `end` removes what it left. */
export interface BlobStoreUnderTest {
  readonly store: BlobStore;
  end(): Promise<void>;
}

/** What every blob store promises; run once per implementation. */
export function describeBlobStore(name: string, make: () => Promise<BlobStoreUnderTest>): void {
  describe(`blob store: ${name}`, () => {
    let subject: BlobStoreUnderTest;
    beforeEach(async () => {
      subject = await make();
    });
    afterEach(() => subject.end());

    describePublishing(() => subject.store);
    describeRefusals(() => subject.store);
    describeParking(() => subject.store);
    describeListings(() => subject.store);
  });
}

function describePublishing(current: () => BlobStore): void {
  test('publishes what was staged at offsets, in any order', async () => {
    const id = randomUUID();
    const bytes = randomBytes(200_000);
    const staged = await current().stage(id);
    await staged.write(bytes.subarray(100_000), 100_000);
    await staged.sync();
    await staged.write(bytes.subarray(0, 60_000), 0);
    await staged.write(bytes.subarray(50_000, 100_000), 50_000);
    await staged.publish();
    const reader = await current().open(id);
    expect(reader.sizeBytes).toBe(200_000);
    expect((await reader.read(0, 200_000)).equals(bytes)).toBe(true);
    expect((await reader.read(70_001, 40_000)).equals(bytes.subarray(70_001, 110_001))).toBe(true);
    expect((await reader.read(199_990, 50)).equals(bytes.subarray(199_990))).toBe(true);
    expect(await reader.read(200_000, 10)).toHaveLength(0);
    await reader.close();
  });

  test('reads back and cuts what is staged; what lies between is zeros', async () => {
    const staged = await current().stage(randomUUID());
    await staged.write(Buffer.from('begin'), 0);
    await staged.write(Buffer.from('end'), 8);
    expect(await staged.read(3, 100)).toEqual(Buffer.from('in\0\0\0end'));
    await staged.truncate(4);
    expect(await staged.read(0, 100)).toEqual(Buffer.from('begi'));
    await staged.truncate(6);
    expect(await staged.read(0, 100)).toEqual(Buffer.from('begi\0\0'));
    await staged.discard();
  });

  test('shows nothing under an id before it is published', async () => {
    const id = randomUUID();
    const staged = await current().stage(id);
    await staged.write(Buffer.from('half'), 0);
    await staged.sync();
    await expect(current().open(id)).rejects.toMatchObject({ code: 'corrupt', reason: 'missing' });
    await staged.publish();
    await (await current().open(id)).close();
  });

  test('keeps blobs apart that are written at the same time', async () => {
    const blobs = Array.from({ length: 20 }, () => ({ id: randomUUID(), bytes: randomBytes(30_000) }));
    await Promise.all(blobs.map(({ id, bytes }) => publish(current(), id, bytes)));
    for (const { id, bytes } of blobs) expect((await readAll(current(), id)).equals(bytes)).toBe(true);
  });

  test('a reader keeps its bytes when the blob is removed', async () => {
    const id = randomUUID();
    await publish(current(), id, Buffer.from('pinned'));
    const reader = await current().open(id);
    await current().remove(id);
    expect(await reader.read(0, 10)).toEqual(Buffer.from('pinned'));
    await reader.close();
    await expect(current().open(id)).rejects.toMatchObject({ code: 'corrupt', reason: 'missing' });
  });

  test.each([3, 100, 5000])('opens %i bytes as they are, whatever was expected', async (sizeBytes) => {
    const id = randomUUID();
    const bytes = randomBytes(sizeBytes);
    await publish(current(), id, bytes);
    for (const expectedBytes of [sizeBytes, sizeBytes - 1, sizeBytes + 1, 0, 1_000_000]) {
      const reader = await current().open(id, expectedBytes);
      expect(reader.sizeBytes).toBe(sizeBytes);
      expect(await reader.read(0, sizeBytes + 10)).toEqual(bytes);
      expect(await reader.read(1, 2)).toEqual(bytes.subarray(1, 3));
      await current().remove(id);
      expect(await reader.read(0, 3)).toEqual(bytes.subarray(0, 3));
      await reader.close();
      await expect(current().open(id, expectedBytes)).rejects.toMatchObject({ reason: 'missing' });
      await publish(current(), id, bytes);
    }
  });

  test('removing an absent blob and discarding an absent staging are successes', async () => {
    await current().remove(randomUUID());
    await current().discardStaged(randomUUID());
  });
}

function describeRefusals(current: () => BlobStore): void {
  test('discarded bytes are gone, and discarding again does no harm', async () => {
    const id = randomUUID();
    const staged = await current().stage(id);
    await staged.write(Buffer.from('gone'), 0);
    await staged.discard();
    await staged.discard();
    await expect(current().open(id)).rejects.toMatchObject({ reason: 'missing' });
    expect(await all(current().listStaged())).toEqual([]);
    await expect(staged.write(Buffer.from('late'), 0)).rejects.toThrow();
    await expect(staged.publish()).rejects.toThrow();
    await expect(current().open(id)).rejects.toMatchObject({ reason: 'missing' });
  });

  test('what is published can be neither changed, published again, nor discarded', async () => {
    const id = randomUUID();
    const staged = await current().stage(id);
    await staged.write(Buffer.from('for good'), 0);
    await staged.publish();
    await expect(staged.write(Buffer.from('no'), 0)).rejects.toThrow();
    await expect(staged.truncate(0)).rejects.toThrow();
    await expect(staged.publish()).rejects.toThrow();
    await staged.discard();
    await current().discardStaged(id);
    expect(await readAll(current(), id)).toEqual(Buffer.from('for good'));
  });

  test('fresh ids are random UUIDs, and tell no time', async () => {
    const ids = Array.from({ length: 1000 }, () => current().newId());
    expect(new Set(ids).size).toBe(1000);
    for (const id of ids)
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect([...ids].sort()).not.toEqual(ids);
  });

  test('an id in use is refused', async () => {
    const id = randomUUID();
    const staged = await current().stage(id);
    await expect(current().stage(id)).rejects.toThrow();
    await staged.discard();
    const published = randomUUID();
    await publish(current(), published, Buffer.from('first'));
    const again = await current().stage(published);
    await again.write(Buffer.from('second'), 0);
    await expect(again.publish()).rejects.toThrow();
    await again.discard();
    expect(await readAll(current(), published)).toEqual(Buffer.from('first'));
  });

  test.each([
    '',
    '..',
    '../blobs',
    'a/b',
    'A0000000-0000-4000-8000-000000000000',
    'a0000000-0000-4000-8000-000000000000\n',
    'a0000000-0000-4000-8000-0000000000000',
  ])('only lower-case UUIDs are ids: %j', async (id) => {
    await expect(current().stage(id)).rejects.toThrow('UUID');
    await expect(current().open(id)).rejects.toThrow('UUID');
    await expect(current().remove(id)).rejects.toThrow('UUID');
    await expect(current().discardStaged(id)).rejects.toThrow('UUID');
  });
}

function describeParking(current: () => BlobStore): void {
  test('what was parked is gone on with, any number of times, and published in the end', async () => {
    const id = randomUUID();
    const first = await current().stage(id);
    await first.write(Buffer.from('abcdefgh'), 0);
    await first.park();
    expect((await all(current().listStaged())).map((staged) => staged.id)).toEqual([id]);
    const second = await current().resume(id);
    expect(await second.read(0, 100)).toEqual(Buffer.from('abcdefgh'));
    await second.truncate(4);
    await second.write(Buffer.from('XY'), 4);
    await second.park();
    const third = await current().resume(id);
    await third.write(Buffer.from('Z'), 6);
    await third.publish();
    expect(await readAll(current(), id)).toEqual(Buffer.from('abcdXYZ'));
    expect(await all(current().listStaged())).toEqual([]);
  });

  test('who parked has no hold on the bytes any more', async () => {
    const id = randomUUID();
    const staged = await current().stage(id);
    await staged.write(Buffer.from('kept'), 0);
    await staged.park();
    await expect(staged.write(Buffer.from('late'), 0)).rejects.toThrow();
    await expect(staged.publish()).rejects.toThrow();
    await expect(staged.park()).rejects.toThrow();
    await staged.discard();
    const resumed = await current().resume(id);
    expect(await resumed.read(0, 100)).toEqual(Buffer.from('kept'));
    await resumed.discard();
    await expect(current().resume(id)).rejects.toMatchObject({ code: 'corrupt', reason: 'missing' });
  });

  test('parked bytes are discarded by their id', async () => {
    const id = randomUUID();
    const staged = await current().stage(id);
    await staged.write(Buffer.from('parked'), 0);
    await staged.park();
    await current().discardStaged(id);
    expect(await all(current().listStaged())).toEqual([]);
    await expect(current().resume(id)).rejects.toMatchObject({ reason: 'missing' });
    await expect(current().resume('../x')).rejects.toThrow('UUID');
  });
}

function describeListings(current: () => BlobStore): void {
  test('lists what is published with its sealed size and moment, and apart from it what is staged', async () => {
    const published = randomUUID();
    await publish(current(), published, randomBytes(1234));
    const staging = randomUUID();
    const staged = await current().stage(staging);
    await staged.write(Buffer.from('on its way'), 0);

    const [stored, ...others] = await all(current().list());
    expect(others).toEqual([]);
    expect(stored).toMatchObject({ id: published, sizeBytes: 1234 });
    expect(secondsFromNow(stored?.storedAt)).toBeLessThan(60);
    const [pending, ...more] = await all(current().listStaged());
    expect(more).toEqual([]);
    expect(pending?.id).toBe(staging);
    expect(secondsFromNow(pending?.touchedAt)).toBeLessThan(60);
    await staged.discard();
  });

  test('lists every blob once, and none that was removed', async () => {
    const ids = Array.from({ length: 30 }, () => randomUUID());
    for (const id of ids) await publish(current(), id, Buffer.from(id));
    const [removed = '', ...kept] = ids;
    await current().remove(removed);
    const listed = (await all(current().list())).map(({ id }) => id);
    expect(listed.sort()).toEqual(kept.sort());
  });

  test('a blob may be removed while it is listed', async () => {
    for (let count = 0; count < 10; count += 1) await publish(current(), randomUUID(), Buffer.from('x'));
    for await (const { id } of current().list()) await current().remove(id);
    expect(await all(current().list())).toEqual([]);
  });

  test('discards what an earlier process staged', async () => {
    const id = randomUUID();
    const staged = await current().stage(id);
    await staged.write(Buffer.from('left behind'), 0);
    await current().discardStaged(id);
    expect(await all(current().listStaged())).toEqual([]);
    await expect(staged.publish()).rejects.toThrow();
    await staged.discard();
  });
}

async function publish(store: BlobStore, id: string, bytes: Buffer): Promise<void> {
  const staged = await store.stage(id);
  await staged.write(bytes, 0);
  await staged.publish();
}

async function readAll(store: BlobStore, id: string): Promise<Buffer> {
  const reader = await store.open(id);
  try {
    return await reader.read(0, reader.sizeBytes);
  } finally {
    await reader.close();
  }
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

function secondsFromNow(at: Date | undefined): number {
  return Math.abs(performance.timeOrigin + performance.now() - (at?.getTime() ?? 0)) / 1000;
}
