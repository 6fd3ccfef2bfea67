import { randomBytes, randomUUID } from 'node:crypto';
import { closeSync, openSync, readdirSync, readlinkSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { BlobStore } from '../../storage/blobs/blob-store.js';
import { createDiskBlobStore } from '../../storage/blobs/disk.js';
import { createSharedSync } from '../../storage/blobs/disk-files.js';
import { createDiskStaged } from '../../storage/blobs/disk-staged.js';
import { createSealedWriter } from '../../storage/blobs/sealed-writer.js';
import { describeBlobStore } from '../contracts/blob-store.js';

describeBlobStore('disk', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'peps-blobs-'));
  return {
    store: await createDiskBlobStore(directory),
    end: () => rm(directory, { recursive: true }),
  };
});

let directory: string;
let store: BlobStore;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'peps-blobs-'));
  store = await createDiskBlobStore(directory);
});
afterEach(() => rm(directory, { recursive: true }));

describe('files on the disk', () => {
  test('that are begun in the same moment share a folder, and in the long run use them all', () => {
    const folders = Array.from({ length: 100_000 }, () => store.newId().slice(0, 2));
    expect(new Set(folders.slice(0, 256)).size).toBe(1);
    expect(new Set(folders).size).toBeGreaterThan(150);
  });

  test('lie fanned out and are readable by their owner alone', async () => {
    const id = randomUUID();
    const staged = await store.stage(id);
    expect(await modeOf(stagingFile(id))).toBe(0o600);
    await staged.write(Buffer.from('x'), 0);
    await staged.publish();
    expect(await modeOf(blobFile(id))).toBe(0o600);
    for (const folder of ['staging', 'blobs', join('blobs', id.slice(0, 2))])
      expect(await modeOf(join(directory, folder))).toBe(0o700);
    expect(await readdir(join(directory, 'staging'))).toEqual([]);
  });

  test('never replace one another', async () => {
    const id = randomUUID();
    const staged = await store.stage(id);
    await staged.write(Buffer.from('second'), 0);
    await writeFile(blobFile(id), 'first');
    await expect(staged.publish()).rejects.toThrow('published already');
    await staged.discard();
    const reader = await store.open(id);
    expect(await reader.read(0, 10)).toEqual(Buffer.from('first'));
    await reader.close();
  });

  test('survive the store that wrote them', async () => {
    const id = randomUUID();
    const staged = await store.stage(id);
    await staged.write(Buffer.from('kept'), 0);
    await staged.publish();
    const again = await createDiskBlobStore(directory);
    const reader = await again.open(id);
    expect(await reader.read(0, 4)).toEqual(Buffer.from('kept'));
    await reader.close();
  });

  test('what is not a blob is not listed', async () => {
    await mkdir(join(directory, 'blobs', 'ab'));
    await writeFile(join(directory, 'blobs', 'ab', 'notes.txt'), 'x');
    await writeFile(join(directory, 'blobs', 'ab', 'cd000000-0000-4000-8000-000000000000'), 'wrong folder');
    await mkdir(join(directory, 'blobs', 'ab', 'ab000000-0000-4000-8000-000000000000'));
    await symlink('/etc/hostname', join(directory, 'blobs', 'ab', 'ab000000-0000-4000-8000-000000000001'));
    await writeFile(join(directory, 'staging', 'notes.txt'), 'x');
    for await (const { id } of store.list()) expect.unreachable(id);
    for await (const { id } of store.listStaged()) expect.unreachable(id);
  });
});

