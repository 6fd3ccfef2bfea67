import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Entry, parsePath, type Workspace } from '../../storage/index.js';
import { insertRows } from '../../storage/metadata/rows.js';
import { GROUP_NAME, namesIn, openTestStorage, PEOPLE, type TestStorage } from '../support/appliance.js';
import { failureOf, mkdir, peek, put, tree } from './acts.js';
import { openParts, type Parts } from './parts.js';

const FOLDER = `/${GROUP_NAME}`;
const COUNT = 1200;

describe('reading the tree', () => {
  let appliance: TestStorage;
  let parts: Parts;
  let claire: Workspace;
  let nadia: Workspace;

  beforeAll(async () => {
    appliance = await openTestStorage();
    parts = await openParts(appliance);
    claire = await appliance.workspace('claire');
    nadia = await appliance.workspace('nadia');
    await mkdir(claire, `${FOLDER}/big`, `${FOLDER}/ids`, `${FOLDER}/same.tmp`, `${FOLDER}/same.tmp/below`);
    const directory = await claire.stat(parsePath(`${FOLDER}/big`));
    const [space] = (await parts.rows('entries')).filter((row) => row.id === directory.id);
    await parts.database.write((transaction) =>
      insertRows(
        transaction,
        'entries',
        Array.from({ length: COUNT }, (_, index) => ({
          id: `e${(index * 7919) % COUNT}`,
          space_id: space?.space_id,
          parent_id: directory.id,
          kind: 'directory',
          name: `d${index + 1}`,
          name_key: `d${index + 1}`,
          sort_key: `d${String(index + 1).padStart(12, '0')}`,
          state: 'published',
          created_at: 1,
          modified_at: 1,
        })),
      ),
    );
  });
  afterAll(async () => {
    await parts.close();
    await appliance.close();
  });

  test(`lists ${COUNT} entries once each, numbers by value`, async () => {
    const names = await namesIn(claire, `${FOLDER}/big`);
    expect(names).toEqual(Array.from({ length: COUNT }, (_, index) => `d${index + 1}`));
  });

  test('a listing may be left before its end', async () => {
    for await (const entry of claire.list(parsePath(`${FOLDER}/big`))) {
      expect(entry.name).toBe('d1');
      break;
    }
  });

  test('the root lists one’s groups and only those', async () => {
    expect(await namesIn(claire, '/')).toEqual([GROUP_NAME]);
    expect(await claire.stat(parsePath('/'))).toMatchObject({ kind: 'directory', name: '' });
    expect(await claire.stat(parsePath(FOLDER))).toMatchObject({ kind: 'directory', name: GROUP_NAME });
    expect(await failureOf(claire.get(parsePath('/')))).toBe('is-a-directory');
    expect(await failureOf(claire.get(parsePath(FOLDER)))).toBe('is-a-directory');
  });

  test('a file is no directory', async () => {
    await put(claire, `${FOLDER}/file.txt`, 'x');
    expect(await failureOf(namesIn(claire, `${FOLDER}/file.txt`))).toBe('not-a-directory not-a-directory');
    expect(await failureOf(claire.stat(parsePath(`${FOLDER}/file.txt/x`)))).toBe('not-found');
  });

  test('an id finds its entry after it was renamed and moved, not after it was deleted', async () => {
    const { id } = await put(claire, `${FOLDER}/ids/a.txt`, 'x');
    const move = (from: string, to: string) =>
      claire.move(parsePath(`${FOLDER}/${from}`), parsePath(`${FOLDER}/${to}`), { overwrite: false });
    await move('ids/a.txt', 'ids/b.txt');
    expect((await nadia.find(id)).path).toEqual(parsePath(`${FOLDER}/ids/b.txt`));
    await move('ids', 'other');
    expect((await nadia.find(id)).path).toEqual(parsePath(`${FOLDER}/other/b.txt`));
    await put(claire, `${FOLDER}/other/b.txt`, 'replaced');
    expect((await nadia.find(id)).id).toBe(id);
    const odile = await appliance.workspace('odile');
    expect(await failureOf(odile.find(id))).toBe('not-found');
    await claire.remove(parsePath(`${FOLDER}/other`));
    expect(await failureOf(nadia.find(id))).toBe('not-found');
    for (const absent of ['', 'x', "' OR 1=1 --"])
      expect(await failureOf(nadia.find(absent))).toBe('not-found');
  });

  test('an id of what one does not see finds nothing', async () => {
    const { id } = await put(nadia, `${FOLDER}/hidden.tmp`, 'x');
    expect((await nadia.find(id)).id).toBe(id);
    expect(await failureOf(claire.find(id))).toBe('not-found');
    const placeholder = await put(nadia, `${FOLDER}/later.txt`, '', { reservesIfEmpty: true });
    expect(await failureOf(claire.find(placeholder.id))).toBe('not-found');
  });

  test('a file of one’s own may bear the name of a folder that others see, and hides nothing below it', async () => {
    await put(claire, `${FOLDER}/same.tmp/below/x.txt`, 'below');
    const nadiaHas = await nadia.stat(parsePath(`${FOLDER}/same.tmp`));
    expect(nadiaHas.kind).toBe('directory');
    await parts.run(
      `INSERT INTO entries SELECT 'own-file', space_id, parent_id, 'file', name, name_key, sort_key, state,
       (SELECT id FROM accounts WHERE login = ?), NULL, (SELECT id FROM versions LIMIT 1), 1, 1, NULL
       FROM entries WHERE id = ?`,
      PEOPLE.nadia.login,
      nadiaHas.id,
    );
    expect((await nadia.stat(parsePath(`${FOLDER}/same.tmp`))).kind).toBe('file');
    expect(await failureOf(nadia.find(nadiaHas.id))).toBe('not-found');
    expect(await peek(nadia, `${FOLDER}/same.tmp/below/x.txt`)).toBe('below');
    await mkdir(nadia, `${FOLDER}/same.tmp/new`);
    expect(await tree(claire, `${FOLDER}/same.tmp`)).toContain(`${FOLDER}/same.tmp/new/`);
  });

  test('deep paths are found beyond the thirty levels of one statement', async () => {
    let path = `${FOLDER}/deep`;
    await mkdir(claire, path);
    for (let level = 0; level < 65; level++) {
      path += `/${level}`;
      await mkdir(claire, path);
    }
    await put(claire, `${path}/a.txt`, 'at the bottom');
    expect(await peek(nadia, `${path}/a.txt`)).toBe('at the bottom');
    expect(await failureOf(nadia.stat(parsePath(`${path}/b.txt`)))).toBe('not-found');
    expect(await failureOf(nadia.stat(parsePath(path.replace('/40/', '/x/'))))).toBe('not-found');
  });

  test('details hold the locks and properties of each entry, deep locks from above included', async () => {
    await mkdir(claire, `${FOLDER}/details`);
    await put(claire, `${FOLDER}/details/a.txt`, 'x');
    await put(claire, `${FOLDER}/details/b.txt`, 'x');
    const request = { scope: 'shared', ownerXml: '<o/>', timeoutSeconds: 60 } as const;
    const deep = await claire.lock(parsePath(`${FOLDER}/details`), { ...request, isDeep: true });
    const lockTokens = [deep.lock.token];
    const own = await claire.lock(parsePath(`${FOLDER}/details/b.txt`), {
      ...request,
      isDeep: false,
      lockTokens,
    });
    const property = { namespace: 'urn:x', name: 'colour', value: 'red' };
    await claire.patchProperties(parsePath(`${FOLDER}/details/a.txt`), [property], { lockTokens });
    const found = new Map<string, unknown>();
    const folder = await nadia.browse(parsePath(`${FOLDER}/details`), { details: true });
    const pages: Entry[][] = [[folder.entry]];
    for await (const page of folder.pages) pages.push([...page]);
    for (const entry of pages.flat())
      found.set(entry.name, [
        entry.locks?.map((lock) => lock.token),
        entry.properties?.map(({ name }) => name),
      ]);
    expect([...found]).toEqual([
      ['details', [[deep.lock.token], []]],
      ['a.txt', [[deep.lock.token], ['colour']]],
      ['b.txt', [[deep.lock.token, own.lock.token], []]],
    ]);
    const stat = await nadia.stat(parsePath(`${FOLDER}/details/b.txt`), { details: true });
    expect(stat.locks?.map((lock) => [lock.token, lock.root, lock.ownerXml])).toEqual([
      [deep.lock.token, parsePath(`${FOLDER}/details`), ''],
      [own.lock.token, parsePath(`${FOLDER}/details/b.txt`), ''],
    ]);
  });

  test('people of the house are the house to partners', async () => {
    const entry = await put(claire, `${FOLDER}/by-claire.txt`, 'x');
    const seen = await nadia.stat(entry.path);
    expect(seen).toMatchObject({ depositor: { side: 'house' } });
    expect(JSON.stringify(seen)).not.toContain('Moreau');
    expect(JSON.stringify(await claire.stat(entry.path))).toContain('Moreau');
  });
});
