import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Database, openDatabase, type Transaction } from '../../storage/metadata/database.js';

/** SQLite's own numbers: 1 is NORMAL (a commit is not synced), 2 is FULL (it is). */
describe('what a commit syncs', () => {
  let folder: string;
  let database: Database;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'peps-durability-'));
    database = await openDatabase(`sqlite:${join(folder, 'peps.sqlite')}`);
  });
  afterAll(async () => {
    await database.close();
    await rm(folder, { recursive: true, force: true });
  });

  const levelIn = async (transaction: Transaction): Promise<unknown> =>
    (await transaction.raw('PRAGMA synchronous'))[0];

  test('everything that is acknowledged, and only that, in whatever order they come', async () => {
    expect(await database.write(levelIn)).toEqual({ synchronous: 2 });
    expect(await database.writeRelaxed(levelIn)).toEqual({ synchronous: 1 });
    expect(await database.writeRelaxed(levelIn)).toEqual({ synchronous: 1 });
    expect(await database.write(levelIn)).toEqual({ synchronous: 2 });
  });

  test('what goes out together with something that is acknowledged', async () => {
    const levels = await Promise.all([
      database.writeRelaxed(levelIn),
      database.writeRelaxed(levelIn),
      database.write(levelIn),
    ]);
    expect(levels).toEqual([{ synchronous: 1 }, { synchronous: 2 }, { synchronous: 2 }]);
  });
});
