import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parsePath, type Workspace } from '../../storage/index.js';
import { fetchText, GROUP_NAME, openTestStorage, type TestStorage } from '../support/appliance.js';
import { failureOf, mkdir, put, tree } from './acts.js';
import { openParts, type Parts } from './parts.js';

describe('a removal', () => {
  let appliance: TestStorage;
  let parts: Parts;
  let claire: Workspace;
  let nadia: Workspace;
  let folder: string;
  let count = 0;

  beforeAll(async () => {
    appliance = await openTestStorage();
    parts = await openParts(appliance);
    claire = await appliance.workspace('claire');
    nadia = await appliance.workspace('nadia');
  });
  beforeEach(async () => {
    folder = `/${GROUP_NAME}/t${++count}`;
    await mkdir(nadia, folder, `${folder}/d`, `${folder}/d/e`);
    await put(nadia, `${folder}/d/e/a.txt`, 'aaa');
    await put(nadia, `${folder}/d/b.txt`, 'bb');
  });
  afterAll(async () => {
    await parts.close();
    await appliance.close();
  });

  const remove = (workspace: Workspace, name: string) => workspace.remove(parsePath(`${folder}/${name}`));
  const removeDirectory = (name: string) => nadia.removeDirectory(parsePath(`${folder}/${name}`));
  const usedBytes = async () =>
    (await parts.rows('spaces')).reduce((sum, row) => sum + Number(row.used_bytes), 0);

  test('of a folder takes all with it: one line each, one act, the space given back', async () => {
    const before = await usedBytes();
    const linesBefore = (await appliance.history()).length;
    await remove(nadia, 'd');
    expect(await tree(claire, folder)).toEqual([]);
    const rows = (await appliance.history()).slice(linesBefore);
    expect(rows.map((row) => `${row.action} ${row.path?.slice(folder.length)} ${row.sizeBytes}`)).toEqual([
      'delete /d null',
      'delete /d/b.txt 2',
      'delete /d/e null',
      'delete /d/e/a.txt 3',
    ]);
    expect(new Set((await parts.rows('activity')).slice(-4).map((row) => row.act_id)).size).toBe(1);
    expect(await usedBytes()).toBe(before - 5);
  });

  test('by a contributor is all or nothing', async () => {
    await put(claire, `${folder}/d/e/c.txt`, 'of Claire');
    const before = await tree(nadia, folder);
    await expect(remove(nadia, 'd')).rejects.toMatchObject({
      code: 'forbidden',
      reason: 'not-own',
      subject: 'c.txt',
    });
    expect(await tree(nadia, folder)).toEqual(before);
    await remove(claire, 'd/e/c.txt');
    await fetchText(claire, `${folder}/d/b.txt`);
    await expect(remove(nadia, 'd')).rejects.toMatchObject({ reason: 'picked-up', subject: 'b.txt' });
    await remove(nadia, 'd/e');
  });

  test('stops at the first lock below', async () => {
    await mkdir(claire, `${folder}/d/e/f`);
    const path = parsePath(`${folder}/d/e/a.txt`);
    const request = { scope: 'exclusive', isDeep: false, ownerXml: '', timeoutSeconds: 60 } as const;
    const { lock } = await nadia.lock(path, request);
    expect(await failureOf(remove(claire, 'd'))).toBe('locked lock-token-submitted');
    expect(await failureOf(nadia.remove(parsePath(`${folder}/d/e/a.txt`)))).toBe(
      'locked lock-token-submitted',
    );
    await nadia.unlock(path, lock.token);
    await remove(claire, 'd');
  });

  test('takes others’ unfinished files along', async () => {
    await put(nadia, `${folder}/d/hers.tmp`, 'x');
    await put(nadia, `${folder}/d/later.txt`, '', { reservesIfEmpty: true });
    await remove(claire, 'd');
    expect(await tree(nadia, folder)).toEqual([]);
    await mkdir(nadia, `${folder}/own`);
    await put(claire, `${folder}/own/theirs.tmp`, 'x');
    await put(claire, `${folder}/own/later.txt`, '', { reservesIfEmpty: true });
    await remove(nadia, 'own');
    expect(
      (await parts.rows('entries')).filter((row) => row.name === 'hers.tmp' && row.deleted_at === null),
    ).toEqual([]);
  });

  test('under a condition removes only that content', async () => {
    const path = parsePath(`${folder}/d/b.txt`);
    expect(await failureOf(nadia.remove(path, { ifMatch: '"other"' }))).toBe('precondition-failed if-match');
    const entry = await nadia.stat(path);
    await nadia.remove(path, { ifMatch: entry.kind === 'file' ? entry.etag : '' });
  });

  test('frees the name, and the new file of that name is another', async () => {
    const path = parsePath(`${folder}/d/b.txt`);
    const { id } = await nadia.stat(path);
    await nadia.remove(path);
    expect((await put(claire, `${folder}/d/b.txt`, 'again')).id).not.toBe(id);
    expect(await failureOf(nadia.find(id))).toBe('not-found');
  });

  test('of a folder meant to be empty fails when it is not, whoever’s it holds', async () => {
    expect(await failureOf(removeDirectory('d'))).toBe('already-exists not-empty');
    expect(await failureOf(removeDirectory('d/b.txt'))).toBe('not-a-directory');
    expect(await failureOf(removeDirectory('absent'))).toBe('not-found');
    await put(claire, `${folder}/d/e/theirs.tmp`, 'x');
    await remove(nadia, 'd/e/a.txt');
    expect(await failureOf(removeDirectory('d/e'))).toBe('already-exists not-empty');
    await remove(claire, 'd/e/theirs.tmp');
    await removeDirectory('d/e');
    expect(await tree(nadia, folder)).toEqual([`${folder}/d/`, `${folder}/d/b.txt`]);
  });

  test('of an empty folder never takes what comes at the same moment', async () => {
    for (let round = 0; round < 10; round++) {
      const path = `${folder}/race${round}`;
      await mkdir(nadia, path);
      const [removed, deposited] = await Promise.all([
        failureOf(nadia.removeDirectory(parsePath(path))),
        failureOf(put(nadia, `${path}/a.txt`, 'x')),
      ]);
      expect([removed, deposited].filter((failure) => failure === 'no failure')).toHaveLength(1);
    }
  });

  test('of more than 10,000 entries is refused with a sentence', async () => {
    const directory = await nadia.stat(parsePath(`${folder}/d/e`));
    await parts.run(
      `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
       INSERT INTO entries SELECT 'many' || i, space_id, id, kind, 'm' || i, 'm' || i, 'm' || i, state, '',
       owner_account_id, NULL, 1, 1, NULL FROM entries, n WHERE id = ?`,
      directory.id,
    );
    expect(await failureOf(remove(nadia, 'd'))).toBe('too-large tree-size');
    expect(
      await failureOf(nadia.copy(parsePath(`${folder}/d`), parsePath(`${folder}/c`), { overwrite: false })),
    ).toBe('too-large tree-size');
    await parts.run("DELETE FROM entries WHERE id LIKE 'many%'");
  });
});
