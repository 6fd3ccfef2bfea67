import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parsePath, type Workspace } from '../../storage/index.js';
import { GROUP_NAME, openTestStorage, type TestStorage } from '../support/appliance.js';
import { mkdir, peek, put, tree } from './acts.js';
import { openParts, type Parts } from './parts.js';

const GROUP = `/${GROUP_NAME}`;

describe('a file under a temporary name', () => {
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

  test('from a temporary name to a final one is one deposit, announced once', async () => {
    await put(nadia, `${folder}/a.csv.filepart`, 'bytes');
    await mark();
    await move(nadia, 'a.csv.filepart', 'a.csv');
    expect(await lines()).toEqual(['deposit a.csv']);
    expect(await peek(claire, `${folder}/a.csv`)).toBe('bytes');
    expect(await appliance.takeMails()).toHaveLength(3);
    expect(await usedBytes()).toBe(await sizeOfTree());
  });

  test('from a temporary name over a file is a new version of it, and over a folder takes its place', async () => {
    const old = await put(nadia, `${folder}/a.csv`, 'old bytes');
    await put(nadia, `${folder}/a.tmp`, 'new');
    await move(nadia, 'a.tmp', 'a.csv', true);
    expect(await claire.stat(old.path)).toMatchObject({ id: old.id, sizeBytes: 3 });
    expect((await parts.rows('versions')).filter((row) => row.entry_id === old.id)).toHaveLength(2);
    await mkdir(claire, `${folder}/d`);
    await put(claire, `${folder}/d/x.txt`, 'x');
    await put(claire, `${folder}/d.tmp`, 'file now');
    await move(claire, 'd.tmp', 'd', true);
    expect(await peek(nadia, `${folder}/d`)).toBe('file now');
    expect(await tree(nadia, folder)).toEqual([`${folder}/a.csv`, `${folder}/d`]);
    expect(await usedBytes()).toBe(await sizeOfTree());
  });

  test('to a temporary name takes a file from the others’ sight; back, it is a deposit again', async () => {
    await put(claire, `${folder}/a.docx`, 'v1');
    await mark();
    await move(claire, 'a.docx', '~WRL0001.tmp');
    expect(await tree(nadia, folder)).toEqual([]);
    expect(await peek(claire, `${folder}/~WRL0001.tmp`)).toBe('v1');
    await move(claire, '~WRL0001.tmp', 'a.docx');
    expect(await tree(nadia, folder)).toEqual([`${folder}/a.docx`]);
    expect(await lines()).toEqual(['move a.docx ~WRL0001.tmp', 'deposit a.docx replaced']);
  });

  test('as Word saves: beside, away, in place, gone', async () => {
    await put(nadia, `${folder}/a.docx`, 'v1');
    await mark();
    await put(nadia, `${folder}/~WRD0000.tmp`, 'v2');
    await move(nadia, 'a.docx', '~WRL0001.tmp');
    await move(nadia, '~WRD0000.tmp', 'a.docx');
    await nadia.remove(parsePath(`${folder}/~WRL0001.tmp`));
    expect((await lines()).filter((line) => !line.startsWith('move'))).toEqual(['deposit a.docx replaced']);
    expect(await tree(nadia, folder)).toEqual([`${folder}/a.docx`]);
  });

  test('of a placeholder keeps it one', async () => {
    await put(nadia, `${folder}/new.txt`, '', { reservesIfEmpty: true });
    await mark();
    await move(nadia, 'new.txt', 'named.txt');
    expect(await tree(claire, folder)).toEqual([]);
    await put(nadia, `${folder}/named.txt`, 'x');
    await put(nadia, `${folder}/other.tmp`, '', { reservesIfEmpty: true });
    await move(nadia, 'other.tmp', 'other.txt');
    expect(await tree(claire, folder)).toEqual([`${folder}/named.txt`]);
    expect(await lines()).toEqual(['deposit named.txt']);
  });
});
