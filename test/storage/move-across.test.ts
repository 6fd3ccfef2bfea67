import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parsePath, type Workspace } from '../../storage/index.js';
import {
  GROUP_NAME,
  OTHER_GROUP_NAME,
  openTestStorage,
  PEOPLE,
  type TestStorage,
} from '../support/appliance.js';
import { failureOf, mkdir, peek, put, tree } from './acts.js';
import { openParts, type Parts } from './parts.js';

const HERE = `/${GROUP_NAME}`;
const THERE = `/${OTHER_GROUP_NAME}`;

describe('from one group to another', () => {
  let appliance: TestStorage;
  let parts: Parts;
  let claire: Workspace;
  let nadia: Workspace;

  beforeEach(async () => {
    appliance = await openTestStorage();
    await appliance.operator.setMember(OTHER_GROUP_NAME, PEOPLE.claire.login, 'contributor');
    await appliance.takeMails();
    parts = await openParts(appliance);
    claire = await appliance.workspace('claire');
    nadia = await appliance.workspace('nadia');
    await mkdir(claire, `${HERE}/d`);
    await put(nadia, `${HERE}/d/a.txt`, 'of Nadia');
    await put(nadia, `${HERE}/d/hers.tmp`, 'unfinished');
    await put(nadia, `${HERE}/d/later.txt`, '', { reservesIfEmpty: true });
    await put(claire, `${HERE}/d/own.tmp`, 'own');
    await appliance.takeMails();
  });
  afterEach(async () => {
    await parts.close();
    await appliance.close();
  });

  const linesOf = async (group: string) =>
    (await appliance.operator.activity({ group, order: 'asc' }))
      .filter((row) => ['deposit', 'copy', 'move', 'delete'].includes(row.action))
      .map(({ action, outcome, path, target, reason }) =>
        [action, outcome, path, target, reason].filter(Boolean).join(' '),
      );
  const used = async () => new Map((await parts.rows('spaces')).map((row) => [row.id, row.used_bytes]));

  test('a move is a delete here and a deposit there, which that group is told of', async () => {
    const before = await claire.stat(parsePath(`${HERE}/d/a.txt`));
    await claire.move(parsePath(`${HERE}/d`), parsePath(`${THERE}/moved`), { overwrite: false });
    const odile = await appliance.workspace('odile');
    expect(await peek(odile, `${THERE}/moved/a.txt`)).toBe('of Nadia');
    const after = await odile.stat(parsePath(`${THERE}/moved/a.txt`));
    expect(after.id).not.toBe(before.id);
    expect(after).toMatchObject({ depositor: { side: 'house', name: 'PEPS' } });
    expect((await linesOf(GROUP_NAME)).slice(-2)).toEqual([
      `delete ok ${HERE}/d moved-away`,
      `delete ok ${HERE}/d/a.txt moved-away`,
    ]);
    expect(await linesOf(OTHER_GROUP_NAME)).toEqual([`deposit ok ${THERE}/moved/a.txt`]);
    const mails = await appliance.takeMails();
    expect(mails.map((mail) => mail.to.address)).toEqual([PEOPLE.odile.login]);
    expect((await parts.rows('blobs')).length).toBe(3);
  });

  test('what was others’ alone does not come along, and becomes nobody else’s', async () => {
    await claire.move(parsePath(`${HERE}/d`), parsePath(`${THERE}/moved`), { overwrite: false });
    expect(await tree(claire, THERE)).toEqual([
      `${THERE}/moved/`,
      `${THERE}/moved/a.txt`,
      `${THERE}/moved/own.tmp`,
    ]);
    expect(await tree(claire, HERE)).toEqual([]);
    expect([...(await used()).values()].sort()).toEqual([0, 'of Nadia'.length + 'own'.length].sort());
  });

  test('a copy leaves all here, tells that group, and shows nobody’s unfinished files', async () => {
    const beforeCopy = await tree(nadia, HERE);
    await claire.copy(parsePath(`${HERE}/d`), parsePath(`${THERE}/copied`), { overwrite: false });
    expect(await tree(nadia, HERE)).toEqual(beforeCopy);
    expect(await tree(claire, THERE)).toEqual([
      `${THERE}/copied/`,
      `${THERE}/copied/a.txt`,
      `${THERE}/copied/own.tmp`,
    ]);
    expect(await linesOf(OTHER_GROUP_NAME)).toEqual([`deposit ok ${THERE}/copied/a.txt`]);
    expect((await linesOf(GROUP_NAME)).at(-1)).toBe(`copy ok ${HERE}/d/a.txt`);
    expect(await appliance.takeMails()).toHaveLength(1);
  });

  test('a refusal there says here nothing of there', async () => {
    await appliance.operator.setMember(OTHER_GROUP_NAME, PEOPLE.claire.login, 'reader');
    claire = await appliance.workspace('claire');
    for (const act of ['move', 'copy'] as const)
      expect(
        await failureOf(
          claire[act](parsePath(`${HERE}/d/a.txt`), parsePath(`${THERE}/x.txt`), { overwrite: true }),
        ),
      ).toBe('forbidden role');
    expect((await linesOf(GROUP_NAME)).slice(-2)).toEqual([
      `move refused ${HERE}/d/a.txt role`,
      `copy refused ${HERE}/d/a.txt role`,
    ]);
    expect(await linesOf(OTHER_GROUP_NAME)).toEqual([]);
  });

  test('needs the right to delete here', async () => {
    await appliance.operator.setMember(OTHER_GROUP_NAME, PEOPLE.julien.login, 'writer');
    const julien = await appliance.workspace('julien');
    const [from, to] = [parsePath(`${HERE}/d/a.txt`), parsePath(`${THERE}/x.txt`)];
    expect(await failureOf(julien.move(from, to, { overwrite: true }))).toBe('forbidden role');
    expect(await failureOf(julien.copy(from, to, { overwrite: true }))).toBe('no failure');
  });

  test('counts against the quota there, all or nothing', async () => {
    await parts.run('UPDATE spaces SET quota_bytes = 9 WHERE used_bytes = 0');
    const [from, to] = [parsePath(`${HERE}/d`), parsePath(`${THERE}/d`)];
    expect(await failureOf(claire.move(from, to, { overwrite: false }))).toBe('no-space quota');
    expect(await failureOf(claire.copy(from, to, { overwrite: false }))).toBe('no-space quota');
    expect(await tree(claire, THERE)).toEqual([]);
    expect(await tree(claire, HERE)).toContain(`${HERE}/d/a.txt`);
    await parts.run('UPDATE spaces SET quota_bytes = 11 WHERE quota_bytes = 9');
    await claire.move(from, to, { overwrite: false });
    expect([...(await used()).values()].sort()).toEqual([0, 11]);
  });
});
