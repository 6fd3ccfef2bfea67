import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDeposits } from '../../storage/deposits.js';
import { type ByteRange, parsePath, type Session, type Workspace } from '../../storage/index.js';
import type { Database } from '../../storage/metadata/database.js';
import { createReadingLog } from '../../storage/reading-log.js';
import { GROUP_NAME, openTestStorage, PEOPLE, type TestStorage } from '../support/appliance.js';
import { begin, mkdir, put } from './acts.js';
import { openParts, type Parts } from './parts.js';

const FOLDER = `/${GROUP_NAME}`;
const LARGE_BYTES = 1024 * 1024 + 1;

interface Statement {
  readonly sql: string;
  readonly bindings: readonly (string | number | null)[];
}

/** How a statement reaches rows that must not be read one after the other: a growing table walked whole. */
const WALKS = /^SCAN (entry|entries|version|versions|activity|blobs|coverage|item|mail|outbox|properties)\b/;
/** Asked for what is not deleted it gives all of that; asked for one moment it gives what went then. */
const INDEX_OF_ALL_THAT_LIVES = /entries_deleted_at_index/;
const OF_ONE_MOMENT = /entry\.deleted_at = \?/;

describe('statements', () => {
  let appliance: TestStorage;
  let parts: Parts;
  let session: Session;
  let claire: Workspace;
  const seen: Statement[] = [];

  beforeAll(async () => {
    appliance = await openTestStorage();
    parts = await openParts(appliance);
    session = await appliance.signIn(PEOPLE.claire.login);
    const memberships = await parts.memberships(session.account.id);
    const { database, clock, quietWindow } = parts;
    await watch(database);
    const deposits = createDeposits({ database, clock, quietWindow });
    const readings = createReadingLog({ database });
    claire = parts.open(session, { database, deposits, readings, memberships: async () => memberships });
    await mkdir(claire, `${FOLDER}/a`, `${FOLDER}/a/b`, `${FOLDER}/many`);
    for (let index = 0; index < 12; index++) await put(claire, `${FOLDER}/many/${index}`, 'x');
    await put(claire, `${FOLDER}/a/b/f.txt`, 'text');
    await mkdir(claire, `${FOLDER}/crowd`);
    await parts.run(`WITH RECURSIVE number(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM number WHERE i < 11000)
      INSERT INTO entries (id, space_id, parent_id, kind, name, name_key, sort_key, state, private_to, created_at, modified_at)
      SELECT 'crowd ' || i, space_id, id, 'directory', 'd' || i, 'D' || i, 'd' || i, 'published', '', 0, 0
      FROM number, entries WHERE name = 'crowd'`);
    await put(claire, `${FOLDER}/empty.txt`, '');
    await put(claire, `${FOLDER}/large.bin`, Buffer.alloc(LARGE_BYTES));
  });
  afterAll(async () => {
    await parts.close();
    await appliance.close();
  });

  async function watch(database: Database): Promise<void> {
    const note = ({ sql, bindings }: Statement) => {
      if (!/^(SAVEPOINT|RELEASE|BEGIN|COMMIT|PRAGMA)/i.test(sql)) seen.push({ sql, bindings });
    };
    database.reader.on('query', note);
    // One handle for all transactions.
    await database.write(async (transaction) => {
      transaction.on('query', note);
    });
  }

  const at = (path: string) => parsePath(`${FOLDER}/${path}`);
  const all = async (path: string) => {
    for await (const _ of claire.list(at(path)));
  };
  const browse = async (path: string, details: boolean) => {
    const { pages } = await claire.browse(at(path), { details });
    for await (const _ of pages);
  };
  const lock = (path: string, isDeep = false) =>
    claire.lock(at(path), { scope: 'exclusive', isDeep, ownerXml: '', timeoutSeconds: 60 });
  const putBrief = (path: string) =>
    put(claire, `${FOLDER}/${path}`, 'brief', { declaredSizeBytes: 5, isBrief: true });
  const putTogether = (count: number) =>
    Promise.all(Array.from({ length: count }, (_, index) => putBrief(`a/b/together ${index}.txt`)));
  const open = (path: string) => claire.get(at(path));
  const read = async (path: string, range: ByteRange) => (await open(path)).close('proven', [range]);
  let upload: Awaited<ReturnType<typeof begin>>;
  let download: Awaited<ReturnType<Workspace['get']>>;
  let downloads: readonly Awaited<ReturnType<Workspace['get']>>[] = [];
  let token = '';
  let id = '';

  /** In this order; the number is today's count, which may fall but not rise. */
  const ACTS: readonly (readonly [string, number, () => Promise<unknown>])[] = [
    ['stat', 1, async () => (id = (await claire.stat(at('a/b/f.txt'))).id)],
    ['stat with details', 3, () => claire.stat(at('a/b/f.txt'), { details: true })],
    ['list', 2, () => all('many')],
    ['browse', 2, () => browse('many', false)],
    ['browse with details', 4, () => browse('many', true)],
    ['browse 11,000 with details', 6, () => browse('crowd', true)],
    ['find', 3, () => claire.find(id)],
    ['usage', 1, () => claire.usage(at('a'))],
    ['put of a brief file', 10, () => putBrief('a/b/brief.txt')],
    ['replace by a brief file', 11, () => putBrief('a/b/brief.txt')],
    ['8 puts at once', 20, () => putTogether(8)],
    ['put: opening', 2, async () => (upload = await begin(claire, `${FOLDER}/a/b/new.txt`))],
    ['put: first write', 0, () => upload.write(Buffer.from('new'), 0)],
    ['put: commit', 10, () => upload.commit()],
    ['replace: opening', 2, async () => (upload = await begin(claire, `${FOLDER}/a/b/f.txt`))],
    ['replace: abort', 2, () => upload.abort('x')],
    ['get: opening', 1, async () => (download = await claire.get(at('a/b/f.txt')))],
    ['asking for parked uploads, the first time', 1, () => claire.uploads({ state: 'parked' })],
    ['asking for parked uploads where there are none', 0, () => claire.uploads({ state: 'parked' })],
    ['get: reading', 0, () => download.read({ start: 0, end: 4 })],
    ['get: close', 3, () => download.close('proven', [{ start: 0, end: 4 }])],
    ['get of a part', 5, () => read('a/b/f.txt', { start: 0, end: 2 })],
    ['get that is not read', 1, () => read('a/b/f.txt', { start: 0, end: 0 })],
    ['get of a file beyond a MiB', 6, () => read('large.bin', { start: 0, end: LARGE_BYTES })],
    ['8 gets: opening', 8, async () => (downloads = await Promise.all(Array(8).fill('empty.txt').map(open)))],
    // The first goes alone, those that come meanwhile go together.
    ['8 gets: close', 6, () => Promise.all(downloads.map((one) => one.close('proven', [])))],
    ['mkdir', 8, () => claire.createDirectory(at('new'))],
    ['rename a file', 13, () => claire.move(at('a/b/new.txt'), at('a/b/old.txt'), { overwrite: false })],
    ['move a folder', 13, () => claire.move(at('many'), at('a/many'), { overwrite: false })],
    ['copy a folder', 14, () => claire.copy(at('a/many'), at('many'), { overwrite: false })],
    ['lock', 5, async () => (token = (await lock('a/many/1')).lock.token)],
    ['lock a folder with all below', 7, () => lock('many', true)],
    ['locks on', 2, () => claire.locksOn(at('a/many/1'))],
    ['refresh', 4, () => claire.refreshLock(at('a/many/1'), [token], 60)],
    ['unlock', 4, () => claire.unlock(at('a/many/1'), token)],
    ['set the date', 5, () => claire.setModifiedAt(at('a/b/f.txt'), new Date(0))],
    [
      'one property',
      5,
      () => claire.patchProperties(at('a/b/f.txt'), [{ namespace: 'n', name: 'p', value: '' }]),
    ],
    ['remove a file', 11, () => claire.remove(at('a/b/f.txt'))],
    ['remove a folder', 11, () => claire.remove(at('a'))],
    [
      'what was deleted',
      3,
      async () => (id = (await claire.deletions(parsePath(FOLDER)))[0]?.entry.id ?? ''),
    ],
    ['restore', 16, () => claire.restore(id)],
  ];

  test('each act takes no more of them than it did', async () => {
    const counts: [string, number][] = [];
    for (const [name, , act] of ACTS) {
      const before = seen.length;
      await act();
      counts.push([name, seen.length - before]);
    }
    const limits = new Map(ACTS.map(([name, limit]) => [name, limit]));
    expect(counts.filter(([name, count]) => count > (limits.get(name) ?? 0))).toEqual([]);
  });

  test('none walks through a table that grows', async () => {
    const plans = new Map<string, string>();
    for (const { sql, bindings } of new Map(seen.map((one) => [one.sql, one])).values()) {
      if (!/^(select|with|update|delete)/i.test(sql)) continue;
      const rows: readonly { detail: string }[] = await parts.database.reader.raw(
        `EXPLAIN QUERY PLAN ${sql}`,
        [...bindings],
      );
      const walks = rows.filter(
        ({ detail }) =>
          WALKS.test(detail) || (INDEX_OF_ALL_THAT_LIVES.test(detail) && !OF_ONE_MOMENT.test(sql)),
      );
      if (walks.length > 0) plans.set(sql, walks.map(({ detail }) => detail).join('; '));
    }
    expect([...plans]).toEqual([]);
  });
});
