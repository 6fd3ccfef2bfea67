import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parsePath, type Workspace } from '../../storage/index.js';
import { GROUP_NAME, openTestStorage, type TestStorage } from '../support/appliance.js';
import { failureOf, mkdir, peek, put, tree } from './acts.js';
import { openParts, type Parts } from './parts.js';

describe('a copy', () => {
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
    folder = `/${GROUP_NAME}/t${++count}`;
    await mkdir(nadia, folder);
    await appliance.takeMails();
  });
  afterAll(async () => {
    await parts.close();
    await appliance.close();
  });

  const copy = (from: string, to: string, options: { overwrite?: boolean; isShallow?: boolean } = {}) =>
    claire.copy(parsePath(`${folder}/${from}`), parsePath(`${folder}/${to}`), {
      overwrite: false,
      ...options,
    });
  const mark = async () => {
    linesBefore = (await appliance.history()).length;
  };
  const lines = async () =>
    (await appliance.history())
      .slice(linesBefore)
      .map(({ action, path, target }) =>
        [action, path, target].filter(Boolean).join(' ').replaceAll(`${folder}/`, ''),
      );

  test('of a tree has new entries and the same bytes, stored once', async () => {
    await mkdir(claire, `${folder}/d`, `${folder}/d/e`);
    const source = await put(nadia, `${folder}/d/e/a.txt`, 'shared');
    const blobs = (await parts.rows('blobs')).length;
    await mark();
    expect(await copy('d', 'c')).toEqual({ replaced: false });
    expect(await tree(nadia, `${folder}/c`)).toEqual([`${folder}/c/e/`, `${folder}/c/e/a.txt`]);
    const made = await nadia.stat(parsePath(`${folder}/c/e/a.txt`));
    expect(made).toMatchObject({ sha256: source.sha256, depositor: { side: 'house' } });
    expect(made.id).not.toBe(source.id);
    expect((await parts.rows('blobs')).length).toBe(blobs);
    await nadia.remove(source.path);
    expect(await peek(nadia, `${folder}/c/e/a.txt`)).toBe('shared');
    expect((await lines()).slice(0, 3)).toEqual(['copy d c', 'copy d/e c/e', 'copy d/e/a.txt c/e/a.txt']);
  });

  test('without depth is the folder alone', async () => {
    await mkdir(claire, `${folder}/d`);
    await put(claire, `${folder}/d/a.txt`, 'x');
    await copy('d', 'c', { isShallow: true });
    expect(await tree(claire, `${folder}/c`)).toEqual([]);
  });

  test('over a file is a new version of it; over a folder takes its place', async () => {
    const property = (value: string) => [{ namespace: 'urn:x', name: 'colour', value }];
    const source = await put(claire, `${folder}/a.txt`, 'a');
    const target = await put(claire, `${folder}/b.txt`, 'before');
    await claire.patchProperties(source.path, property('red'));
    await claire.patchProperties(target.path, property('blue'));
    expect(await failureOf(copy('a.txt', 'b.txt'))).toBe('already-exists');
    expect(await copy('a.txt', 'b.txt', { overwrite: true })).toEqual({ replaced: true });
    const after = await claire.stat(target.path, { details: true });
    expect(after).toMatchObject({ id: target.id, sizeBytes: 1, properties: property('red') });
    await mkdir(claire, `${folder}/d`, `${folder}/e`);
    await put(claire, `${folder}/e/old.txt`, 'old');
    expect(await copy('d', 'e', { overwrite: true })).toEqual({ replaced: true });
    expect(await copy('a.txt', 'e', { overwrite: true })).toEqual({ replaced: true });
    expect(await peek(claire, `${folder}/e`)).toBe('a');
  });

  test('onto its own name in another case is refused, of a file and of a folder', async () => {
    await put(claire, `${folder}/a.txt`, 'a');
    await mkdir(claire, `${folder}/d`);
    await put(claire, `${folder}/d/a.txt`, 'a');
    const before = await tree(claire, folder);
    expect(await failureOf(copy('a.txt', 'A.txt', { overwrite: true }))).toBe('already-exists');
    expect(await failureOf(copy('d', 'D', { overwrite: true }))).toBe('already-exists');
    expect(await tree(claire, folder)).toEqual(before);
  });

  test('from a temporary name to a final one is the deposit that others hear of', async () => {
    await put(claire, `${folder}/a.tmp`, 'bytes');
    await mark();
    await copy('a.tmp', 'a.csv');
    expect(await peek(nadia, `${folder}/a.csv`)).toBe('bytes');
    expect(await lines()).toEqual(['deposit a.csv']);
    expect(await appliance.takeMails()).toHaveLength(3);
  });

  test('of a folder leaves out what others alone see', async () => {
    await mkdir(claire, `${folder}/d`);
    await put(nadia, `${folder}/d/hers.tmp`, 'x');
    await put(nadia, `${folder}/d/later.txt`, '', { reservesIfEmpty: true });
    await put(claire, `${folder}/d/mine.tmp`, 'x');
    await copy('d', 'c');
    expect(await tree(claire, `${folder}/c`)).toEqual([`${folder}/c/mine.tmp`]);
    expect(await tree(nadia, `${folder}/c`)).toEqual([]);
  });

  test('of more than the quota leaves nothing', async () => {
    await mkdir(claire, `${folder}/d`);
    for (const name of ['a', 'b', 'c']) await put(claire, `${folder}/d/${name}`, '12345');
    await parts.run('UPDATE spaces SET quota_bytes = used_bytes + 14');
    expect(await failureOf(copy('d', 'c'))).toBe('no-space quota');
    expect(await tree(claire, folder)).not.toContain(`${folder}/c/`);
    await parts.run('UPDATE spaces SET quota_bytes = used_bytes + 15');
    await copy('d', 'c');
    await parts.run('UPDATE spaces SET quota_bytes = NULL');
  });
});
