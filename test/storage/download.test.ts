import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type ByteRange, type DeliveryOutcome, parsePath, type Workspace } from '../../storage/index.js';
import { GROUP_NAME, openTestStorage, PEOPLE, type TestStorage } from '../support/appliance.js';
import { mkdir, put } from './acts.js';
import { openParts, type Parts } from './parts.js';

const MIB = 1024 * 1024;

describe('a reading', () => {
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
    await put(nadia, `${folder}/a.txt`, '0123456789');
    linesBefore = (await appliance.history()).length;
  });
  afterAll(async () => {
    await parts.close();
    await appliance.close();
  });

  const ranges = (...pairs: readonly (readonly [number, number])[]): ByteRange[] =>
    pairs.map(([start, end]) => ({ start, end }));
  const read = async (outcome: DeliveryOutcome, delivered: readonly ByteRange[], workspace = claire) => {
    const download = await workspace.get(parsePath(`${folder}/a.txt`));
    await download.close(outcome, delivered);
    await download.close('proven', ranges([0, 10]));
  };
  const lines = async () =>
    (await appliance.history())
      .slice(linesBefore)
      .map((row) => `${row.action} ${row.outcome} ${row.sizeBytes}`);

  test('is a download when all of it has arrived: one line, whatever the door says afterwards', async () => {
    await read('proven', ranges([0, 10]));
    expect(await lines()).toEqual(['download ok 10']);
    expect((await appliance.history()).at(-1)).toMatchObject({
      path: `${folder}/a.txt`,
      sha256: expect.any(String),
    });
  });

  test.each<[DeliveryOutcome, [number, number][], string[]]>([
    ['sent', [[0, 10]], ['download sent 10']],
    ['sent', [[0, 9]], ['read sent 9']],
    ['interrupted', [[0, 10]], ['read interrupted 10']],
    ['interrupted', [[0, 3]], ['read interrupted 3']],
    ['proven', [[0, 9]], ['read ok 9']],
    [
      'proven',
      [
        [0, 4],
        [2, 6],
        [8, 10],
      ],
      ['read ok 8'],
    ],
    ['proven', [], []],
    ['interrupted', [], []],
    ['sent', [], []],
  ])('that ended %s with %j is told as %j', async (outcome, delivered, told) => {
    await read(outcome, ranges(...delivered));
    expect(await lines()).toEqual(told);
  });

  test('of parts adds up, over doors, until the file is whole; the next one starts anew', async () => {
    const overSftp = await appliance.workspace('claire', 'sftp');
    await read('proven', ranges([5, 10]));
    await read('sent', ranges([0, 5]));
    await read('proven', ranges([0, 3]), overSftp);
    await read('proven', ranges([3, 5]));
    await read('proven', ranges([0, 5]));
    await read('proven', ranges([5, 10]));
    expect(await lines()).toEqual([
      'read ok 5',
      'read sent 5',
      'read ok 3',
      'download ok 2',
      'read ok 5',
      'download ok 5',
    ]);
  });

  describe('to look at it', () => {
    const view = async (outcome: DeliveryOutcome, delivered: readonly ByteRange[]) => {
      const looked = await claire.view(parsePath(`${folder}/a.txt`));
      await looked.close(outcome, delivered);
    };

    test.each<[DeliveryOutcome, string]>([
      ['proven', 'view ok 10'],
      ['sent', 'view ok 10'],
      ['interrupted', 'view interrupted 10'],
    ])('that ended %s is told as %j, however whole', async (outcome, told) => {
      await view(outcome, ranges([0, 10]));
      expect(await lines()).toEqual([told]);
    });

    test('adds nothing to a download that goes on', async () => {
      await read('proven', ranges([0, 5]));
      const covered = await parts.rows('coverage');
      await view('proven', ranges([0, 10]));
      expect(await parts.rows('coverage')).toEqual(covered);
      await read('proven', ranges([6, 10]));
      expect(await lines()).toEqual(['read ok 5', 'view ok 10', 'read ok 4']);
    });

    test('is no pick-up: its depositor may still take it back', async () => {
      await view('proven', ranges([0, 10]));
      await nadia.remove(parsePath(`${folder}/a.txt`));
    });

    test('a large file is told apart while it is under way', async () => {
      await put(nadia, `${folder}/a.txt`, Buffer.alloc(MIB + 1));
      const looked = await claire.view(parsePath(`${folder}/a.txt`));
      expect((await parts.rows('transfers')).filter((row) => row.state === 'open')).toMatchObject([
        { direction: 'view' },
      ]);
      await looked.close('interrupted', []);
      expect((await lines()).slice(1)).toEqual([]);
    });

    test('that showed nothing leaves no line', async () => {
      await view('interrupted', []);
      expect(await lines()).toEqual([]);
    });
  });

  test('by one account proves nothing for another', async () => {
    await read('proven', ranges([0, 5]));
    await read('proven', ranges([5, 10]), await appliance.workspace('marc'));
    expect(await lines()).toEqual(['read ok 5', 'read ok 5']);
  });

  test('is of the version it began with; parts of two versions are no whole', async () => {
    const download = await claire.get(parsePath(`${folder}/a.txt`));
    await put(nadia, `${folder}/a.txt`, 'abcdefghij');
    expect((await download.read({ start: 0, end: 99 })).toString()).toBe('0123456789');
    await download.close('proven', ranges([0, 5]));
    await read('proven', ranges([5, 10]));
    expect((await lines()).slice(1)).toEqual(['read ok 5', 'read ok 5']);
  });

  test('goes on while the file is deleted', async () => {
    const download = await claire.get(parsePath(`${folder}/a.txt`));
    await nadia.remove(parsePath(`${folder}/a.txt`));
    const pieces: Buffer[] = [];
    for await (const piece of download.stream({ start: 2, end: 5 })) pieces.push(piece);
    expect(Buffer.concat(pieces).toString()).toBe('234');
    await download.close('proven', ranges([2, 5]));
  });

  test('of a file without bytes is a download, if anything is known of it', async () => {
    await put(nadia, `${folder}/a.txt`, '');
    linesBefore += 1;
    await read('interrupted', []);
    await read('sent', []);
    await read('proven', []);
    expect(await lines()).toEqual(['download sent 0', 'download ok 0']);
    const download = await claire.get(parsePath(`${folder}/a.txt`));
    expect(await download.read({ start: 0, end: 5 })).toHaveLength(0);
    for await (const _ of download.stream()) throw new Error('bytes');
    await download.close('interrupted', []);
  });

  test('that broke off is proven as far as the client goes on from', async () => {
    await put(nadia, `${folder}/a.txt`, Buffer.alloc(20 * MIB, 1));
    linesBefore += 1;
    await read('interrupted', ranges([0, 18 * MIB]));
    await read('proven', ranges([17 * MIB, 20 * MIB]));
    expect(await lines()).toEqual([`read interrupted ${18 * MIB}`, `download ok ${3 * MIB}`]);
  });

  test('is no download by what may still have been on its way', async () => {
    await put(nadia, `${folder}/a.txt`, Buffer.alloc(20 * MIB, 1));
    linesBefore += 1;
    await read('sent', ranges([0, 19 * MIB]));
    await read('proven', ranges([11 * MIB, 20 * MIB]));
    await read('interrupted', ranges([0, 20 * MIB]));
    expect((await lines()).map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
      'read sent',
      'read ok',
      'read interrupted',
    ]);
  });

  test.each([
    ['of more than a MiB has a row from before its first byte to its end', 1024 * 1024 + 1, 0],
    ['of a small file has one when it lasts for a second', 1024 * 1024, 1500],
  ])('%s', async (_what, sizeBytes, patienceMs) => {
    await put(nadia, `${folder}/a.txt`, Buffer.alloc(sizeBytes));
    const open = async () => (await parts.rows('transfers')).filter((row) => row.state === 'open');
    const download = await claire.get(parsePath(`${folder}/a.txt`));
    expect(await open()).toHaveLength(patienceMs === 0 ? 1 : 0);
    await wait(patienceMs);
    expect(await open()).toMatchObject([
      { version_id: download.entry.versionId, door: 'webdav', direction: 'get' },
    ]);
    await download.close('sent', ranges([0, 10]));
    expect(await open()).toEqual([]);
    expect((await lines()).slice(1)).toEqual(['read sent 10']);
  });

  test('of a small file that is soon over leaves no row', async () => {
    const rows = (await parts.rows('transfers')).length;
    await read('proven', ranges([0, 10]));
    await wait(1500);
    expect(await parts.rows('transfers')).toHaveLength(rows);
  });

  test('that ends with others is recorded like one alone, each for its own account', async () => {
    const marc = await appliance.workspace('marc');
    const parted = [claire, claire, marc, marc];
    const downloads = await Promise.all(parted.map((one) => one.get(parsePath(`${folder}/a.txt`))));
    const delivered = [ranges([0, 5]), ranges([5, 10]), ranges([0, 6]), ranges([0, 10])];
    await Promise.all(downloads.map((one, index) => one.close('proven', delivered[index] ?? [])));
    const told = (await appliance.history()).slice(linesBefore);
    expect(told.map((row) => `${row.account} ${row.action} ${row.sizeBytes}`).sort()).toEqual([
      `${PEOPLE.claire.login} download 5`,
      `${PEOPLE.claire.login} read 5`,
      `${PEOPLE.marc.login} download 10`,
      `${PEOPLE.marc.login} read 6`,
    ]);
  });

  test('that cannot be recorded leaves the others alone', async () => {
    await put(nadia, `${folder}/gone.txt`, 'gone');
    const [gone, kept] = await Promise.all(
      ['gone.txt', 'a.txt'].map((name) => claire.get(parsePath(`${folder}/${name}`))),
    );
    await parts.run('UPDATE entries SET version_id = NULL WHERE version_id = ?', gone?.entry.versionId ?? '');
    await parts.run('DELETE FROM notification_items WHERE version_id = ?', gone?.entry.versionId ?? '');
    await parts.run('DELETE FROM versions WHERE id = ?', gone?.entry.versionId ?? '');
    linesBefore = (await appliance.history()).length;
    const ends = await Promise.allSettled([
      gone?.close('proven', ranges([0, 4])),
      kept?.close('proven', ranges([0, 10])),
    ]);
    expect(ends.map((end) => end.status)).toEqual(['rejected', 'fulfilled']);
    expect(await lines()).toEqual(['download ok 10']);
  });
});
