import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { StorageError } from '../../storage/errors.js';
import { type Database, openDatabase, type Transaction } from '../../storage/metadata/database.js';
import { CommitError } from '../../storage/metadata/database-errors.js';

/* Writes that wait together go out together; what becomes of one is not what becomes of the others. */

let folder: string;
let database: Database;
let faults: unknown[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'peps-writer-'));
  faults = [];
  database = await openDatabase(`sqlite:${join(folder, 'peps.sqlite')}`, (error) => faults.push(error));
});
afterEach(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

const insert = (name: string) => async (transaction: Transaction) => {
  await transaction('epochs').insert({ name, value: 0 });
};
const names = async (): Promise<string[]> =>
  (await database.reader('epochs').whereNot('name', 'accounts').orderBy('name')).map((row) => row.name);
const outcomes = async (works: readonly Promise<unknown>[]) =>
  (await Promise.allSettled(works)).map((result) =>
    result.status === 'fulfilled' ? 'stored' : String(result.reason.message),
  );

describe('writes asked for at once', () => {
  test('share one transaction, those after the first', async () => {
    const begun = new Set<unknown>();
    const works = Array.from({ length: 9 }, (_, index) =>
      database.write(async (transaction) => {
        begun.add(transaction);
        await insert(`n${index}`)(transaction);
      }),
    );
    await Promise.all(works);
    expect(begun.size).toBe(2);
    expect(await names()).toHaveLength(9);
  });

  test('are refused one by one', async () => {
    const refused = async (transaction: Transaction) => {
      await insert('refused')(transaction);
      throw new StorageError('no-space', 'Too much.');
    };
    const works = [insert('a'), insert('b'), refused, insert('c')].map((work) => database.write(work));
    expect(await outcomes(works)).toEqual(['stored', 'stored', 'Too much.', 'stored']);
    expect(await names()).toEqual(['a', 'b', 'c']);
  });

  test('do not suffer from a fault in one of them', async () => {
    const works = [insert('a'), insert('b'), insert('b'), insert('c')].map((work) => database.write(work));
    expect(await outcomes(works)).toEqual([
      'stored',
      'stored',
      expect.stringContaining('UNIQUE constraint failed'),
      'stored',
    ]);
    expect(await names()).toEqual(['a', 'b', 'c']);
  });
});

test('what is kept of a transaction serves nobody after it', async () => {
  let kept: Transaction | undefined;
  await database.write(async (transaction) => {
    kept = transaction;
  });
  await expect(async () => kept?.('epochs')).rejects.toThrow('over');
  await expect(async () => kept?.raw('SELECT 1')).rejects.toThrow('over');
});

describe('a commit that fails', () => {
  /** A deferred constraint is looked at by COMMIT itself, which then fails and leaves the transaction open. */
  const failsAtCommit = async (transaction: Transaction) => {
    await transaction.raw('PRAGMA defer_foreign_keys = ON');
    await transaction('memberships').insert({
      id: 'm',
      group_id: 'absent',
      account_id: 'absent',
      role: 'reader',
      created_at: 0,
    });
  };

  test('is told to all it would have kept, keeps none of it, and is not tried again', async () => {
    let attempts = 0;
    const counted = async (transaction: Transaction) => {
      attempts += 1;
      await insert('counted')(transaction);
    };
    const works = [insert('first'), counted, failsAtCommit].map((work) => database.write(work));
    const [first, ...others] = await Promise.allSettled(works);
    expect(first?.status).toBe('fulfilled');
    for (const other of others) expect(other).toMatchObject({ reason: expect.any(CommitError) });
    expect(attempts).toBe(1);
    expect(await names()).toEqual(['first']);
  });

  test('leaves the way free for the next', async () => {
    await expect(database.write(failsAtCommit)).rejects.toThrow(CommitError);
    expect(database.isInDoubt()).toBe(true);
    await database.write(insert('next'));
    expect(database.isInDoubt()).toBe(false);
    expect(await names()).toEqual(['next']);
    expect(faults).toHaveLength(1);
  });

  test('has the log folded into the file first: while that cannot be, nothing is written', async () => {
    await database.write(async (transaction) => {
      await transaction.raw('PRAGMA busy_timeout = 50');
    });
    const reading = await database.reader.client.acquireConnection();
    const run = (sql: string) => new Promise((resolve) => reading.exec(sql, resolve));
    await run('BEGIN; SELECT * FROM epochs;');
    await expect(database.write(failsAtCommit)).rejects.toThrow(CommitError);
    const refusal = { code: 'unavailable', reason: 'database' };
    await expect(database.write(insert('too early'))).rejects.toMatchObject(refusal);
    expect(database.isInDoubt()).toBe(true);
    await run('COMMIT;');
    database.reader.client.releaseConnection(reading);
    await database.write(insert('next'));
    expect(await names()).toEqual(['next']);
    expect((await stat(join(folder, 'peps.sqlite-wal'))).size).toBeLessThan(20_000);
  });

  test('and a database held by another process are told as such, not as a bug', async () => {
    await database.write(async (transaction) => {
      await transaction.raw('PRAGMA busy_timeout = 50');
    });
    const other = await openDatabase(`sqlite:${join(folder, 'peps.sqlite')}`);
    await other.write(async () => {
      await expect(database.write(insert('late'))).rejects.toMatchObject({ code: 'unavailable' });
    });
    await other.close();
    await database.write(insert('in time'));
    expect(await names()).toEqual(['in time']);
  });
});
