import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parsePath, type Workspace } from '../../storage/index.js';
import { fetchText, GROUP_NAME, openTestStorage, type TestStorage } from '../support/appliance.js';
import { failureOf, mkdir, peek, put, tree } from './acts.js';
import { openParts, type Parts } from './parts.js';

const GROUP = `/${GROUP_NAME}`;

describe('a move', () => {
  let appliance: TestStorage;
  let parts: Parts;
  let claire: Workspace;
  let nadia: Workspace;
  let folder: string;
  let count = 0;
  let linesBefore = 0;

  beforeAll(async () => {
    appliance = await openTestStorage();
    parts = await openParts(appliance);
    claire = await appliance.workspace('claire');
    nadia = await appliance.workspace('nadia');
  });
  beforeEach(async () => {
    folder = `${GROUP}/t${++count}`;
    await mkdir(nadia, folder);
    await appliance.takeMails();
  });
  afterAll(async () => {
    await parts.close();
    await appliance.close();
  });

  const move = (workspace: Workspace, from: string, to: string, overwrite = false) =>
    workspace.move(parsePath(`${folder}/${from}`), parsePath(`${folder}/${to}`), { overwrite });
  const mark = async () => {
    linesBefore = (await appliance.history()).length;
  };
  const lines = async () =>
    (await appliance.history()).slice(linesBefore).map(({ action, path, target, reason }) =>
      [action, path, target, reason]
        .filter((part) => part !== null)
        .join(' ')
        .replaceAll(`${folder}/`, ''),
    );
  const usedBytes = async () =>
    (await parts.rows('spaces')).reduce((sum, row) => sum + Number(row.used_bytes), 0);
  const sizeOfTree = async () => {
    const rows = await parts.rows('entries');
    const live = new Set(rows.filter((row) => row.deleted_at === null).map((row) => row.version_id));
    return (await parts.rows('versions'))
      .filter((version) => live.has(version.id))
      .reduce((sum, version) => sum + Number(version.size_bytes), 0);
  };

  test('renames a file: same entry, same version, one line', async () => {
    const before = await put(nadia, `${folder}/a.txt`, 'a');
    await mark();
    expect(await move(nadia, 'a.txt', 'b.txt')).toEqual({ replaced: false });
    expect(await nadia.stat(parsePath(`${folder}/b.txt`))).toMatchObject({
      id: before.id,
      etag: before.etag,
    });
    expect(await tree(claire, folder)).toEqual([`${folder}/b.txt`]);
    expect(await lines()).toEqual(['move a.txt b.txt']);
  });

  test('takes a whole folder along, with a line for each entry and one act for all', async () => {
    await mkdir(claire, `${folder}/d`, `${folder}/d/e`);
    await put(claire, `${folder}/d/e/a.txt`, 'a');
    await put(nadia, `${folder}/d/hers.tmp`, 'private');
    await mark();
    await move(claire, 'd', 'moved');
    expect(await tree(claire, folder)).toEqual([
      `${folder}/moved/`,
      `${folder}/moved/e/`,
      `${folder}/moved/e/a.txt`,
    ]);
    expect(await peek(nadia, `${folder}/moved/hers.tmp`)).toBe('private');
    expect(await lines()).toEqual(['move d moved', 'move d/e moved/e', 'move d/e/a.txt moved/e/a.txt']);
    const acts = (await parts.rows('activity')).slice(-3).map((row) => row.act_id);
    expect(new Set(acts).size).toBe(1);
  });

  test('changes only the case of a name, and of a folder’s', async () => {
    await put(nadia, `${folder}/a.txt`, 'a');
    await mkdir(nadia, `${folder}/dir`);
    await put(nadia, `${folder}/dir/x`, 'x');
    expect(await move(nadia, 'a.txt', 'A.txt')).toEqual({ replaced: false });
    await move(nadia, 'dir', 'DIR', true);
    expect(await tree(claire, folder)).toEqual([`${folder}/A.txt`, `${folder}/DIR/`, `${folder}/DIR/x`]);
  });

  test('over a file needs the permission to, and ends what was there', async () => {
    await put(nadia, `${folder}/a.txt`, 'new');
    await put(nadia, `${folder}/b.txt`, 'old one');
    expect(await failureOf(move(nadia, 'a.txt', 'b.txt'))).toBe('already-exists');
    await mark();
    expect(await move(nadia, 'a.txt', 'b.txt', true)).toEqual({ replaced: true });
    expect(await peek(claire, `${folder}/b.txt`)).toBe('new');
    expect(await tree(claire, folder)).toEqual([`${folder}/b.txt`]);
    expect(await lines()).toEqual(['delete b.txt replaced', 'move a.txt b.txt']);
    expect(await usedBytes()).toBe(await sizeOfTree());
  });

  test('over a folder takes its place, with all it held', async () => {
    await mkdir(claire, `${folder}/from`, `${folder}/to`);
    await put(claire, `${folder}/from/new.txt`, 'new');
    await put(claire, `${folder}/to/old.txt`, 'old');
    expect(await failureOf(move(claire, 'from', 'to'))).toBe('already-exists');
    expect(await move(claire, 'from', 'to', true)).toEqual({ replaced: true });
    expect(await tree(claire, folder)).toEqual([`${folder}/to/`, `${folder}/to/new.txt`]);
    expect(await usedBytes()).toBe(await sizeOfTree());
  });

  test('over another’s file, folder or name in other case is refused', async () => {
    await put(nadia, `${folder}/mine.txt`, 'x');
    await put(claire, `${folder}/Hers.txt`, 'x');
    await mkdir(claire, `${folder}/dir`);
    expect(await failureOf(move(nadia, 'mine.txt', 'Hers.txt', true))).toBe('forbidden not-own');
    expect(await failureOf(move(nadia, 'mine.txt', 'dir', true))).toBe('forbidden not-own');
    expect(await failureOf(move(claire, 'mine.txt', 'HERS.TXT', true))).toBe('already-exists');
    await put(claire, `${folder}/Coming.txt`, '', { reservesIfEmpty: true });
    expect(await failureOf(move(claire, 'mine.txt', 'coming.txt', true))).toBe('already-exists');
  });

  test.each([
    ['d', 'd', 'forbidden into-itself'],
    ['d', 'd/e/x', 'forbidden into-itself'],
    ['d', 'D/e/x', 'forbidden into-itself'],
    ['d/e', 'd', 'forbidden over-parent'],
    ['d/a.txt', 'd', 'forbidden over-parent'],
    ['d', 'nowhere/d', 'parent-missing'],
    ['absent', 'x', 'not-found'],
    ['d', 'con', 'invalid-path name-reserved'],
    ['d', 'a:b', 'invalid-path name-character'],
  ])('of %s to %s fails: %s, and leaves all as it was', async (from, to, failure) => {
    await mkdir(claire, `${folder}/d`, `${folder}/d/e`);
    await put(claire, `${folder}/d/a.txt`, 'a');
    const before = await tree(claire, folder);
    expect(await failureOf(move(claire, from, to, true))).toBe(failure);
    expect(
      await failureOf(
        claire.copy(parsePath(`${folder}/${from}`), parsePath(`${folder}/${to}`), { overwrite: true }),
      ),
    ).toBe(failure);
    expect(await tree(claire, folder)).toEqual(before);
  });

  test('of a group’s own directory, or to its place, is for administrators', async () => {
    await put(claire, `${folder}/a.txt`, 'a');
    const there = { overwrite: true };
    expect(await failureOf(claire.move(parsePath(GROUP), parsePath('/Autre'), there))).toBe(
      'forbidden group-directory',
    );
    expect(await failureOf(claire.move(parsePath(`${folder}/a.txt`), parsePath('/Autre'), there))).toBe(
      'forbidden group-directory',
    );
    expect(await failureOf(claire.remove(parsePath(GROUP)))).toBe('forbidden group-directory');
  });

  test('is refused to a contributor once the other side has the file, in a folder too', async () => {
    await mkdir(nadia, `${folder}/d`);
    await put(nadia, `${folder}/d/a.txt`, 'x');
    await fetchText(claire, `${folder}/d/a.txt`);
    expect(await failureOf(move(nadia, 'd/a.txt', 'b.txt'))).toBe('forbidden picked-up');
    expect(await failureOf(move(nadia, 'd', 'e'))).toBe('forbidden picked-up');
    expect(await tree(claire, folder)).toEqual([`${folder}/d/`, `${folder}/d/a.txt`]);
  });

  test('under a condition moves only that content', async () => {
    const { etag } = await put(nadia, `${folder}/a.txt`, 'x');
    const to = parsePath(`${folder}/b.txt`);
    const act = nadia.move(parsePath(`${folder}/a.txt`), to, { overwrite: false, ifMatch: '"other"' });
    expect(await failureOf(act)).toBe('precondition-failed if-match');
    await nadia.move(parsePath(`${folder}/a.txt`), to, { overwrite: false, ifMatch: etag });
  });

  test('makes no path that nobody could ask for', async () => {
    let deep = `${folder}/deep`;
    await mkdir(claire, deep);
    while (Buffer.byteLength(deep) < 3900) {
      deep += `/${'x'.repeat(200)}`;
      await mkdir(claire, deep);
    }
    await mkdir(claire, `${folder}/tree`, `${folder}/tree/${'y'.repeat(200)}`);
    await put(claire, `${folder}/tree/${'y'.repeat(200)}/a.txt`, 'a');
    for (const act of ['move', 'copy'] as const)
      expect(
        await failureOf(
          claire[act](parsePath(`${folder}/tree`), parsePath(`${deep}/tree`), { overwrite: false }),
        ),
      ).toBe('invalid-path path-too-long');
    expect(await peek(claire, `${folder}/tree/${'y'.repeat(200)}/a.txt`)).toBe('a');
  });
});
