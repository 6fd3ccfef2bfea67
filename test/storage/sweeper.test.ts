import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parsePath, type Workspace } from '../../storage/index.js';
import { GROUP_NAME, openTestStorage, PEOPLE, type TestStorage } from '../support/appliance.js';
import { createFakeClock } from '../support/fake-clock.js';
import { mkdir, put, tree } from './acts.js';
import { openParts, type Parts } from './parts.js';

const FOLDER = `/${GROUP_NAME}`;
const MINUTE = 60;
const EXCLUSIVE = { scope: 'exclusive', isDeep: false, ownerXml: '', timeoutSeconds: 3600 } as const;

describe('the sweeper', () => {
  const clock = createFakeClock();
  let appliance: TestStorage;
  let parts: Parts;
  let nadia: Workspace;
  let claire: Workspace;

  beforeEach(async () => {
    appliance = await openTestStorage({ clock });
    parts = await openParts(appliance, { clock });
    nadia = await appliance.workspace('nadia');
    claire = await appliance.workspace('claire');
    await parts.sweep();
  });
  afterEach(async () => {
    await parts.close();
    await appliance.close();
  });

  const at = (name: string) => parsePath(`${FOLDER}/${name}`);
  const reserve = (name: string, modifiedAt?: Date) =>
    put(nadia, `${FOLDER}/${name}`, '', { reservesIfEmpty: true, ...(modifiedAt && { modifiedAt }) });
  const advance = async (seconds: number) => {
    clock.advance(seconds);
    await parts.sweep();
  };
  const lines = async () =>
    (await appliance.history()).map((row) => `${row.action} ${row.account} ${row.path}`);
  const mails = async (template: string) =>
    (await appliance.takeMails())
      .filter((mail) => mail.intent.template === template)
      .map((mail) => mail.to.address);

  describe('publishes a placeholder', () => {
    test('a quarter of an hour after it was made: one deposit, told to the others once', async () => {
      await reserve('a.txt');
      await advance(14 * MINUTE);
      expect(await tree(claire, FOLDER)).toEqual([]);
      await advance(2 * MINUTE);
      expect(await tree(claire, FOLDER)).toEqual([`${FOLDER}/a.txt`]);
      await advance(60 * MINUTE);
      expect(await lines()).toEqual([`deposit ${PEOPLE.nadia.login} ${FOLDER}/a.txt`]);
      expect(await mails('group-deposits')).toHaveLength(3);
    });

    test('not before, whatever date its client gave it', async () => {
      await reserve('put.txt', new Date('2001-01-01T00:00:00Z'));
      await nadia.lock(at('locked.txt'), { ...EXCLUSIVE, timeoutSeconds: 1 });
      clock.advance(2);
      await nadia.setModifiedAt(at('locked.txt'), new Date('2001-01-01T00:00:00Z'));
      await advance(10 * MINUTE);
      expect(await tree(claire, FOLDER)).toEqual([]);
    });

    test('a quarter of an hour after its last lock ended, by time or by hand', async () => {
      await nadia.lock(at('timed.txt'), EXCLUSIVE);
      const { lock } = await nadia.lock(at('unlocked.txt'), EXCLUSIVE);
      await advance(50 * MINUTE);
      await nadia.unlock(at('unlocked.txt'), lock.token);
      await advance(14 * MINUTE);
      expect(await tree(claire, FOLDER)).toEqual([]);
      await advance(2 * MINUTE);
      expect(await tree(claire, FOLDER)).toEqual([`${FOLDER}/unlocked.txt`]);
      await advance(8 * MINUTE);
      expect(await tree(claire, FOLDER)).toEqual([`${FOLDER}/unlocked.txt`]);
      await advance(3 * MINUTE);
      expect(await tree(claire, FOLDER)).toEqual([`${FOLDER}/timed.txt`, `${FOLDER}/unlocked.txt`]);
    });

    test('never, when its bytes came, it was deleted, or is private', async () => {
      await reserve('bytes.txt');
      await reserve('gone.txt');
      await reserve('~$private.docx');
      await put(nadia, `${FOLDER}/bytes.txt`, 'x');
      await nadia.remove(at('gone.txt'));
      await advance(20 * MINUTE);
      expect(await tree(claire, FOLDER)).toEqual([`${FOLDER}/bytes.txt`]);
      expect(await lines()).toEqual([`deposit ${PEOPLE.nadia.login} ${FOLDER}/bytes.txt`]);
    });

    test.each(['suspended', 'removed'])('never, when its depositor was %s: it goes', async (how) => {
      await reserve('a.txt');
      if (how === 'suspended') await appliance.operator.suspend(PEOPLE.nadia.login);
      else await appliance.operator.setMember(GROUP_NAME, PEOPLE.nadia.login, null);
      await advance(20 * MINUTE);
      expect(await tree(claire, FOLDER)).toEqual([]);
      expect(await lines()).toEqual([]);
      expect(
        (await parts.rows('entries')).filter((row) => row.state === 'reserved' && row.deleted_at === null),
      ).toEqual([]);
    });
  });

  describe('tells of a file left under a temporary name', () => {
    const told = [PEOPLE.marc.login, PEOPLE.nadia.login];

    test('after half an hour, once, its depositor and the managers', async () => {
      await put(nadia, `${FOLDER}/export.csv.filepart`, 'x');
      await advance(29 * MINUTE);
      expect(await mails('unfinished')).toEqual([]);
      await advance(2 * MINUTE);
      const sent = (await appliance.takeMails()).filter((mail) => mail.intent.template === 'unfinished');
      expect(sent.map((mail) => mail.to.address).sort()).toEqual(told);
      expect(sent[0]?.intent).toMatchObject({ fileName: 'export.csv.filepart', groupName: GROUP_NAME });
      for (let hour = 0; hour < 3; hour++) await advance(60 * MINUTE);
      expect(await mails('unfinished')).toEqual([]);
    });

    test('whatever date its client gave it', async () => {
      await put(nadia, `${FOLDER}/old.tmp`, 'x', { modifiedAt: new Date('2001-01-01T00:00:00Z') });
      await put(nadia, `${FOLDER}/new.tmp`, 'x', { modifiedAt: new Date('2099-01-01T00:00:00Z') });
      await advance(31 * MINUTE);
      expect(await mails('unfinished')).toHaveLength(4);
    });

    test('though the daemon was down when its time came', async () => {
      await put(nadia, `${FOLDER}/a.tmp`, 'x');
      await advance(26 * 60 * MINUTE);
      expect((await mails('unfinished')).sort()).toEqual(told);
    });

    test('though the job failed the first time, and still once', async () => {
      await put(nadia, `${FOLDER}/a.tmp`, 'x');
      await put(nadia, `${FOLDER}/b.tmp`, 'x');
      await parts.run(`CREATE TRIGGER refuse BEFORE INSERT ON outbox WHEN new.props LIKE '%b.tmp%'
        BEGIN SELECT RAISE(ABORT, 'broken on purpose'); END`);
      clock.advance(31 * MINUTE);
      await expect(parts.sweep()).rejects.toThrow('broken on purpose');
      await parts.run('DROP TRIGGER refuse');
      clock.advance(2 * MINUTE);
      await parts.sweep().catch(() => undefined);
      expect(await mails('unfinished')).toHaveLength(4);
    });

    test('counted from when it got that name', async () => {
      await put(claire, `${FOLDER}/a.docx`, 'x');
      await advance(60 * MINUTE);
      await claire.move(at('a.docx'), at('~WRL0001.tmp'), { overwrite: false });
      await advance(5 * MINUTE);
      expect(await mails('unfinished')).toEqual([]);
      await advance(27 * MINUTE);
      expect((await mails('unfinished')).sort()).toEqual([PEOPLE.claire.login, PEOPLE.marc.login]);
    });

    test('but not of one that got its final name, was deleted, or only stands beside a document', async () => {
      for (const name of ['a.tmp', 'b.tmp', '~$a.docx', '._a.docx', 'Thumbs.db', '.~lock.a.odt#'])
        await put(nadia, `${FOLDER}/${name}`, 'x');
      await put(nadia, `${FOLDER}/empty.tmp`, '');
      await nadia.move(at('a.tmp'), at('a.csv'), { overwrite: false });
      await nadia.remove(at('b.tmp'));
      await advance(31 * MINUTE);
      expect(await mails('unfinished')).toEqual([]);
    });

    test('of each, however many and however deep', async () => {
      await mkdir(nadia, `${FOLDER}/d`);
      for (let index = 0; index < 3; index++) await put(nadia, `${FOLDER}/d/${index}.tmp`, 'x');
      await parts.run(
        `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400)
         INSERT INTO entries SELECT 'many' || i, space_id, parent_id, kind, '._' || i, '._' || i, '._' || i, state, private_to,
         owner_account_id, version_id, 1, 1, NULL FROM entries, n WHERE name = '0.tmp'`,
      );
      await advance(31 * MINUTE);
      expect(await mails('unfinished')).toHaveLength(6);
    });
  });
});
