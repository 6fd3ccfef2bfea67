import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parsePath } from '../../../storage/index.js';
import { GROUP_NAME, OTHER_GROUP_NAME, SERVICE_LOGIN } from '../../support/appliance.js';
import { begin, failureOf, mkdir, peek, put } from '../acts.js';
import { type Delivery, manifestOf, openDelivery, sha256 } from './delivery.js';

describe('what waits for a manifest', () => {
  let delivery: Delivery;
  beforeAll(async () => {
    delivery = await openDelivery();
  });
  beforeEach(() => delivery.begin());
  afterAll(() => delivery.close());

  const move = (from: string, to: string, overwrite = false) =>
    delivery.job.move(delivery.at(from), delivery.at(to), { overwrite });
  const seen = () => delivery.names(delivery.claire);
  const expectBytesCounted = async () => expect(await delivery.usedBytes()).toBe(await delivery.liveBytes());

  test('is overwritten, renamed and removed by its depositor, unseen', async () => {
    await delivery.send('a.csv', 'draft');
    await delivery.send('a.csv', 'second draft');
    await delivery.send('b.csv', 'other');
    await move('a.csv', 'c.csv');
    await delivery.job.remove(delivery.at('b.csv'));
    expect(await delivery.names(delivery.job)).toEqual(['c.csv']);
    expect(await delivery.lines()).toEqual([]);
    await delivery.send('lot.sha256', manifestOf({ 'a.csv': 'second draft' }));
    expect(await seen()).toEqual([]);
    await move('c.csv', 'a.csv');
    expect(await seen()).toEqual(['a.csv']);
    expect(await delivery.lines()).toEqual(['deposit ok a.csv']);
    await expectBytesCounted();
  });

  test('takes the place of another that waits when it is renamed over it, and of nothing others see', async () => {
    await put(delivery.claire, `${delivery.folder}/seen.csv`, 'seen by all');
    await delivery.send('a.csv', 'new');
    await delivery.send('b.csv', 'old');
    expect(await failureOf(move('a.csv', 'b.csv'))).toBe('already-exists');
    await move('a.csv', 'b.csv', true);
    expect(await delivery.read('b.csv')).toBe('new');
    expect(await failureOf(move('b.csv', 'seen.csv'))).toBe('already-exists');
    await move('b.csv', 'seen.csv', true);
    expect(await peek(delivery.claire, `${delivery.folder}/seen.csv`)).toBe('seen by all');
    expect(await delivery.names(delivery.job)).toEqual(['seen.csv']);
    await delivery.send('lot.sha256', manifestOf({ 'seen.csv': 'new' }));
    expect(await peek(delivery.claire, `${delivery.folder}/seen.csv`)).toBe('new');
    await expectBytesCounted();
  });

  test('waits from the moment it gets its final name, and no more when it gets a temporary one', async () => {
    await delivery.send('a.csv.filepart', 'bytes');
    await delivery.send('lot.sha256', manifestOf({ 'a.csv': 'bytes', 'b.csv': 'more' }));
    await move('a.csv.filepart', 'a.csv');
    expect(await seen()).toEqual([]);
    expect(await delivery.lines()).toEqual([]);
    await move('a.csv', 'a.tmp');
    await delivery.send('b.csv', 'more');
    expect(await seen()).toEqual([]);
    await move('a.tmp', 'a.csv');
    expect(await seen()).toEqual(['a.csv', 'b.csv']);
    await delivery.send('c.csv.tmp', 'c2');
    await delivery.send('c.csv', 'c1');
    await move('c.csv.tmp', 'c.csv', true);
    expect(await delivery.read('c.csv')).toBe('c2');
    expect(await seen()).toEqual(['a.csv', 'b.csv']);
    await expectBytesCounted();
  });

  test('is neither copied nor moved to another group, and nothing is put over it', async () => {
    await delivery.appliance.operator.setMember(OTHER_GROUP_NAME, SERVICE_LOGIN, 'writer');
    const session = await delivery.appliance.signIn(SERVICE_LOGIN, 'sftp');
    const job = delivery.appliance.storage.open(session);
    await put(job, `${delivery.folder}/a.csv`, 'waits');
    const elsewhere = parsePath(`/${OTHER_GROUP_NAME}/a.csv`);
    const options = { overwrite: true };
    expect(await failureOf(job.copy(delivery.at('a.csv'), delivery.at('b.csv'), options))).toBe(
      'locked held',
    );
    expect(await failureOf(job.move(delivery.at('a.csv'), elsewhere, options))).toBe('locked held');
    await put(job, `/${OTHER_GROUP_NAME}/free.csv`, 'published there');
    const free = parsePath(`/${OTHER_GROUP_NAME}/free.csv`);
    expect(await failureOf(job.copy(free, delivery.at('a.csv'), options))).toBe('locked held');
    expect(await failureOf(job.move(free, delivery.at('c.csv'), options))).toBe('forbidden manifests');
    await put(delivery.claire, `${delivery.folder}/seen.csv`, 'seen');
    expect(await failureOf(job.move(delivery.at('seen.csv'), delivery.at('a.csv'), options))).toBe(
      'locked held',
    );
    await job.remove(free);
  });

  test('goes with a folder that somebody removes, and the history says so', async () => {
    await mkdir(delivery.claire, `${delivery.folder}/d`);
    await delivery.send('d/a.csv', 'waits');
    await delivery.claire.remove(delivery.at('d'));
    expect((await delivery.lines()).slice(1)).toEqual(['delete ok d', 'delete ok d/a.csv waited']);
    await expectBytesCounted();
  });

  test('is only what a service account sends over SFTP', async () => {
    const overWebdav = delivery.appliance.storage.open(await delivery.appliance.signIn(SERVICE_LOGIN));
    await put(overWebdav, `${delivery.folder}/dav.csv`, 'x');
    await put(await delivery.appliance.workspace('nadia', 'sftp'), `${delivery.folder}/person.csv`, 'x');
    expect(await seen()).toEqual(['dav.csv', 'person.csv']);
    await delivery.send('a.csv', 'waits');
    await put(overWebdav, `${delivery.folder}/a.csv`, 'still waits');
    expect(await seen()).toEqual(['dav.csv', 'person.csv']);
    expect(await delivery.read('a.csv')).toBe('still waits');
  });

  test('goes on from what is published, or waits, when it is appended to', async () => {
    await put(delivery.claire, `${delivery.folder}/log.csv`, 'one,');
    for (const [piece, offset] of [
      ['two,', 4],
      ['three', 8],
    ] as const) {
      const upload = await begin(delivery.job, `${delivery.folder}/log.csv`, { base: 'current' });
      await upload.write(Buffer.from(piece), offset);
      await upload.commit();
    }
    expect(await delivery.read('log.csv')).toBe('one,two,three');
    expect(await peek(delivery.claire, `${delivery.folder}/log.csv`)).toBe('one,');
    await expectBytesCounted();
  });

  test('may be cut off and gone on with, over what others see and over what waits', async () => {
    const body = Buffer.alloc(2_000_000, 'abc');
    await put(delivery.claire, `${delivery.folder}/a.bin`, 'seen by all');
    for (const round of ['over what others see', 'over what waits']) {
      const upload = await begin(delivery.job, `${delivery.folder}/a.bin`);
      for (let start = 0; start < body.length; start += 100_000)
        await upload.write(body.subarray(start, start + 100_000), start);
      await upload.park();
      const [parked] = await delivery.job.uploads({ state: 'parked' });
      expect(parked?.isResumable, round).toBe(true);
      const resumed = await delivery.job.resume(parked?.id ?? '');
      await resumed.write(body.subarray(resumed.sizeBytes), resumed.sizeBytes);
      await resumed.commit();
      expect(await peek(delivery.claire, `${delivery.folder}/a.bin`)).toBe('seen by all');
      expect((await delivery.job.stat(delivery.at('a.bin'))).kind).toBe('file');
    }
    await delivery.send('lot.sha256', manifestOf({ 'a.bin': body.toString() }));
    expect(await delivery.claire.stat(delivery.at('a.bin'))).toMatchObject({ sizeBytes: body.length });
    await expectBytesCounted();
  });

  test('counts against the quota beside what it is to replace', async () => {
    const { run } = delivery.parts;
    await put(delivery.claire, `${delivery.folder}/a.csv`, 'x'.repeat(1000));
    const used = await delivery.usedBytes();
    await run('UPDATE spaces SET quota_bytes = ?', used + 900);
    expect(await failureOf(delivery.send('a.csv', 'y'.repeat(1000)))).toBe('no-space quota');
    await run('UPDATE spaces SET quota_bytes = ?', used + 1100);
    await delivery.send('a.csv', 'y'.repeat(1000));
    // The answer is the appliance's own: a full quota does not keep it back.
    await delivery.send('lot.sha256', manifestOf({ 'a.csv': 'y'.repeat(1000) }));
    expect(await delivery.read('lot.OK')).toMatch(/^1 file published/);
    await run('UPDATE spaces SET quota_bytes = NULL');
    await expectBytesCounted();
  });

  test('is refused at once where the account may not replace what others see', async () => {
    await put(delivery.claire, `${delivery.folder}/hers.csv`, 'hers');
    await mkdir(delivery.claire, `${delivery.folder}/folder`);
    await delivery.appliance.operator.setMember(GROUP_NAME, SERVICE_LOGIN, 'contributor');
    const job = delivery.appliance.storage.open(await delivery.appliance.signIn(SERVICE_LOGIN, 'sftp'));
    const send = (name: string) => put(job, `${delivery.folder}/${name}`, 'mine');
    expect(await failureOf(send('hers.csv'))).toBe('forbidden not-own');
    expect(await failureOf(send('HERS.csv'))).toBe('already-exists');
    expect(await failureOf(send('folder'))).toBe('is-a-directory');
    await send('waits.csv');
    expect(await failureOf(send('WAITS.csv'))).toBe('already-exists');
    expect(await failureOf(send(`${'x'.repeat(253)}`))).toBe('invalid-path name-too-long');
    await delivery.appliance.operator.setMember(GROUP_NAME, SERVICE_LOGIN, 'writer');
  });
});