describe('planted links', () => {
  test('in place of a blob are not followed', async () => {
    const id = randomUUID();
    await mkdir(dirname(blobFile(id)));
    const secret = join(directory, 'secret');
    await writeFile(secret, 'not for clients');
    await symlink(secret, blobFile(id));
    for (const expected of [undefined, 15])
      await expect(store.open(id, expected)).rejects.toMatchObject({ code: 'corrupt', reason: 'unreadable' });
    const staged = await store.stage(id);
    await expect(staged.publish()).rejects.toThrow('published already');
    await staged.discard();
    await store.remove(id);
    expect((await stat(secret)).size).toBe(15);
  });

  test('in place of a parked file are not opened', async () => {
    const id = randomUUID();
    const target = join(directory, 'elsewhere');
    await writeFile(target, 'not ours');
    await symlink(target, stagingFile(id));
    await expect(store.resume(id)).rejects.toMatchObject({ code: 'corrupt', reason: 'unreadable' });
  });

  test('in place of a staging file are not written through', async () => {
    const id = randomUUID();
    const victim = join(directory, 'victim');
    await symlink(victim, stagingFile(id));
    await expect(store.stage(id)).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(stat(victim)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('in place of a folder are not written through', async () => {
    const elsewhere = join(directory, 'elsewhere');
    await mkdir(elsewhere);
    await symlink(elsewhere, join(directory, 'blobs', '7f'));
    await expect(store.stage('7f000000-0000-4000-8000-000000000000')).rejects.toThrow('is not a folder');
    await rm(join(directory, 'blobs', '7f'));
    await (await store.stage('7f000000-0000-4000-8000-000000000000')).discard();
    await rm(join(directory, 'staging'), { recursive: true });
    await symlink(elsewhere, join(directory, 'staging'));
    await expect(createDiskBlobStore(directory)).rejects.toThrow('is not a folder');
    expect(await readdir(elsewhere)).toEqual([]);
  });
});

describe('syncs of one folder', () => {
  test('are shared by those who wait, and begin after each call', async () => {
    const sync = createSharedSync(directory);
    const first = sync();
    const second = sync();
    expect(sync()).toBe(second);
    expect(second).not.toBe(first);
    await second;
    const later = sync();
    expect(later).not.toBe(second);
    await later;
  });

  test('that fail, fail for all who waited, and not for those who come later', async () => {
    const folder = join(directory, 'gone');
    const sync = createSharedSync(folder);
    const results = await Promise.allSettled([sync(), sync(), sync()]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    await mkdir(folder);
    await sync();
  });
});

describe('a failing disk', () => {
  test('a full one is no-space, and leaves nothing once discarded', async () => {
    const id = randomUUID();
    const staged = await store.stage(id);
    swap(stagingFile(id), '/dev/full', 'r+');
    await expect(staged.write(Buffer.from('x'), 0)).rejects.toMatchObject({
      code: 'no-space',
      reason: 'disk',
    });
    await staged.discard();
    expect(await readdir(join(directory, 'staging'))).toEqual([]);
  });

  test('a failed sync is never made good by a later one', async () => {
    const id = randomUUID();
    const staged = await store.stage(id);
    await staged.write(Buffer.from('lost pages'), 0);
    swap(stagingFile(id), '/dev/null', 'r+');
    await expect(staged.sync()).rejects.toThrow();
    swap('/dev/null', stagingFile(id), 'r+');
    await expect(staged.sync()).rejects.toThrow();
    await expect(staged.write(Buffer.from('more'), 0)).rejects.toThrow();
    await expect(staged.publish()).rejects.toThrow();
    await staged.discard();
    await expect(store.open(id)).rejects.toMatchObject({ reason: 'missing' });
    expect(await readdir(join(directory, 'staging'))).toEqual([]);
  });

  test('a sync that fails behind the writer ends the deposit', async () => {
    const id = randomUUID();
    const staged = await store.stage(id);
    const writer = createSealedWriter({ staged, blobId: id, key: randomBytes(32) });
    swap(stagingFile(id), '/dev/null', 'r+');
    const chunk = Buffer.alloc(1_048_576);
    const deposit = async () => {
      for (let count = 0; count < 66; count += 1) await writer.write(chunk, count * chunk.length);
      return writer.finish();
    };
    await expect(deposit()).rejects.toMatchObject({ code: 'EINVAL' });
    await expect(writer.finish()).rejects.toMatchObject({ code: 'EINVAL' });
    await expect(staged.publish()).rejects.toMatchObject({ code: 'EINVAL' });
    await staged.discard();
  });

  test('bytes that cannot be synced are not put in place', async () => {
    const id = randomUUID();
    const staged = await store.stage(id);
    await staged.write(Buffer.from('lost pages'), 0);
    swap(stagingFile(id), '/dev/null', 'r+');
    await expect(staged.publish()).rejects.toMatchObject({ code: 'EINVAL' });
    await expect(store.open(id)).rejects.toMatchObject({ reason: 'missing' });
    await staged.discard();
    expect(await readdir(join(directory, 'staging'))).toEqual([]);
  });

  test('a name that cannot be synced is not published, and a publication waits for it', async () => {
    const file = join(directory, 'staging', 'file');
    const target = join(directory, 'blobs', 'file');
    let fail = (_: Error) => {};
    const syncing = new Promise<void>((_, reject) => {
      fail = reject;
    });
    const staged = await createDiskStaged(file, target, () => syncing);
    await staged.write(Buffer.from('x'), 0);
    const publishing = staged.publish();
    await expect.poll(() => readdir(join(directory, 'blobs'))).toEqual(['file']);
    expect(await Promise.race([publishing.catch(() => 'failed'), 'waiting'])).toBe('waiting');
    fail(new Error('lost'));
    await expect(publishing).rejects.toThrow('lost');
    await staged.discard();
    expect(await readdir(join(directory, 'blobs'))).toEqual([]);
  });

  test('bytes that cannot be synced are not parked, nor is a file whose name cannot', async () => {
    const id = randomUUID();
    const staged = await store.stage(id);
    await staged.write(Buffer.from('lost pages'), 0);
    swap(stagingFile(id), '/dev/null', 'r+');
    await expect(staged.park()).rejects.toMatchObject({ code: 'EINVAL' });
    await staged.discard();
    await expect(store.resume(id)).rejects.toMatchObject({ reason: 'missing' });
    const nameless = await store.stage(id);
    await nameless.write(Buffer.from('x'), 0);
    await rm(join(directory, 'staging'), { recursive: true });
    await expect(nameless.park()).rejects.toMatchObject({ code: 'ENOENT' });
    await nameless.discard();
    await mkdir(join(directory, 'staging'));
  });

  test('a publication without its folder fails and leaves nothing', async () => {
    const id = randomUUID();
    const staged = await store.stage(id);
    await staged.write(Buffer.from('x'), 0);
    await rm(join(directory, 'blobs', id.slice(0, 2)), { recursive: true });
    await expect(staged.publish()).rejects.toThrow();
    await staged.discard();
    expect(await readdir(join(directory, 'staging'))).toEqual([]);
    await expect(store.open(id)).rejects.toMatchObject({ reason: 'missing' });
  });
});

/** Puts another file under the descriptor that the store holds: the kernel then fails for real. */
function swap(held: string, other: string, flags: string): void {
  const descriptor = readdirSync('/proc/self/fd')
    .map(Number)
    .filter((candidate) => candidate > 2)
    .findLast((candidate) => pathOf(candidate) === held);
  if (descriptor === undefined) throw new Error(`${held} is not open.`);
  closeSync(descriptor);
  // The kernel hands out the lowest free number; those below are taken and given back.
  const spare: number[] = [];
  let opened = openSync(other, flags);
  while (opened !== descriptor) {
    spare.push(opened);
    opened = openSync(other, flags);
  }
  for (const number of spare) closeSync(number);
}

function pathOf(descriptor: number): string {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    return '';
  }
}

async function modeOf(file: string): Promise<number> {
  return (await stat(file)).mode & 0o777;
}

function stagingFile(id: string): string {
  return join(directory, 'staging', id);
}

function blobFile(id: string): string {
  return join(directory, 'blobs', id.slice(0, 2), id);
}
