import { randomBytes } from 'node:crypto';
import { readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { parsePath, systemClock, type Workspace } from '../../storage/index.js';
import { GROUP_NAME, openTestStorage, type TestStorage } from '../support/appliance.js';
import { createFakeClock } from '../support/fake-clock.js';
import { collect, failureOf, mkdir, put } from './acts.js';
import { openParts, type Parts } from './parts.js';

const FOLDER = `/${GROUP_NAME}`;
/** Several frames, the last one short. */
const SIZE = 300_000;
const NO_FILE = { path: '', id: '', bytes: Buffer.alloc(0) };

describe('the check of all blobs', () => {
  /** Runs beside the file system's, which says how old a blob is. */
  const clock = createFakeClock(systemClock.now());
  let appliance: TestStorage;
  let parts: Parts;
  let nadia: Workspace;
  let files: readonly { readonly path: string; readonly id: string; readonly bytes: Buffer }[];

  beforeAll(async () => {
    appliance = await openTestStorage({ clock });
    parts = await openParts(appliance, { clock });
    nadia = await appliance.workspace('nadia');
    await mkdir(nadia, `${FOLDER}/d`);
    for (const name of ['a.bin', 'b.bin', 'c.bin'])
      await put(nadia, `${FOLDER}/d/${name}`, randomBytes(SIZE));
    const all = await readdir(join(appliance.directory, 'blobs'), { recursive: true, withFileTypes: true });
    const paths = all.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    files = await Promise.all(
      paths.map(async (path) => ({ path, id: basename(path), bytes: await readFile(path) })),
    );
  });
  /** What a test damaged is whole again for the next one. */
  afterEach(async () => {
    for (const { path, bytes } of files) await writeFile(path, bytes);
  });
  afterAll(async () => {
    await parts.close();
    await appliance.close();
  });

  const faults = async () =>
    (await collect(appliance.storage.check())).map(({ blobId, problem }) => [blobId, problem]);
  const nameOf = async (blobId: string) => {
    const version = (await parts.rows('versions')).find((row) => row.blob_id === blobId);
    const entry = (await parts.rows('entries')).find((row) => row.version_id === version?.id);
    return String(entry?.name);
  };
  /** How many bytes a reader gets of a file before it fails, and how it fails. */
  async function readOut(blobId: string): Promise<[number, string]> {
    const path = parsePath(`${FOLDER}/d/${await nameOf(blobId)}`);
    let received = 0;
    const failure = await failureOf(
      (async () => {
        const download = await nadia.get(path);
        try {
          for await (const piece of download.stream()) received += piece.length;
        } finally {
          await download.close('interrupted', [{ start: 0, end: received }]);
        }
      })(),
    );
    return [received, failure];
  }
  const [first, second] = [() => files[0] ?? NO_FILE, () => files[1] ?? NO_FILE];

  test('finds nothing where nothing is wrong, and counts what it read', async () => {
    let count = 0;
    for await (const fault of appliance.storage.check((blobs) => (count = blobs)))
      expect(fault).toBeUndefined();
    expect(count).toBe(3);
  });

  test.each([0, 1, 30_000, 65_000, 131_072, 299_000, -1])(
    'finds one bit flipped at %i, and no reader gets to the end',
    async (at) => {
      const bytes = Buffer.from(first().bytes);
      const offset = at === -1 ? bytes.length - 1 : at;
      bytes.writeUInt8(bytes.readUInt8(offset) ^ 4, offset);
      await writeFile(first().path, bytes);
      expect(await faults()).toEqual([[first().id, 'damaged']]);
      const [received, failure] = await readOut(first().id);
      expect(received).toBeLessThan(SIZE);
      expect(failure).toMatch(/^corrupt/);
      const [line] = (await appliance.history()).slice(-1);
      expect(line?.action === 'read' ? line.outcome : 'none').toBe(received > 0 ? 'interrupted' : 'none');
    },
  );

  test.each([0, 1, 100_000, -1])('finds a blob cut to %i bytes', async (length) => {
    await truncate(first().path, length === -1 ? first().bytes.length - 1 : length);
    expect(await faults()).toEqual([[first().id, 'wrong-size']]);
    expect(await readOut(first().id)).toEqual([0, 'corrupt wrong-size']);
  });

  test('finds two blobs that changed places', async () => {
    await rename(first().path, `${first().path}.x`);
    await rename(second().path, first().path);
    await rename(`${first().path}.x`, second().path);
    expect((await faults()).sort()).toEqual([first(), second()].map(({ id }) => [id, 'damaged']).sort());
    expect(await readOut(first().id)).toEqual([0, expect.stringMatching(/^corrupt/)]);
  });

  test('finds a missing blob, and says which file that is', async () => {
    await rm(first().path);
    const path = `${FOLDER}/d/${await nameOf(first().id)}`;
    expect(await collect(appliance.storage.check())).toMatchObject([
      { blobId: first().id, problem: 'missing', path },
    ]);
    expect(await readOut(first().id)).toEqual([0, 'corrupt missing']);
  });

  test('finds a key that does not open, and a digest that is another', async () => {
    const keys = new Map((await parts.rows('blobs')).map((row) => [row.id, String(row.wrapped_key)]));
    const setKey = (id: string, of: string) =>
      parts.run('UPDATE blobs SET wrapped_key = ? WHERE id = ?', keys.get(of) ?? '', id);
    await setKey(first().id, second().id);
    expect(await faults()).toEqual([[first().id, 'damaged']]);
    await setKey(first().id, first().id);
    const version = (await parts.rows('versions')).find((row) => row.blob_id === first().id);
    const setDigest = (sha256: string) =>
      parts.run('UPDATE versions SET sha256 = ? WHERE blob_id = ?', sha256, first().id);
    await setDigest('0'.repeat(64));
    expect(await faults()).toEqual([[first().id, 'wrong-digest']]);
    await setDigest(String(version?.sha256));
  });

  test('finds a blob nobody refers to once it is an hour old', async () => {
    const id = crypto.randomUUID();
    const staged = await parts.blobs.stage(id);
    await staged.write(Buffer.from('orphan'), 0);
    await staged.publish();
    expect(await faults()).toEqual([]);
    clock.advance(3700);
    expect(await collect(appliance.storage.check())).toMatchObject([
      { blobId: id, problem: 'orphan', path: null },
    ]);
    await parts.blobs.remove(id);
  });
});
