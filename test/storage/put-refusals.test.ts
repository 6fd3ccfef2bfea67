import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parsePath, type Workspace } from '../../storage/index.js';
import { openTestStorage, type TestStorage } from '../support/appliance.js';
import { begin, failureOf, mkdir, peek, put } from './acts.js';
import { openParts, type Parts } from './parts.js';

const FOLDER = '/Crèche Les Lutins';

describe('a deposit that is refused', () => {
  let appliance: TestStorage;
  let parts: Parts;
  let nadia: Workspace;
  let claire: Workspace;
  let linesBefore = 0;

  beforeAll(async () => {
    appliance = await openTestStorage();
    parts = await openParts(appliance);
    nadia = await appliance.workspace('nadia');
    claire = await appliance.workspace('claire');
    await mkdir(nadia, `${FOLDER}/Folder`);
    await put(nadia, `${FOLDER}/Old.txt`, 'old');
  });
  beforeEach(async () => {
    linesBefore = (await appliance.history()).length;
  });
  afterAll(async () => {
    await parts.close();
    await appliance.close();
  });

  /** Nothing of it stays but its lines in the history. */
  async function expectNothingLeft(...lines: readonly string[]): Promise<void> {
    expect(await parts.rows('uploads')).toEqual([]);
    for await (const staged of parts.blobs.listStaged()) expect(staged).toBeUndefined();
    expect((await parts.rows('spaces')).map((row) => row.reserved_bytes)).toEqual([0, 0]);
    let blobs = 0;
    for await (const _ of parts.blobs.list()) blobs += 1;
    expect(blobs).toBe((await parts.rows('blobs')).length);
    const told = (await appliance.history()).slice(linesBefore);
    expect(told.map((row) => [row.action, row.outcome, row.reason, row.sizeBytes].join(' '))).toEqual(lines);
    expect(await peek(nadia, `${FOLDER}/Old.txt`)).toBe('old');
  }

  test('because bytes are missing', async () => {
    const act = put(nadia, `${FOLDER}/Old.txt`, 'new', { declaredSizeBytes: 4 });
    expect(await failureOf(act)).toBe('aborted short');
    await expectNothingLeft('deposit aborted short 3');
  });

  test('because there are more than announced, even if the door commits all the same', async () => {
    const upload = await begin(nadia, `${FOLDER}/Old.txt`, { declaredSizeBytes: 4 });
    await upload.write(Buffer.from('1234'), 0);
    expect(await failureOf(upload.write(Buffer.from('5'), 4))).toBe('too-large declared-size');
    expect(await failureOf(upload.commit())).toBe('too-large declared-size');
    await expectNothingLeft('deposit refused declared-size 4');
  });

  test('because its digest is another', async () => {
    const act = put(nadia, `${FOLDER}/Old.txt`, 'new', { expectedSha256: '0'.repeat(64) });
    expect(await failureOf(act)).toBe('invalid-input digest');
    await expectNothingLeft('deposit refused digest 3');
  });

  test('because a part was never sent', async () => {
    const upload = await begin(nadia, `${FOLDER}/hole.bin`);
    await upload.write(Buffer.from('end'), 200_000);
    expect(await failureOf(upload.commit())).toBe('invalid-input hole');
    await expectNothingLeft('deposit refused hole 200003');
  });

  test('because it grew by a length without bytes', async () => {
    const upload = await begin(nadia, `${FOLDER}/Old.txt`, { base: 'current' });
    await upload.truncate(10);
    expect(await failureOf(upload.commit())).toBe('invalid-input hole');
    await expectNothingLeft('deposit refused hole 10');
  });

  test('by a condition at its opening, and by the same at its end', async () => {
    const { etag } = await put(nadia, `${FOLDER}/Old.txt`, 'old');
    linesBefore += 1;
    expect(await failureOf(begin(nadia, `${FOLDER}/Old.txt`, { ifNoneMatch: '*' }))).toBe(
      'precondition-failed if-none-match',
    );
    expect(await failureOf(begin(nadia, `${FOLDER}/Old.txt`, { ifMatch: '"other"' }))).toBe(
      'precondition-failed if-match',
    );
    expect(await failureOf(begin(nadia, `${FOLDER}/absent.txt`, { ifMatch: '*' }))).toBe(
      'precondition-failed if-match',
    );
    await expectNothingLeft();
    const upload = await begin(nadia, `${FOLDER}/raced.txt`, { ifNoneMatch: '*' });
    await upload.write(Buffer.from('late'), 0);
    await put(nadia, `${FOLDER}/raced.txt`, 'first');
    linesBefore += 1;
    expect(await failureOf(upload.commit())).toBe('precondition-failed if-none-match');
    expect(await peek(nadia, `${FOLDER}/raced.txt`)).toBe('first');
    await expectNothingLeft('deposit refused if-none-match 4');
    expect(await failureOf(put(nadia, `${FOLDER}/Old.txt`, 'old', { ifMatch: etag }))).toBe('no failure');
  });

  test('because the name stands there in another case, and says which', async () => {
    const act = begin(nadia, `${FOLDER}/OLD.TXT`);
    await expect(act).rejects.toMatchObject({
      code: 'already-exists',
      message: expect.stringContaining('"Old.txt"'),
    });
    expect(await failureOf(nadia.stat(parsePath(`${FOLDER}/OLD.TXT`)))).toBe('not-found');
    expect(await failureOf(nadia.get(parsePath(`${FOLDER}/old.txt`)))).toBe('not-found');
    expect(await failureOf(nadia.createDirectory(parsePath(`${FOLDER}/old.TXT`)))).toBe('already-exists');
    await expectNothingLeft();
    await put(nadia, `${FOLDER}/Coming.txt`, '', { reservesIfEmpty: true });
    expect(await failureOf(begin(nadia, `${FOLDER}/coming.txt`))).toBe('already-exists');
    await nadia.remove(parsePath(`${FOLDER}/Coming.txt`));
  });

  test.each([
    [`${FOLDER}/nowhere/a.txt`, 'parent-missing'],
    [`${FOLDER}/Old.txt/a.txt`, 'parent-missing'],
    [`${FOLDER}/nowhere/deeper/a.txt`, 'parent-missing'],
    [`${FOLDER}/Folder`, 'is-a-directory'],
    [FOLDER, 'forbidden group-directory'],
    ['/', 'forbidden group-directory'],
    ['/nobody/a.txt', 'not-found'],
    [`${FOLDER}/con`, 'invalid-path name-reserved'],
    [`${FOLDER}/a:b`, 'invalid-path name-character'],
    [`${FOLDER}/fin.`, 'invalid-path name-trailing'],
    [`${FOLDER}/a\u202eb`, 'invalid-path name-bidi'],
    [`${FOLDER}/${'a'.repeat(256)}`, 'invalid-path name-too-long'],
  ])('at %s: %s', async (path, failure) => {
    expect(await failureOf(begin(nadia, path))).toBe(failure);
    await expectNothingLeft();
  });

  test('is, looked up under a name that cannot be created, only not found', async () => {
    for (const name of ['con', 'a:b', 'fin.', 'a\u202eb', 'a'.repeat(256)])
      expect(await failureOf(nadia.stat(parsePath(`${FOLDER}/${name}`)))).toBe('not-found');
  });

  test('because the folder went while it came', async () => {
    await mkdir(claire, `${FOLDER}/goes`);
    const upload = await begin(claire, `${FOLDER}/goes/a.txt`);
    await upload.write(Buffer.from('x'), 0);
    await claire.remove(parsePath(`${FOLDER}/goes`));
    linesBefore += 2;
    expect(await failureOf(upload.commit())).toBe('parent-missing');
    await expectNothingLeft('deposit refused parent-missing 1');
  });

  test('because its client went away: one line with the bytes that had come', async () => {
    const upload = await begin(nadia, `${FOLDER}/Old.txt`);
    await upload.write(Buffer.alloc(300_000), 0);
    await upload.abort(new Error('reset'));
    await upload.abort(new Error('again'));
    expect(await failureOf(upload.commit())).toBe('aborted ended');
    expect(await failureOf(upload.write(Buffer.from('x'), 0))).toBe('aborted ended');
    await expectNothingLeft('deposit aborted interrupted 300000');
  });

  test('is given up while a write is under way, and leaves nothing set aside', async () => {
    const upload = await begin(nadia, `${FOLDER}/race.bin`);
    const writes = Array.from({ length: 20 }, (_, index) =>
      upload.write(Buffer.alloc(1_000_000), index * 1_000_000).catch(() => undefined),
    );
    await Promise.all([...writes, upload.abort(new Error('reset'))]);
    const [line] = (await appliance.history()).slice(linesBefore);
    expect(line).toMatchObject({ outcome: 'aborted', reason: 'interrupted' });
    await expectNothingLeft(`deposit aborted interrupted ${line?.sizeBytes}`);
  });
});
