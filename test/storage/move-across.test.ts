import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parsePath, type Workspace } from '../../storage/index.js';
import { openTestStorage, PEOPLE, type TestStorage } from '../support/appliance.js';
import { failureOf, mkdir, peek, put, tree } from './acts.js';
import { openParts, type Parts } from './parts.js';

describe('from one group to another', () => {
  let appliance: TestStorage;
  let parts: Parts;
  let claire: Workspace;
  let nadia: Workspace;

  let here: string;
  let there: string;
  let count = 0;

  beforeAll(async () => {
    appliance = await openTestStorage();
    parts = await openParts(appliance);
  });
  /** Two groups of its own for each test: Claire in both, Nadia and Julien here, Odile there. */
  beforeEach(async () => {
    count += 1;
    [here, there] = [`/Ici ${count}`, `/Là ${count}`];
    const { operator } = appliance;
    for (const path of [here, there]) await operator.createGroup({ name: path.slice(1) });
    await operator.setMember(here.slice(1), PEOPLE.claire.login, 'writer');
    await operator.setMember(here.slice(1), PEOPLE.nadia.login, 'contributor');
    await operator.setMember(here.slice(1), PEOPLE.julien.login, 'reader');
    await operator.setMember(there.slice(1), PEOPLE.claire.login, 'contributor');
    await operator.setMember(there.slice(1), PEOPLE.odile.login, 'writer');
    claire = await appliance.workspace('claire');
    nadia = await appliance.workspace('nadia');
    await mkdir(claire, `${here}/d`);
    await put(nadia, `${here}/d/a.txt`, 'of Nadia');
    await put(nadia, `${here}/d/hers.tmp`, 'unfinished');
    await put(nadia, `${here}/d/later.txt`, '', { reservesIfEmpty: true });
    await put(claire, `${here}/d/own.tmp`, 'own');
    await appliance.takeMails();
  });
  afterAll(async () => {
    await parts.close();
    await appliance.close();
  });

  const linesOf = async (path: string) =>
    (await appliance.operator.activity({ group: path.slice(1), order: 'asc' }))
      .filter((row) => ['deposit', 'copy', 'move', 'delete'].includes(row.action))
      .map(({ action, outcome, path, target, reason }) =>
        [action, outcome, path, target, reason].filter(Boolean).join(' '),
      );
  const usedBytes = async (path: string) => (await appliance.operator.group(path.slice(1))).usedBytes;

  test('a move is a delete here and a deposit there, which that group is told of', async () => {
    const before = await claire.stat(parsePath(`${here}/d/a.txt`));
    const blobs = (await parts.rows('blobs')).length;
    await claire.move(parsePath(`${here}/d`), parsePath(`${there}/moved`), { overwrite: false });
    const odile = await appliance.workspace('odile');
    expect(await peek(odile, `${there}/moved/a.txt`)).toBe('of Nadia');
    const after = await odile.stat(parsePath(`${there}/moved/a.txt`));
    expect(after.id).not.toBe(before.id);
    expect(after).toMatchObject({ depositor: { side: 'house', name: 'PEPS' } });
    expect((await linesOf(here)).slice(-2)).toEqual([
      `delete ok ${here}/d moved-away`,
      `delete ok ${here}/d/a.txt moved-away`,
    ]);
    expect(await linesOf(there)).toEqual([`deposit ok ${there}/moved/a.txt`]);
    const mails = await appliance.takeMails();
    expect(mails.map((mail) => mail.to.address)).toEqual([PEOPLE.odile.login]);
    expect((await parts.rows('blobs')).length).toBe(blobs);
  });

  test('what was others’ alone does not come along, and becomes nobody else’s', async () => {
    await claire.move(parsePath(`${here}/d`), parsePath(`${there}/moved`), { overwrite: false });
    expect(await tree(claire, there)).toEqual([
      `${there}/moved/`,
      `${there}/moved/a.txt`,
      `${there}/moved/own.tmp`,
    ]);
    expect(await tree(claire, here)).toEqual([]);
    expect([await usedBytes(here), await usedBytes(there)]).toEqual([0, 'of Nadia'.length + 'own'.length]);
  });

  test('a copy leaves all here, tells that group, and shows nobody’s unfinished files', async () => {
    const beforeCopy = await tree(nadia, here);
    await claire.copy(parsePath(`${here}/d`), parsePath(`${there}/copied`), { overwrite: false });
    expect(await tree(nadia, here)).toEqual(beforeCopy);
    expect(await tree(claire, there)).toEqual([
      `${there}/copied/`,
      `${there}/copied/a.txt`,
      `${there}/copied/own.tmp`,
    ]);
    expect(await linesOf(there)).toEqual([`deposit ok ${there}/copied/a.txt`]);
    expect((await linesOf(here)).at(-1)).toBe(`copy ok ${here}/d/a.txt`);
    expect(await appliance.takeMails()).toHaveLength(1);
  });

  test('a refusal there says here nothing of there', async () => {
    await appliance.operator.setMember(there.slice(1), PEOPLE.claire.login, 'reader');
    claire = await appliance.workspace('claire');
    for (const act of ['move', 'copy'] as const)
      expect(
        await failureOf(
          claire[act](parsePath(`${here}/d/a.txt`), parsePath(`${there}/x.txt`), { overwrite: true }),
        ),
      ).toBe('forbidden role');
    expect((await linesOf(here)).slice(-2)).toEqual([
      `move refused ${here}/d/a.txt role`,
      `copy refused ${here}/d/a.txt role`,
    ]);
    expect(await linesOf(there)).toEqual([]);
  });

  test('needs the right to delete here', async () => {
    await appliance.operator.setMember(there.slice(1), PEOPLE.julien.login, 'writer');
    const julien = await appliance.workspace('julien');
    const [from, to] = [parsePath(`${here}/d/a.txt`), parsePath(`${there}/x.txt`)];
    expect(await failureOf(julien.move(from, to, { overwrite: true }))).toBe('forbidden role');
    expect(await failureOf(julien.copy(from, to, { overwrite: true }))).toBe('no failure');
  });

  test('counts against the quota there, all or nothing', async () => {
    const { id } = await appliance.operator.group(there.slice(1));
    const setQuota = (bytes: number) =>
      parts.run(
        'UPDATE spaces SET quota_bytes = ? WHERE id = (SELECT space_id FROM "groups" WHERE id = ?)',
        bytes,
        id,
      );
    await setQuota(10);
    const [from, to] = [parsePath(`${here}/d`), parsePath(`${there}/d`)];
    expect(await failureOf(claire.move(from, to, { overwrite: false }))).toBe('no-space quota');
    expect(await failureOf(claire.copy(from, to, { overwrite: false }))).toBe('no-space quota');
    expect(await tree(claire, there)).toEqual([]);
    expect(await tree(claire, here)).toContain(`${here}/d/a.txt`);
    await setQuota(11);
    await claire.move(from, to, { overwrite: false });
    expect([await usedBytes(here), await usedBytes(there)]).toEqual([0, 11]);
  });
});
