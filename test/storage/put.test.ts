import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parsePath, type Workspace } from '../../storage/index.js';
import { openTestStorage, type TestStorage } from '../support/appliance.js';
import { begin, failureOf, mkdir, peek, put } from './acts.js';
import { openParts, type Parts } from './parts.js';

const FOLDER = '/Crèche Les Lutins';

describe('a deposit', () => {
  let appliance: TestStorage;
  let parts: Parts;
  let nadia: Workspace;
  let claire: Workspace;

  beforeAll(async () => {
    appliance = await openTestStorage();
    parts = await openParts(appliance);
    nadia = await appliance.workspace('nadia');
    claire = await appliance.workspace('claire');
  });
  afterAll(async () => {
    await parts.close();
    await appliance.close();
  });

  test('tells what it published, and is seen by nobody before', async () => {
    const path = parsePath(`${FOLDER}/new.txt`);
    const upload = await begin(nadia, `${FOLDER}/new.txt`);
    await upload.write(Buffer.from('hello'), 0);
    for (const workspace of [nadia, claire]) expect(await failureOf(workspace.stat(path))).toBe('not-found');
    const entry = await upload.commit();
    expect(entry).toMatchObject({
      name: 'new.txt',
      sizeBytes: 5,
      sha256: createHash('sha256').update('hello').digest('hex'),
      isPublished: true,
      etag: `"${entry.versionId}"`,
    });
    expect(await claire.stat(path)).toMatchObject({ id: entry.id, etag: entry.etag });
    expect(await upload.commit()).toBe(entry);
    await upload.abort('late');
    expect(await peek(claire, `${FOLDER}/new.txt`)).toBe('hello');
  });

  test('takes bytes in any order', async () => {
    const upload = await begin(nadia, `${FOLDER}/order.txt`);
    await Promise.all([
      upload.write(Buffer.from('world'), 5),
      upload.write(Buffer.from('hel'), 0),
      upload.write(Buffer.from('lo'), 3),
    ]);
    expect(upload.sizeBytes).toBe(10);
    expect((await upload.read({ start: 3, end: 99 })).toString()).toBe('loworld');
    await upload.commit();
    expect(await peek(nadia, `${FOLDER}/order.txt`)).toBe('helloworld');
  });

  test.each([
    ['create', 'no failure', 'already-exists'],
    ['replace', 'not-found', 'no failure'],
    ['create-or-replace', 'no failure', 'no failure'],
  ] as const)('with mode %s: %s on a free name, %s on a taken one', async (mode, free, held) => {
    await put(nadia, `${FOLDER}/taken-${mode}.txt`, 'old');
    expect(await failureOf(put(nadia, `${FOLDER}/free-${mode}.txt`, 'new', { mode }))).toBe(free);
    expect(await failureOf(put(nadia, `${FOLDER}/taken-${mode}.txt`, 'new', { mode }))).toBe(held);
  });

  test('starts from the current bytes when asked to: append, change in the middle, cut', async () => {
    const path = `${FOLDER}/base.txt`;
    await put(nadia, path, 'one two');
    const change = async (work: (upload: Awaited<ReturnType<typeof begin>>) => Promise<void>) => {
      const upload = await begin(nadia, path, { base: 'current' });
      await work(upload);
      await upload.commit();
      return peek(nadia, path);
    };
    expect(await change((upload) => upload.write(Buffer.from(' three'), upload.sizeBytes))).toBe(
      'one two three',
    );
    expect(await change((upload) => upload.write(Buffer.from('TWO'), 4))).toBe('one TWO three');
    expect(await change((upload) => upload.truncate(3))).toBe('one');
    expect(await change((upload) => upload.truncate(0))).toBe('');
  });

  test('opened to change and only read makes no version', async () => {
    const path = `${FOLDER}/untouched.txt`;
    const before = await put(nadia, path, 'as it was');
    const upload = await begin(nadia, path, { base: 'current' });
    expect(upload.sizeBytes).toBe(9);
    expect((await upload.read({ start: 3, end: 5 })).toString()).toBe('it');
    expect((await upload.commit()).versionId).toBe(before.versionId);
    expect(await parts.rows('uploads')).toEqual([]);
  });

  test('opened to change and only dated makes no version, but has the date', async () => {
    const path = `${FOLDER}/dated.txt`;
    const before = await put(nadia, path, 'as it was');
    const upload = await begin(nadia, path, { base: 'current' });
    const modifiedAt = new Date('2020-02-29T12:00:00Z');
    upload.setModifiedAt(modifiedAt);
    expect(await upload.commit()).toMatchObject({ versionId: before.versionId, modifiedAt });
  });

  test('changed from bytes that somebody replaced meanwhile is refused: it would undo that deposit', async () => {
    const path = `${FOLDER}/raced.txt`;
    await put(nadia, path, 'base');
    const upload = await begin(claire, path, { base: 'current' });
    await upload.write(Buffer.from('+'), 4);
    await put(nadia, path, 'by Nadia');
    expect(await failureOf(upload.commit())).toBe('precondition-failed base-changed');
    expect(await peek(claire, path)).toBe('by Nadia');
  });

  test('replaced from nothing by two at once ends as one of them, whole', async () => {
    const path = `${FOLDER}/both.txt`;
    const [first, second] = [await begin(nadia, path), await begin(nadia, path)];
    await first.write(Buffer.from('first'), 0);
    await second.write(Buffer.from('second one'), 0);
    const entries = await Promise.all([first.commit(), second.commit()]);
    expect(entries[0]?.id).toBe(entries[1]?.id);
    expect(['first', 'second one']).toContain(await peek(nadia, path));
  });

  test('keeps the date it was given, and the date of its deposit', async () => {
    const modifiedAt = new Date('2019-05-01T00:00:00Z');
    const entry = await put(nadia, `${FOLDER}/date.txt`, 'x', { modifiedAt });
    expect(entry.modifiedAt).toEqual(modifiedAt);
    expect(entry.depositedAt.getTime()).toBeGreaterThan(modifiedAt.getTime());
  });

  test('without bytes is a real file, unless its door says that bytes follow', async () => {
    const real = await put(nadia, `${FOLDER}/empty.txt`, '');
    expect(real).toMatchObject({ sizeBytes: 0, isPublished: true });
    const placeholder = await put(nadia, `${FOLDER}/coming.txt`, '', { reservesIfEmpty: true });
    expect(placeholder.isPublished).toBe(false);
    expect(await failureOf(claire.stat(placeholder.path))).toBe('not-found');
    const entry = await put(nadia, `${FOLDER}/coming.txt`, 'here', { reservesIfEmpty: true });
    expect(entry).toMatchObject({ id: placeholder.id, isPublished: true });
    const lines = (await appliance.history()).filter((row) => row.path === `${FOLDER}/coming.txt`);
    expect(lines.map((row) => [row.action, row.outcome, row.sizeBytes])).toEqual([['deposit', 'ok', 4]]);
  });

  test('takes a name from a placeholder that somebody left without a lock', async () => {
    await put(nadia, `${FOLDER}/left.txt`, '', { reservesIfEmpty: true });
    expect((await put(claire, `${FOLDER}/left.txt`, 'mine')).isPublished).toBe(true);
    expect(await peek(nadia, `${FOLDER}/left.txt`)).toBe('mine');
  });

  test('under a temporary name is its sender’s alone; each has his own of that name', async () => {
    await mkdir(nadia, `${FOLDER}/temporary`);
    await put(nadia, `${FOLDER}/temporary/a.tmp`, 'hers');
    await put(claire, `${FOLDER}/temporary/a.tmp`, 'others');
    expect(await peek(nadia, `${FOLDER}/temporary/a.tmp`)).toBe('hers');
    expect(await peek(claire, `${FOLDER}/temporary/a.tmp`)).toBe('others');
    expect(
      (await appliance.history()).some((row) => row.path?.endsWith('a.tmp') && row.action === 'deposit'),
    ).toBe(false);
  });
});