describe('a manifest', () => {
  let delivery: Delivery;
  beforeAll(async () => {
    delivery = await openDelivery();
  });
  beforeEach(() => delivery.begin());
  afterAll(() => delivery.close());

  const seen = () => delivery.names(delivery.claire);

  test('with a wrong line publishes nothing and says which; sent anew it is looked at anew', async () => {
    await delivery.send('a.csv', 'a');
    await delivery.send('lot.sha256', `${manifestOf({ 'a.csv': 'a' })}nonsense\n${sha256('x')}  ../x.csv\n`);
    expect(await seen()).toEqual([]);
    expect((await delivery.read('lot.KO'))?.split('\n')).toEqual([
      'line 2: not a line of sha256sum: 64 hexadecimal digits, a space, a space or *, a path',
      'line 3: ../x.csv: the path must not leave the folder of the manifest',
      '',
    ]);
    await delivery.send('lot.sha256', manifestOf({ 'a.csv': 'a' }));
    expect(await seen()).toEqual(['a.csv']);
    expect(await delivery.names(delivery.job)).toEqual(['a.csv', 'lot.OK', 'lot.sha256']);
  });

  test('tells of a wrong file although others are not there yet', async () => {
    await delivery.send('a.csv', 'wrong');
    await delivery.send('lot.sha256', manifestOf({ 'a.csv': 'right', 'b.csv': 'later' }));
    expect(await delivery.read('lot.KO')).toMatch(/^line 1: a\.csv: wrong SHA-256/);
    await delivery.send('a.csv', 'right');
    expect(await delivery.read('lot.KO')).toBeNull();
    await delivery.send('b.csv', 'later');
    expect(await seen()).toEqual(['a.csv', 'b.csv']);
  });

  test('sent anew for the next delivery takes back the answer to the last one', async () => {
    await delivery.send('a.csv', 'monday');
    await delivery.send('lot.sha256', manifestOf({ 'a.csv': 'monday' }));
    expect(await delivery.read('lot.OK')).not.toBeNull();
    await delivery.send('lot.sha256', manifestOf({ 'a.csv': 'tuesday' }));
    expect(await delivery.read('lot.OK')).toBeNull();
    expect(await peek(delivery.claire, `${delivery.folder}/a.csv`)).toBe('monday');
    await delivery.send('a.csv', 'tuesday');
    expect(await peek(delivery.claire, `${delivery.folder}/a.csv`)).toBe('tuesday');
  });

  test('counts what others see already with the same bytes as there', async () => {
    await put(delivery.claire, `${delivery.folder}/a.csv`, 'same');
    await delivery.send('b.csv', 'new');
    await delivery.send('lot.sha256', manifestOf({ 'a.csv': 'same', 'b.csv': 'new' }));
    expect(await delivery.read('lot.OK')).toBe(
      '1 file published at 2026-06-30T07:00:00.000Z\n1 file there already\n',
    );
    expect((await delivery.lines()).slice(1)).toEqual(['deposit ok b.csv']);
  });

  test('goes on vouching for a file that is sent a second time, as a whole delivery may be', async () => {
    const files = { 'a.csv': 'a', 'b.csv': 'b' };
    await delivery.send('a.csv', 'a');
    await delivery.send('b.csv', 'b');
    await delivery.send('lot.sha256', manifestOf(files));
    await delivery.send('lot.sha256', manifestOf(files));
    expect(await delivery.read('lot.OK')).toMatch(/^0 files published at .*\n2 files there already\n$/);
    await delivery.send('a.csv', 'a');
    expect(await delivery.lines()).toEqual([
      'deposit ok a.csv',
      'deposit ok b.csv',
      'deposit ok a.csv replaced',
    ]);
    expect(await delivery.read('lot.OK')).toMatch(/^0 files published at /);
    await delivery.send('a.csv', 'another');
    expect(await delivery.lines()).toHaveLength(3);
    expect(await peek(delivery.claire, `${delivery.folder}/a.csv`)).toBe('a');
    await delivery.send('b.csv', 'b');
    expect(await delivery.lines()).toHaveLength(3);
  });

  test('vouches for a day after its answer, no longer', async () => {
    await delivery.send('a.csv', 'a');
    await delivery.send('lot.sha256', manifestOf({ 'a.csv': 'a' }));
    delivery.clock.advance(25 * 3600);
    await delivery.parts.sweep();
    expect(await delivery.parts.rows('manifest_lines')).toEqual([]);
    await delivery.send('a.csv', 'a');
    expect(await delivery.lines()).toEqual(['deposit ok a.csv']);
    await delivery.job.remove(delivery.at('a.csv'));
  });

  test('that names a file twice publishes it once', async () => {
    await delivery.send('a.csv', 'a');
    await delivery.send('lot.sha256', manifestOf({ 'a.csv': 'a' }) + manifestOf({ './a.csv': 'a' }));
    expect(await delivery.lines()).toEqual(['deposit ok a.csv']);
    expect(await delivery.read('lot.OK')).toMatch(/^1 file published/);
  });

  test('may be of one file each, answered under the name of the file', async () => {
    await delivery.send('a.csv.sha256', manifestOf({ 'a.csv': 'a' }));
    await delivery.send('a.csv', 'wrong');
    expect(await delivery.read('a.csv.KO')).toMatch(/^line 1: a\.csv: wrong SHA-256/);
    await delivery.send('a.csv', 'wrong again');
    expect(await delivery.read('a.csv.KO')).toContain(sha256('wrong again'));
    await delivery.send('a.csv', 'a');
    expect(await delivery.names(delivery.job)).toEqual(['a.csv', 'a.csv.OK', 'a.csv.sha256']);
    expect(await seen()).toEqual(['a.csv']);
  });

  test('of another account, or in another folder, publishes nothing', async () => {
    await mkdir(delivery.job, `${delivery.folder}/d`);
    await delivery.send('a.csv', 'a');
    await put(delivery.claire, `${delivery.folder}/hers.sha256`, manifestOf({ 'a.csv': 'a' }));
    await delivery.send('d/lot.sha256', manifestOf({ 'a.csv': 'a' }));
    expect(await seen()).toEqual(['d', 'hers.sha256']);
  });

  test('of more than a MiB is refused', async () => {
    await delivery.send('lot.sha256', `# ${'x'.repeat(1024 * 1024)}\n`);
    expect(await delivery.read('lot.KO')).toBe('manifest: the manifest is larger than 1 MiB\n');
  });

  test('waits, and says so, while somebody has locked what is to be replaced', async () => {
    await delivery.send('a.csv', 'new');
    await put(delivery.claire, `${delivery.folder}/a.csv`, 'hers');
    const path = delivery.at('a.csv');
    const request = { scope: 'exclusive', isDeep: false, ownerXml: '', timeoutSeconds: 600 } as const;
    const { lock } = await delivery.claire.lock(path, request);
    await delivery.send('lot.sha256', manifestOf({ 'a.csv': 'new' }));
    expect(await delivery.read('lot.KO')).toBe('line 1: a.csv: somebody has locked it\n');
    await delivery.claire.unlock(path, lock.token);
    delivery.clock.advance(61);
    await delivery.parts.sweep();
    expect(await peek(delivery.claire, `${delivery.folder}/a.csv`)).toBe('new');
    expect(await delivery.read('lot.KO')).toBeNull();
  });

  test('publishes nothing for an account that may deposit no more', async () => {
    await delivery.send('lot.sha256', manifestOf({ 'a.csv': 'a' }));
    await delivery.send('b.csv', 'a');
    await delivery.appliance.operator.setMember(GROUP_NAME, SERVICE_LOGIN, 'reader');
    delivery.clock.advance(61);
    await delivery.parts.sweep();
    const reader = delivery.appliance.storage.open(await delivery.appliance.signIn(SERVICE_LOGIN, 'sftp'));
    expect(await peek(reader, `${delivery.folder}/lot.KO`)).toMatch(/^manifest: Your role/);
    await delivery.appliance.operator.setMember(GROUP_NAME, SERVICE_LOGIN, 'writer');
  });
});
