import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parsePath, type Workspace } from '../../storage/index.js';
import { fetchText, GROUP_NAME, openTestStorage, PEOPLE, type TestStorage } from '../support/appliance.js';
import { begin, mkdir, put, tree } from './acts.js';
import { openParts, type Parts } from './parts.js';

const FOLDER = `/${GROUP_NAME}`;

describe('the log', () => {
  let appliance: TestStorage;
  let parts: Parts;
  let nadia: Workspace;

  beforeAll(async () => {
    appliance = await openTestStorage();
    parts = await openParts(appliance);
    nadia = await appliance.workspace('nadia');
    await mkdir(nadia, `${FOLDER}/d`);
    await put(nadia, `${FOLDER}/d/a.txt`, 'x');
    await fetchText(await appliance.workspace('claire'), `${FOLDER}/d/a.txt`);
    await appliance.takeMails();
  });
  afterAll(async () => {
    await parts.close();
    await appliance.close();
  });

  test.each(['UPDATE activity SET at = 0', 'UPDATE activity SET outcome = outcome', 'DELETE FROM activity'])(
    'refuses %s',
    async (sql) => {
      const before = await parts.rows('activity');
      await expect(parts.run(sql)).rejects.toThrow('insert-only');
      expect(await parts.rows('activity')).toEqual(before);
    },
  );

  test('says in each row’s hash what the row says, its personal part included', async () => {
    const personal = new Map((await parts.rows('activity_payload')).map((row) => [row.activity_id, row]));
    const rows = await parts.rows('activity');
    expect(rows.length).toBeGreaterThan(10);
    for (const row of rows) {
      const { salt, payload } = personal.get(row.id) ?? {};
      const commitment = createHash('sha256')
        .update(Buffer.from(String(salt), 'hex'))
        .update(String(payload))
        .digest('hex');
      const columns = [
        'at',
        'action',
        'outcome',
        'door',
        'account_id',
        'group_id',
        'entry_id',
        'version_id',
        'act_id',
      ];
      const open = JSON.stringify([...columns, 'size_bytes'].map((column) => row[column]));
      expect(row.leaf_hash).toBe(createHash('sha256').update(open).update(commitment).digest('hex'));
    }
    expect(new Set([...personal.values()].map((row) => row.salt)).size).toBe(rows.length);
    expect(String([...personal.values()][0]?.salt)).toMatch(/^[0-9a-f]{32}$/);
  });

  test('keeps what is personal in its erasable half alone', async () => {
    const open = JSON.stringify(await parts.rows('activity'));
    for (const secret of [PEOPLE.nadia.login, PEOPLE.nadia.name, 'a.txt', '127.0.0.1', GROUP_NAME])
      expect(open).not.toContain(secret);
  });

  /** What a deposit leaves behind, in every table and in the blob store. */
  async function traces(): Promise<unknown> {
    const blobs: string[] = [];
    for await (const blob of parts.blobs.list()) blobs.push(blob.id);
    for await (const staged of parts.blobs.listStaged()) blobs.push(staged.id);
    const tables = [
      'entries',
      'versions',
      'blobs',
      'uploads',
      'outbox',
      'notification_items',
      'spaces',
      'properties',
    ];
    return [blobs, ...(await Promise.all(tables.map((table) => parts.rows(table))))];
  }

  /** Makes the table refuse every insertion while `act` runs. */
  async function whileRefusing(table: string, act: () => Promise<void>): Promise<void> {
    await parts.run(
      `CREATE TRIGGER refuse BEFORE INSERT ON ${table} BEGIN SELECT RAISE(ABORT, 'broken on purpose'); END`,
    );
    try {
      await act();
    } finally {
      await parts.run('DROP TRIGGER refuse');
    }
  }

  test.each(['notification_items', 'outbox', 'versions', 'blobs', 'entries'])(
    'and the deposit are one: when %s cannot be written, nothing of it remains',
    async (table) => {
      const before = await traces();
      const linesBefore = (await appliance.history()).length;
      await whileRefusing(table, async () => {
        await expect(put(nadia, `${FOLDER}/new.txt`, 'bytes')).rejects.toThrow('broken on purpose');
      });
      expect(await traces()).toEqual(before);
      const lines = (await appliance.history()).slice(linesBefore);
      expect(lines.map((row) => `${row.action} ${row.outcome}`)).toEqual(['deposit aborted']);
      expect(await tree(nadia, FOLDER)).not.toContain(`${FOLDER}/new.txt`);
    },
  );

  test.each(['activity', 'activity_payload'])('not written, nothing is done (%s)', async (table) => {
    const before = await traces();
    const [from, to] = [parsePath(`${FOLDER}/d`), parsePath(`${FOLDER}/e`)];
    await whileRefusing(table, async () => {
      for (const act of [
        () => put(nadia, `${FOLDER}/d/a.txt`, 'replaced'),
        () => nadia.move(from, to, { overwrite: false }),
        () => nadia.copy(from, to, { overwrite: false }),
        () => nadia.createDirectory(to),
        () => appliance.workspace('claire').then((claire) => claire.remove(from)),
      ])
        await expect(act()).rejects.toThrow('broken on purpose');
    });
    expect(await traces()).toEqual(before);
  });

  test('not written, a broken-off deposit is cleared away all the same', async () => {
    const before = await traces();
    const upload = await begin(nadia, `${FOLDER}/new.txt`);
    await upload.write(Buffer.from('x'), 0);
    await whileRefusing('activity', () => upload.abort('x'));
    expect(await traces()).toEqual(before);
  });
});
