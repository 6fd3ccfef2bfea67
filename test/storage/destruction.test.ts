import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parsePath, type Workspace } from '../../storage/index.js';
import {
  GROUP_NAME,
  namesIn,
  OTHER_GROUP_NAME,
  openTestStorage,
  PEOPLE,
  type TestStorage,
} from '../support/appliance.js';
import { createFakeClock } from '../support/fake-clock.js';
import { begin, collect, mkdir, peek, put } from './acts.js';
import { openParts, type Parts } from './parts.js';

const HOUR = 3600;

describe('bytes nobody may have any more', () => {
  const clock = createFakeClock();
  let appliance: TestStorage;
  let parts: Parts;
  let claire: Workspace;
  let folder: string;
  let count = 0;

  beforeAll(async () => {
    appliance = await openTestStorage({ clock });
    parts = await openParts(appliance, { clock });
    await appliance.operator.setMember(OTHER_GROUP_NAME, PEOPLE.claire.login, 'writer');
    claire = await appliance.workspace('claire');
  });
  /** Each test begins in a folder of its own, with no blob left. */
  beforeEach(async () => {
    for (const group of [GROUP_NAME, OTHER_GROUP_NAME])
      for (const name of await namesIn(claire, `/${group}`))
        await claire.remove(parsePath(`/${group}/${name}`));
    await advance(30 * HOUR);
    expect(await blobCount()).toBe(0);
    folder = `/${GROUP_NAME}/t${++count}`;
    await mkdir(claire, folder);
  });
  afterAll(async () => {
    await parts.close();
    await appliance.close();
  });

  const at = (name: string) => parsePath(`${folder}/${name}`);
  const blobCount = async () => {
    let files = 0;
    for await (const _ of parts.blobs.list()) files += 1;
    expect(await parts.rows('blobs')).toHaveLength(files);
    return files;
  };
  const advance = async (seconds: number) => {
    clock.advance(seconds);
    await parts.sweep();
  };

  test('are destroyed with their key a day after the file was deleted', async () => {
    await put(claire, `${folder}/a.txt`, 'secret');
    const [blob] = await parts.rows('blobs');
    await claire.remove(at('a.txt'));
    await advance(24 * HOUR - 1);
    expect(await blobCount()).toBe(1);
    await advance(HOUR);
    expect(await blobCount()).toBe(0);
    const files = ['peps.sqlite', 'peps.sqlite-wal'].map((name) => readFile(join(appliance.directory, name)));
    for (const file of await Promise.all(files)) expect(file.includes(String(blob?.wrapped_key))).toBe(false);
    const lines = (await appliance.history()).filter((row) => row.path === `${folder}/a.txt`);
    expect(lines.map((row) => row.action)).toEqual(['deposit', 'delete']);
  });

  test('of replaced versions: five stay for a day, no more', async () => {
    for (let version = 0; version < 8; version++) {
      await put(claire, `${folder}/a.txt`, `version ${version}`);
      clock.advance(1);
    }
    await advance(HOUR);
    expect(await blobCount()).toBe(6);
    await advance(24 * HOUR);
    expect(await blobCount()).toBe(1);
    expect(await peek(claire, `${folder}/a.txt`)).toBe('version 7');
  });

  test('stay while a copy, a file moved to another group or a renamed temporary one has them', async () => {
    await put(claire, `${folder}/a.txt`, 'copied');
    await claire.copy(at('a.txt'), at('b.txt'), { overwrite: false });
    await claire.remove(at('a.txt'));
    await put(claire, `${folder}/c.txt`, 'moved');
    await claire.move(at('c.txt'), parsePath(`/${OTHER_GROUP_NAME}/c.txt`), { overwrite: false });
    await put(claire, `${folder}/d.tmp`, 'renamed');
    await put(claire, `${folder}/d.txt`, 'before');
    await claire.move(at('d.tmp'), at('d.txt'), { overwrite: true });
    await advance(30 * HOUR);
    expect(await blobCount()).toBe(3);
    expect(await peek(claire, `${folder}/b.txt`)).toBe('copied');
    expect(await peek(claire, `/${OTHER_GROUP_NAME}/c.txt`)).toBe('moved');
    expect(await peek(claire, `${folder}/d.txt`)).toBe('renamed');
    await claire.remove(at('b.txt'));
    await advance(30 * HOUR);
    expect(await blobCount()).toBe(2);
  });

  test('are destroyed however many there are', async () => {
    await put(claire, `${folder}/a.txt`, 'xyz');
    const blobId = "printf('%08x-0000-4000-8000-000000000000', i)";
    const numbers = 'WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 450)';
    await parts.run(`${numbers} INSERT INTO blobs SELECT ${blobId}, wrapped_key, key_id, 1, 1 FROM blobs, n`);
    await parts.run(`${numbers} INSERT INTO versions SELECT 'version' || i, entry_id, ${blobId}, 1, sha256,
      depositor_account_id, door, 1, 1, 1 FROM versions, n WHERE blob_id = (SELECT max(id) FROM blobs WHERE size_bytes = 3)`);
    await advance(HOUR);
    expect(await blobCount()).toBe(1);
  });

  test('are read to their end by who began before', async () => {
    await put(claire, `${folder}/a.txt`, 'still here');
    const download = await claire.get(at('a.txt'));
    await claire.remove(at('a.txt'));
    await advance(25 * HOUR);
    expect((await download.read({ start: 0, end: 99 })).toString()).toBe('still here');
    await download.close('proven', [{ start: 0, end: 10 }]);
  });

  describe('because nothing refers to them', () => {
    async function store(): Promise<{ readonly id: string; readonly storedAtMs: number }> {
      const id = crypto.randomUUID();
      const staged = await parts.blobs.stage(id);
      await staged.write(Buffer.from('orphan'), 0);
      await staged.publish();
      const blob = (await collect(parts.blobs.list())).find((one) => one.id === id);
      return { id, storedAtMs: blob?.storedAt.getTime() ?? 0 };
    }
    const ids = async () => (await collect(parts.blobs.list())).map((blob) => blob.id);
    /** The file system says how old a blob is: the clock follows it, though that may be backwards for the jobs. */
    const sweepAt = async (instantMs: number) => {
      clock.set(new Date(instantMs));
      await parts.run('DELETE FROM jobs');
      await parts.sweep();
    };

    test('are removed after an hour, not before', async () => {
      const { id, storedAtMs } = await store();
      await sweepAt(storedAtMs + HOUR * 1000);
      expect(await ids()).toEqual([id]);
      await sweepAt(storedAtMs + HOUR * 1000 + 1);
      expect(await ids()).toEqual([]);
    });

    test('are kept while a deposit is about to refer to them', async () => {
      const upload = await begin(claire, `${folder}/a.txt`, { declaredSizeBytes: 2_000_000 });
      const { id, storedAtMs } = await store();
      await parts.run('UPDATE uploads SET blob_id = ?', id);
      await sweepAt(storedAtMs + 2 * HOUR * 1000);
      expect(await ids()).toEqual([id]);
      await upload.abort('x');
    });
  });
});
