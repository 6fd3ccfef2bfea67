import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../storage/metadata/database.js';

/** SQLite says SQLITE_FULL for a disk that is full and for a page limit that is reached, so the limit stands in for the disk. */
describe('a database that cannot grow', () => {
  let folder: string;
  let database: Database;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'peps-database-full-'));
    database = await openDatabase(`sqlite:${join(folder, 'peps.sqlite')}`);
  });
  afterAll(async () => {
    await database.close();
    await rm(folder, { recursive: true, force: true });
  });

  const limitPages = (pages: number) =>
    database.write(async (transaction) => {
      await transaction.raw(`PRAGMA max_page_count = ${pages}`);
    });
  const insertJob = (name: string) =>
    database.write(async (transaction) => {
      await transaction('jobs').insert({ name, due_at: 1, last_error: 'x'.repeat(100_000) });
    });

  test('says so as a full disk does, keeps what it had, and goes on once there is room', async () => {
    await limitPages(1);
    await expect(insertJob('too much')).rejects.toMatchObject({ code: 'no-space', reason: 'disk' });
    expect(await database.reader('jobs').select('name')).toEqual([]);
    await limitPages(1_000_000);
    await insertJob('enough room');
    expect(await database.reader('jobs').select('name')).toEqual([{ name: 'enough room' }]);
  });
});
