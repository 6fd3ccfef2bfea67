import { createHash, randomBytes } from 'node:crypto';
import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Foundations } from '../../storage/foundations.js';
import { parsePath, type Upload, type Workspace } from '../../storage/index.js';
import {
  GROUP_NAME,
  openTestStorage,
  PEOPLE,
  SERVICE_LOGIN,
  type TestStorage,
} from '../support/appliance.js';
import { createFakeClock } from '../support/fake-clock.js';
import { begin, failureOf, mkdir, peek, put, tree } from './acts.js';
import { openParts, type Parts } from './parts.js';

const FRAME = 65_536;
const MINUTE = 60;
const DAY = 24 * 60 * MINUTE;
const body = randomBytes(40 * FRAME + 77);
const sha256 = createHash('sha256').update(body).digest('hex');

describe('parked uploads', () => {
  const clock = createFakeClock();
  let appliance: TestStorage;
  let parts: Parts;
  let nadia: Workspace;
  let folder: string;
  let count = 0;
  const held: Upload[] = [];

  beforeAll(async () => {
    appliance = await openTestStorage({ clock });
    parts = await openParts(appliance, { clock });
  });
  beforeEach(async () => {
    await appliance.takeMails();
    folder = `/${GROUP_NAME}/p${++count}`;
    nadia = await appliance.workspace('nadia', 'sftp');
    await mkdir(nadia, folder);
  });
  afterEach(async () => {
    for (const one of held.splice(0)) await one.abort('dead');
    for (const { id } of await nadia.uploads({ state: 'parked' })) await nadia.discard(id);
  });
  afterAll(async () => {
    await parts.close();
    await appliance.close();
  });

  const at = (name: string) => parsePath(`${folder}/${name}`);
  const lines = async () =>
    (await appliance.history())
      .filter((row) => row.path?.startsWith(`${folder}/`) && row.action === 'deposit')
      .map((row) => `${row.outcome} ${row.reason ?? row.sha256} ${row.sizeBytes}`);
  const reserved = async () =>
    (await parts.rows('spaces')).reduce((total, row) => total + Number(row.reserved_bytes), 0);
  const stagedIds = async () => {
    const ids: string[] = [];
    for await (const staged of parts.blobs.listStaged()) ids.push(staged.id);
    return ids;
  };
  const mails = async () =>
    (await appliance.takeMails()).filter((mail) => mail.intent.template === 'upload-expired');

  async function write(upload: Upload, from: number, to: number): Promise<void> {
    for (let start = from; start < to; start += 32_768)
      await upload.write(body.subarray(start, Math.min(to, start + 32_768)), start);
  }
  async function park(workspace: Workspace, name: string, bytes = 30 * FRAME): Promise<void> {
    const upload = await begin(workspace, `${folder}/${name}`);
    await write(upload, 0, bytes);
    await upload.park();
  }
  async function finish(workspace: Workspace, id: string): Promise<void> {
    const upload = await workspace.resume(id);
    await write(upload, upload.sizeBytes, body.length);
    await upload.commit();
  }
  async function only(workspace: Workspace) {
    const [pending, ...others] = await workspace.uploads();
    expect(others).toEqual([]);
    if (!pending) throw new Error('Nothing is pending.');
    return pending;
  }
  const restart = async () => {
    appliance = await appliance.reopen();
    nadia = await appliance.workspace('nadia', 'sftp');
  };

  test('are told to their sender with all there is to know', async () => {
    const startedAt = clock.now();
    const running = await begin(nadia, `${folder}/running.bin`);
    held.push(running);
    await expect.poll(() => nadia.uploads(), { timeout: 5000 }).toHaveLength(1);
    clock.advance(5);
    await park(nadia, 'a.bin');
    const [open, parked, ...others] = await nadia.uploads();
    expect(others).toEqual([]);
    expect(open).toMatchObject({ state: 'open', startedAt, expiresAt: null, isResumable: false });
    expect(parked).toMatchObject({
      path: at('a.bin'),
      state: 'parked',
      door: 'sftp',
      receivedBytes: 29 * FRAME,
      declaredSizeBytes: null,
      startedAt: clock.now(),
      expiresAt: new Date(clock.now().getTime() + DAY * 1000),
      isResumable: true,
    });
    expect(await (await appliance.workspace('claire', 'sftp')).uploads()).toEqual([]);
    expect(await appliance.operator.transfers()).toMatchObject([
      { direction: 'put', state: 'open', account: PEOPLE.nadia.login, path: `${folder}/running.bin` },
      { id: parked?.id, direction: 'put', state: 'parked', group: GROUP_NAME, receivedBytes: 29 * FRAME },
    ]);
  });

  test('a reading under way is on its way too', async () => {
    await put(nadia, `${folder}/a.txt`, Buffer.alloc(1024 * 1024 + 1));
    const download = await nadia.get(at('a.txt'));
    expect(await appliance.operator.transfers()).toMatchObject([
      {
        direction: 'get',
        state: 'open',
        door: 'sftp',
        path: `${folder}/a.txt`,
        receivedBytes: null,
        deliveredBytes: 0,
      },
    ]);
    await download.close('interrupted', []);
    expect(await appliance.operator.transfers()).toEqual([]);
  });

  test('exactly one of commit, park and abort ends an upload', async () => {
    const upload = await begin(nadia, `${folder}/a.bin`);
    await write(upload, 0, body.length);
    await Promise.all([upload.park(), upload.park(), upload.abort('late')]);
    expect(await failureOf(upload.commit())).toBe('aborted ended');
    expect(await failureOf(upload.write(Buffer.from('x'), 0))).toBe('aborted ended');
    const again = await nadia.resume((await only(nadia)).id);
    await write(again, again.sizeBytes, body.length);
    await again.commit();
    await again.park();
    expect(await nadia.uploads()).toEqual([]);
    expect(await lines()).toEqual([`ok ${sha256} ${body.length}`]);
  });

  test('bytes behind the first gap are dropped', async () => {
    const upload = await begin(nadia, `${folder}/a.bin`);
    await write(upload, 0, 20 * FRAME);
    await write(upload, 25 * FRAME, 40 * FRAME);
    await upload.park();
    expect((await only(nadia)).receivedBytes).toBe(19 * FRAME);
    await finish(nadia, (await only(nadia)).id);
    expect(await lines()).toEqual([`ok ${sha256} ${body.length}`]);
  });

  test('keep their place in the quota until they end', async () => {
    await park(nadia, 'a.bin');
    const set = await reserved();
    expect(set).toBeGreaterThanOrEqual(30 * FRAME);
    await restart();
    expect(await reserved()).toBe(set);
    await nadia.discard((await only(nadia)).id);
    expect(await reserved()).toBe(0);
    expect(await stagedIds()).toEqual([]);
    expect(await lines()).toEqual([`aborted discarded ${29 * FRAME}`]);
    await park(nadia, 'b.bin');
    await finish(nadia, (await only(nadia)).id);
    expect(await reserved()).toBe(0);
  });

  test('follow their folder, and end with nothing to go to when it is gone', async () => {
    await mkdir(nadia, `${folder}/d`);
    const upload = await begin(nadia, `${folder}/d/a.bin`);
    await write(upload, 0, 30 * FRAME);
    await upload.park();
    const claire = await appliance.workspace('claire');
    await claire.move(at('d'), at('e'), { overwrite: false });
    expect((await only(nadia)).path).toEqual(at('e/a.bin'));
    await claire.remove(at('e'));
    await mkdir(claire, `${folder}/e`);
    expect(await failureOf(nadia.resume((await only(nadia)).id))).toBe('parent-missing');
    expect(await tree(claire, folder)).toEqual([`${folder}/e/`]);
  });

  test('of several that take one up, one goes on', async () => {
    await park(nadia, 'a.bin');
    const { id } = await only(nadia);
    const tries = await Promise.allSettled(Array.from({ length: 4 }, () => nadia.resume(id)));
    const won = tries.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    expect(tries.flatMap((one) => (one.status === 'rejected' ? [one.reason.reason] : []))).toEqual(
      Array(3).fill('being-written'),
    );
    for (const upload of won) {
      await write(upload, 29 * FRAME, body.length);
      await upload.commit();
    }
    expect(await lines()).toEqual([`ok ${sha256} ${body.length}`]);
  });

  test('of which the whole file came meanwhile are not kept: they could never be finished', async () => {
    const upload = await begin(nadia, `${folder}/a.bin`);
    await write(upload, 0, 30 * FRAME);
    await put(nadia, `${folder}/a.bin`, 'sent anew over another connection');
    await upload.park();
    expect(await nadia.uploads()).toEqual([]);
    expect(await reserved()).toBe(0);
    expect((await lines()).map((line) => line.split(' ')[0])).toEqual(['ok', 'aborted']);
  });

  test('that cannot be made durable are aborted, and everything is given back', async () => {
    const broken: Partial<Foundations> = {
      blobs: {
        ...parts.blobs,
        stage: async (id) => {
          const staged = await parts.blobs.stage(id);
          staged.park = () => Promise.reject(new Error('The disk does not sync.'));
          return staged;
        },
      },
    };
    await park(parts.open(nadia.session, broken), 'a.bin');
    expect(await nadia.uploads()).toEqual([]);
    expect((await lines()).map((line) => line.split(' ')[0])).toEqual(['aborted']);
    expect([await reserved(), await stagedIds(), await parts.rows('uploads')]).toEqual([0, [], []]);
  });

  test('with damaged bytes are refused once and for all', async () => {
    await park(nadia, 'a.bin');
    const [row] = await parts.rows('uploads');
    await truncate(join(appliance.directory, 'staging', String(row?.blob_id)), 10 * FRAME);
    const { id } = await only(nadia);
    expect(await failureOf(nadia.resume(id))).toBe('corrupt damaged');
    expect(await failureOf(nadia.resume(id))).toBe('not-found');
    expect(await lines()).toEqual([`aborted damaged ${29 * FRAME}`]);
    expect([await reserved(), await stagedIds()]).toEqual([0, []]);
  });

  describe('and who may go on with them', () => {
    afterEach(async () => {
      await appliance.operator.setMember(GROUP_NAME, PEOPLE.nadia.login, 'contributor');
      nadia = await appliance.workspace('nadia', 'sftp');
    });

    test('nobody else', async () => {
      await park(nadia, 'a.bin');
      const { id } = await only(nadia);
      const claire = await appliance.workspace('claire', 'sftp');
      expect(await failureOf(claire.resume(id))).toBe('not-found');
      expect(await failureOf(claire.discard(id))).toBe('not-found');
      expect(await failureOf(nadia.resume('no-such-upload'))).toBe('not-found');
    });

    test('not a member who left, nor one who may no longer deposit', async () => {
      await park(nadia, 'a.bin');
      const { id } = await only(nadia);
      await appliance.operator.setMember(GROUP_NAME, PEOPLE.nadia.login, 'reader');
      nadia = await appliance.workspace('nadia', 'sftp');
      expect(await failureOf(nadia.resume(id))).toMatch(/^forbidden/u);
      await appliance.operator.setMember(GROUP_NAME, PEOPLE.nadia.login, null);
      nadia = await appliance.workspace('nadia', 'sftp');
      expect(await nadia.uploads()).toEqual([]);
      expect(await failureOf(nadia.resume(id))).toBe('not-found');
      await appliance.operator.setMember(GROUP_NAME, PEOPLE.nadia.login, 'contributor');
      nadia = await appliance.workspace('nadia', 'sftp');
      await finish(nadia, id);
    });

    test('nobody, where the session was revoked under the upload', async () => {
      const upload = await begin(nadia, `${folder}/a.bin`);
      await write(upload, 0, 30 * FRAME);
      await appliance.operator.setMember(GROUP_NAME, PEOPLE.nadia.login, null);
      expect(nadia.session.signal.aborted).toBe(true);
      await upload.park();
      expect((await lines())[0]).toMatch(/^aborted /u);
      expect([await reserved(), await stagedIds()]).toEqual([0, []]);
    });

    test("of a service account's keys, the one it came with", async () => {
      const session = await appliance.signIn(SERVICE_LOGIN, 'sftp');
      const by = (credentialId: string) => parts.open({ ...session, credentialId });
      await park(by('key-1'), 'a.bin');
      const { id } = await only(by('key-1'));
      for (const other of [by('key-2'), parts.open(session)]) {
        expect(await other.uploads()).toEqual([]);
        expect(await failureOf(other.resume(id))).toBe('not-found');
      }
      await finish(by('key-1'), id);
      expect(await lines()).toEqual([`ok ${sha256} ${body.length}`]);
    });
  });

  describe('after a kill -9', () => {
    /** Leaves an upload as a process that dies does. */
    async function abandon(
      workspace: Workspace,
      name: string,
      ranges: readonly (readonly [number, number])[],
    ) {
      const upload = await begin(workspace, `${folder}/${name}`);
      held.push(upload);
      for (const [from, to] of ranges) await write(upload, from, to);
      // What a batch of frames still holds in memory is handed over to the disk.
      await upload.read({ start: 0, end: FRAME });
      return upload;
    }

    test('goes on as far as its staging file is whole', async () => {
      await abandon(nadia, 'a.bin', [[0, 38 * FRAME + 5]]);
      await restart();
      const pending = await only(nadia);
      expect(pending).toMatchObject({ state: 'parked', receivedBytes: 37 * FRAME, isResumable: true });
      expect(await lines()).toEqual([]);
      expect(await reserved()).toBeGreaterThan(0);
      await restart();
      expect(await only(nadia)).toEqual(pending);
      await finish(nadia, pending.id);
      expect(await lines()).toEqual([`ok ${sha256} ${body.length}`]);
      expect(await reserved()).toBe(0);
    });

    test('a torn frame is cut off', async () => {
      await abandon(nadia, 'a.bin', [[0, 38 * FRAME]]);
      const [row] = await parts.rows('uploads');
      await truncate(join(appliance.directory, 'staging', String(row?.blob_id)), 25 * (FRAME + 28) + 4000);
      await restart();
      expect((await only(nadia)).receivedBytes).toBe(24 * FRAME);
      await finish(nadia, (await only(nadia)).id);
      expect(await lines()).toEqual([`ok ${sha256} ${body.length}`]);
    });

    test('one that was taken up again and had brought nothing yet is no shorter', async () => {
      await park(nadia, 'a.bin', 16 * FRAME);
      held.push(await nadia.resume((await only(nadia)).id));
      await restart();
      expect((await only(nadia)).receivedBytes).toBe(15 * FRAME);
      const upload = await nadia.resume((await only(nadia)).id);
      held.push(upload);
      await write(upload, 15 * FRAME, 35 * FRAME);
      await upload.read({ start: 0, end: FRAME });
      await restart();
      expect((await only(nadia)).receivedBytes).toBe(33 * FRAME);
      await finish(nadia, (await only(nadia)).id);
      expect(await lines()).toEqual([`ok ${sha256} ${body.length}`]);
    });

    test.each([
      ['too little came', [[0, 16 * FRAME]]],
      [
        'bytes came out of order',
        [
          [0, 20 * FRAME],
          [25 * FRAME, 39 * FRAME],
        ],
      ],
      [
        'bytes came twice',
        [
          [0, 30 * FRAME],
          [FRAME, 2 * FRAME],
        ],
      ],
    ] as const)('is over when %s', async (_, ranges) => {
      await abandon(nadia, 'a.bin', ranges);
      await restart();
      expect(await nadia.uploads()).toEqual([]);
      expect((await lines()).map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
        'aborted restart',
      ]);
      expect([await reserved(), await stagedIds()]).toEqual([0, []]);
    });

    test('is over when it was cut short and written anew', async () => {
      const upload = await abandon(nadia, 'a.bin', [[0, 38 * FRAME]]);
      await upload.truncate(20 * FRAME);
      await restart();
      expect(await nadia.uploads()).toEqual([]);
    });

    test('is over when the name holds another content by now', async () => {
      await abandon(nadia, 'a.bin', [[0, 38 * FRAME]]);
      await put(await appliance.workspace('claire'), `${folder}/a.bin`, "somebody else's");
      await restart();
      expect(await nadia.uploads()).toEqual([]);
      expect((await lines()).map((line) => line.split(' ')[0])).toEqual(['ok', 'aborted']);
    });

    test('is over when it came by another door', async () => {
      await abandon(await appliance.workspace('nadia', 'webdav'), 'a.bin', [[0, 38 * FRAME]]);
      await restart();
      expect(await nadia.uploads()).toEqual([]);
      expect((await lines())[0]).toMatch(/^aborted restart /u);
    });

    test('an addition to what is published goes on, a change to it does not', async () => {
      await put(nadia, `${folder}/a.bin`, body.subarray(0, 10 * FRAME + 1));
      await put(nadia, `${folder}/b.bin`, body.subarray(0, 10 * FRAME + 1));
      const added = await begin(nadia, `${folder}/a.bin`, { base: 'current' });
      const changed = await begin(nadia, `${folder}/b.bin`, { base: 'current' });
      held.push(added, changed);
      await write(changed, FRAME, 2 * FRAME);
      for (const upload of [added, changed]) {
        await write(upload, 10 * FRAME + 1, 39 * FRAME);
        await upload.read({ start: 0, end: FRAME });
      }
      await restart();
      expect(await only(nadia)).toMatchObject({ path: at('a.bin'), isResumable: true });
      await finish(nadia, (await only(nadia)).id);
      expect(await (await appliance.workspace('claire')).stat(at('a.bin'))).toMatchObject({ sha256 });
      expect((await peek(nadia, `${folder}/b.bin`)).length).toBeGreaterThan(0);
      expect((await lines()).filter((line) => line.startsWith('aborted'))).toHaveLength(1);
    });
  });

  describe('after a day', () => {
    const advance = async (seconds: number) => {
      clock.advance(seconds);
      nadia = await appliance.workspace('nadia', 'sftp');
      await parts.sweep();
    };

    test('are gone, with a line, and their sender is told once', async () => {
      await mkdir(nadia, `${folder}/d`);
      const upload = await begin(nadia, `${folder}/d/a.bin`);
      await write(upload, 0, 30 * FRAME);
      const startedAt = clock.now();
      await upload.park();
      await advance(DAY - MINUTE);
      expect(await nadia.uploads()).toHaveLength(1);
      await advance(2 * MINUTE);
      expect(await nadia.uploads()).toEqual([]);
      expect(await lines()).toEqual([`aborted expired ${29 * FRAME}`]);
      expect([await reserved(), await stagedIds()]).toEqual([0, []]);
      const [mail, ...others] = await mails();
      expect(others).toEqual([]);
      expect(mail?.to.address).toBe(PEOPLE.nadia.login);
      expect(mail?.intent).toEqual({
        template: 'upload-expired',
        groupName: GROUP_NAME,
        directory: GROUP_NAME,
        fileName: `p${count}/d/a.bin`,
        depositor: PEOPLE.nadia.name,
        since: startedAt,
        receivedBytes: 29 * FRAME,
      });
      await advance(DAY);
      expect(await mails()).toEqual([]);
    });

    test('counted from when they were cut off last', async () => {
      await park(nadia, 'a.bin');
      await advance(DAY - MINUTE);
      const upload = await nadia.resume((await only(nadia)).id);
      await advance(2 * MINUTE);
      expect(await nadia.uploads({ state: 'open' })).toHaveLength(1);
      await write(upload, upload.sizeBytes, 35 * FRAME);
      await upload.park();
      await advance(DAY - MINUTE);
      await finish(nadia, (await only(nadia)).id);
      expect(await mails()).toEqual([]);
    });

    test('of a service account are told to who answers for it, or to the managers', async () => {
      const service = async () => appliance.storage.open(await appliance.signIn(SERVICE_LOGIN, 'sftp'));
      await park(await service(), 'a.bin');
      await advance(DAY);
      expect((await mails()).map((mail) => mail.to.address)).toEqual([PEOPLE.marc.login]);
      await parts.run(
        'UPDATE accounts SET owner_account_id = (SELECT id FROM accounts WHERE login = ?) WHERE login = ?',
        PEOPLE.odile.login,
        SERVICE_LOGIN,
      );
      await park(await service(), 'b.bin');
      await advance(DAY);
      expect((await mails()).map((mail) => mail.to.address)).toEqual([PEOPLE.marc.login]);
    });

    test('need no mail when their sender deposited the file whole meanwhile', async () => {
      await park(nadia, 'a.bin');
      await park(nadia, 'b.bin');
      clock.advance(MINUTE);
      await put(nadia, `${folder}/a.bin`, 'whole, another way');
      await put(await appliance.workspace('claire'), `${folder}/b.bin`, "somebody else's");
      await advance(DAY);
      expect((await mails()).map(({ intent }) => ('fileName' in intent ? intent.fileName : ''))).toEqual([
        `p${count}/b.bin`,
      ]);
      expect((await lines()).filter((line) => line.startsWith('aborted expired'))).toHaveLength(2);
    });
  });
});
