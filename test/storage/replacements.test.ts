import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parsePath, type Workspace } from '../../storage/index.js';
import { createReplacements } from '../../storage/replacements.js';
import { GROUP_NAME, openTestStorage, type TestStorage } from '../support/appliance.js';
import { createFakeClock } from '../support/fake-clock.js';
import { mkdir, peek, put, tree } from './acts.js';
import { openParts, type Parts } from './parts.js';

const clock = createFakeClock();

describe('a file that is replaced in steps', () => {
  let appliance: TestStorage;
  let parts: Parts;
  let nadia: Workspace;
  let claire: Workspace;
  let folder: string;
  let id: string;
  let count = 0;
  let lastLine = 0;

  beforeAll(async () => {
    appliance = await openTestStorage({ clock });
    parts = await openParts(appliance, { clock });
    nadia = await appliance.workspace('nadia');
    claire = await appliance.workspace('claire');
  });
  beforeEach(async () => {
    folder = `/${GROUP_NAME}/t${++count}`;
    await mkdir(nadia, folder);
    ({ id } = await put(nadia, at('a.docx'), 'version 1'));
    clock.advance(3600);
    await appliance.takeMails();
    lastLine = (await appliance.operator.activity({ limit: 1 }))[0]?.id ?? 0;
  });
  afterAll(async () => {
    await parts.close();
    await appliance.close();
  });

  const at = (name: string) => `${folder}/${name}`;
  const remove = (name: string) => nadia.remove(parsePath(at(name)));
  const move = (from: string, to: string) =>
    nadia.move(parsePath(at(from)), parsePath(at(to)), { overwrite: false });
  const lines = async (isFolded: boolean) =>
    (await appliance.operator.activity({ after: lastLine, order: 'asc', isFolded })).map(
      ({ action, path, reason }) => [action, path?.split('/').at(-1), reason].filter(Boolean).join(' '),
    );
  /** What all see afterwards, the history as people read it, and the mails. */
  async function expectReplaced(content: string): Promise<void> {
    expect(await lines(true)).toEqual(['deposit a.docx replaced']);
    expect(await claire.find(id)).toMatchObject({ path: parsePath(at('a.docx')) });
    expect(await peek(claire, at('a.docx'))).toBe(content);
    expect(await tree(claire, folder)).toEqual([at('a.docx')]);
    clock.advance(3600);
    const mails = await appliance.takeMails();
    expect(mails).toHaveLength(3);
    for (const { intent } of mails)
      expect(intent).toMatchObject({ template: 'group-deposits', files: [{ entryId: id, name: 'a.docx' }] });
    const live = (await parts.rows('entries')).filter((row) => row.deleted_at === null);
    const current = new Set(live.map((row) => row.version_id));
    const versions = (await parts.rows('versions')).filter((row) => current.has(row.id));
    const used = (await parts.rows('spaces')).reduce((sum, row) => sum + Number(row.used_bytes), 0);
    expect(used).toBe(versions.reduce((sum, row) => sum + Number(row.size_bytes), 0));
    expect(versions.find((row) => row.entry_id === id)).toMatchObject({ ended_at: null });
  }

  test('deleted and sent anew', async () => {
    await nadia.patchProperties(parsePath(at('a.docx')), [{ namespace: 'urn:x', name: 'p', value: '1' }]);
    await remove('a.docx');
    await put(nadia, at('a.docx'), 'version 2');
    expect(await lines(false)).toEqual(['delete a.docx', 'deposit a.docx replaced']);
    expect((await parts.rows('properties')).filter((row) => row.entry_id === id)).toEqual([]);
    await expectReplaced('version 2');
  });

  test('deleted, and one sent under a temporary name renamed to it, as WinSCP does', async () => {
    await put(nadia, at('a.docx.filepart'), 'version 2');
    await remove('a.docx');
    await move('a.docx.filepart', 'a.docx');
    await expectReplaced('version 2');
  });

  test('emptied, deleted and sent anew, as older Windows does', async () => {
    await put(nadia, at('a.docx'), '', { reservesIfEmpty: true });
    await remove('a.docx');
    await put(nadia, at('a.docx'), 'version 2');
    expect(await lines(false)).toEqual([
      'deposit a.docx replaced',
      'delete a.docx',
      'deposit a.docx replaced',
    ]);
    await expectReplaced('version 2');
  });

  test('emptied and filled', async () => {
    await put(nadia, at('a.docx'), '', { reservesIfEmpty: true });
    await put(nadia, at('a.docx'), 'version 2', { reservesIfEmpty: true });
    await expectReplaced('version 2');
  });

  test('deleted, its name held by an empty file, and that filled', async () => {
    await remove('a.docx');
    await put(nadia, at('a.docx'), '', { reservesIfEmpty: true });
    expect(await tree(claire, folder)).toEqual([]);
    await put(nadia, at('a.docx'), 'version 2', { reservesIfEmpty: true });
    await expectReplaced('version 2');
  });

  test('deleted, its name locked, and written under the lock, as davfs2 does', async () => {
    await remove('a.docx');
    const { lock, created } = await nadia.lock(parsePath(at('a.docx')), {
      ...{ scope: 'exclusive', isDeep: false, ownerXml: '', timeoutSeconds: 60 },
    });
    expect(created).toBe(true);
    expect(await tree(claire, folder)).toEqual([]);
    await put(nadia, at('a.docx'), 'version 2', { lockTokens: [lock.token] });
    await nadia.unlock(parsePath(at('a.docx')), lock.token);
    await expectReplaced('version 2');
  });

  test('renamed away, one sent beside it renamed to its name, and the old one deleted, as Office does', async () => {
    await put(nadia, at('~WRD0000.tmp'), 'version 2');
    await move('a.docx', '~WRL0001.tmp');
    expect(await tree(claire, folder)).toEqual([]);
    expect(await peek(nadia, at('~WRL0001.tmp'))).toBe('version 1');
    await move('~WRD0000.tmp', 'a.docx');
    await remove('~WRL0001.tmp');
    expect(await lines(false)).toEqual(['move a.docx', 'deposit a.docx replaced']);
    await expectReplaced('version 2');
    const ended = (await parts.rows('versions')).filter(
      (row) => row.entry_id === id && row.ended_at !== null,
    );
    expect(ended).toHaveLength(1);
  });

  test('renamed to a backup and sent anew, as vim does', async () => {
    await move('a.docx', 'a.docx~');
    await put(nadia, at('a.docx'), 'version 2');
    await remove('a.docx~');
    await expectReplaced('version 2');
  });

  test('twice at once is replaced twice', async () => {
    for (const content of ['version 2', 'version 3']) {
      await remove('a.docx');
      await put(nadia, at('a.docx'), content);
    }
    expect(await lines(true)).toEqual(['deposit a.docx replaced', 'deposit a.docx replaced']);
    expect((await nadia.find(id)).id).toBe(id);
  });

  test('after a minute, or by somebody else, is another file, and the deletion stands', async () => {
    await remove('a.docx');
    clock.advance(60);
    const later = await put(nadia, at('a.docx'), 'version 2');
    expect(later.id).not.toBe(id);
    await remove('a.docx');
    expect((await put(claire, at('a.docx'), 'version 3')).id).not.toBe(later.id);
    expect(await lines(true)).toEqual(['delete a.docx', 'deposit a.docx', 'delete a.docx', 'deposit a.docx']);
  });

  test('is another file where somebody else took the name meanwhile', async () => {
    await remove('a.docx');
    const other = await put(claire, at('a.docx'), 'claire’s');
    await claire.remove(other.path);
    await put(claire, at('a.docx'), 'claire’s again');
    expect((await claire.stat(other.path)).id).toBe(other.id);
  });

  test('an emptied file that was renamed meanwhile keeps its content when its old name is used again', async () => {
    await put(nadia, at('a.docx'), '', { reservesIfEmpty: true });
    await move('a.docx', 'b.docx');
    const fresh = await put(nadia, at('a.docx'), 'version 2');
    expect(fresh.id).not.toBe(id);
    expect((await nadia.find(id)).name).toBe('b.docx');
  });
});

test('names that were left are remembered up to a number, the oldest forgotten first', () => {
  const replacements = createReplacements();
  const slot = (name: string) => ({ accountId: 'a', parentId: 'p', name });
  const begun = { entryId: 'e', actId: 'x', createdAt: 0, begunAt: 0, isEnded: true };
  for (let index = 0; index <= 10_000; index += 1) replacements.note(slot(`n${index}`), begun);
  expect(replacements.take(slot('n0'), 1)).toBeUndefined();
  expect(replacements.take(slot('n1'), 1)).toEqual(begun);
  expect(replacements.take(slot('n1'), 1)).toBeUndefined();
});
