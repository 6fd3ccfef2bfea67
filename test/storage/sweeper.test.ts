import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parsePath, type Workspace } from '../../storage/index.js';
import { publishReserved } from '../../storage/metadata/entries.js';
import { GROUP_NAME, openTestStorage, PEOPLE, type TestStorage } from '../support/appliance.js';
import { createFakeClock } from '../support/fake-clock.js';
import { mkdir, put, tree } from './acts.js';
import { openParts, type Parts } from './parts.js';

const MINUTE = 60;
const EXCLUSIVE = { scope: 'exclusive', isDeep: false, ownerXml: '', timeoutSeconds: 3600 } as const;

describe('the sweeper', () => {
  const clock = createFakeClock();
  let appliance: TestStorage;
  let parts: Parts;
  let nadia: Workspace;
  let claire: Workspace;
  let folder: string;
  let count = 0;

  beforeAll(async () => {
    appliance = await openTestStorage({ clock });
    parts = await openParts(appliance, { clock });
    nadia = await appliance.workspace('nadia');
    claire = await appliance.workspace('claire');
  });
  /** Each test begins in a folder of its own, when all that the former left behind is done. */
  beforeEach(async () => {
    await advance(48 * 60 * MINUTE);
    folder = `/${GROUP_NAME}/t${++count}`;
    await mkdir(claire, folder);
    await appliance.takeMails();
  });
  afterAll(async () => {
    await parts.close();
    await appliance.close();
  });

  const at = (name: string) => parsePath(`${folder}/${name}`);
  const reserve = (name: string, modifiedAt?: Date) =>
    put(nadia, `${folder}/${name}`, '', { reservesIfEmpty: true, ...(modifiedAt && { modifiedAt }) });
  const advance = async (seconds: number) => {
    clock.advance(seconds);
    await parts.sweep();
  };
  const lines = async () =>
    (await appliance.history())
      .filter((row) => row.path?.startsWith(`${folder}/`))
      .map((row) => `${row.action} ${row.account} ${row.path}`);
  const mails = async (template: string) =>
    (await appliance.takeMails())
      .filter((mail) => mail.intent.template === template)
      .map((mail) => mail.to.address);

  describe('publishes a placeholder', () => {
    test('a quarter of an hour after it was made: one deposit, told to the others once', async () => {
      await reserve('a.txt');
      await advance(14 * MINUTE);
      expect(await tree(claire, folder)).toEqual([]);
      await advance(2 * MINUTE);
      expect(await tree(claire, folder)).toEqual([`${folder}/a.txt`]);
      await advance(60 * MINUTE);
      expect(await lines()).toEqual([`deposit ${PEOPLE.nadia.login} ${folder}/a.txt`]);
      expect(await mails('group-deposits')).toHaveLength(3);
    });

    test('not before, whatever date its client gave it', async () => {
      await reserve('put.txt', new Date('2001-01-01T00:00:00Z'));
      await nadia.lock(at('locked.txt'), { ...EXCLUSIVE, timeoutSeconds: 1 });
      clock.advance(2);
      await nadia.setModifiedAt(at('locked.txt'), new Date('2001-01-01T00:00:00Z'));
      await advance(10 * MINUTE);
      expect(await tree(claire, folder)).toEqual([]);
    });

    test('a quarter of an hour after its last lock ended, by time or by hand', async () => {
      await nadia.lock(at('timed.txt'), EXCLUSIVE);
      const { lock } = await nadia.lock(at('unlocked.txt'), EXCLUSIVE);
      await advance(50 * MINUTE);
      await nadia.unlock(at('unlocked.txt'), lock.token);
      await advance(14 * MINUTE);
      expect(await tree(claire, folder)).toEqual([]);
      await advance(2 * MINUTE);
      expect(await tree(claire, folder)).toEqual([`${folder}/unlocked.txt`]);
      await advance(8 * MINUTE);
      expect(await tree(claire, folder)).toEqual([`${folder}/unlocked.txt`]);
      await advance(3 * MINUTE);
      expect(await tree(claire, folder)).toEqual([`${folder}/timed.txt`, `${folder}/unlocked.txt`]);
    });

    test('never, when its bytes came, it was deleted, or is private', async () => {
      await reserve('bytes.txt');
      await reserve('gone.txt');
      await reserve('~$private.docx');
      await put(nadia, `${folder}/bytes.txt`, 'x');
      await nadia.remove(at('gone.txt'));
      await advance(20 * MINUTE);
      expect(await tree(claire, folder)).toEqual([`${folder}/bytes.txt`]);
      expect(await lines()).toEqual([`deposit ${PEOPLE.nadia.login} ${folder}/bytes.txt`]);
    });

    test('not when its bytes came, or it went, since the job looked', async () => {
      const { id } = await reserve('bytes.txt');
      const stale = { id, version_id: (await nadia.find(id)).id };
      const publish = () => parts.database.write((transaction) => publishReserved(transaction, stale));
      expect(await publish()).toBe(false);
      const entry = await nadia.find(id);
      stale.version_id = entry.kind === 'file' ? entry.versionId : '';
      await nadia.remove(entry.path);
      expect(await publish()).toBe(false);
    });

    test.each(['suspended', 'removed'])('never, when its depositor was %s: it goes', async (how) => {
      const { operator, password } = appliance;
      const login = `${how}@lutins.example.org`;
      await operator.createPerson({ address: login, name: 'Alix Morel', side: 'partner', password });
      await operator.setMember(GROUP_NAME, login, 'contributor');
      const alix = appliance.storage.open(await appliance.signIn(login));
      const { id } = await put(alix, `${folder}/a.txt`, '', { reservesIfEmpty: true });
      if (how === 'suspended') await operator.suspend(login);
      else await operator.setMember(GROUP_NAME, login, null);
      await advance(20 * MINUTE);
      expect(await tree(claire, folder)).toEqual([]);
      expect(await lines()).toEqual([]);
      expect((await parts.rows('entries')).find((row) => row.id === id)?.deleted_at).not.toBeNull();
    });
  });

  describe('tells of a file left under a temporary name', () => {
    const told = [PEOPLE.marc.login, PEOPLE.nadia.login];

    test('after half an hour, once, its depositor and the managers', async () => {
      await put(nadia, `${folder}/export.csv.filepart`, 'x');
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
      await put(nadia, `${folder}/old.tmp`, 'x', { modifiedAt: new Date('2001-01-01T00:00:00Z') });
      await put(nadia, `${folder}/new.tmp`, 'x', { modifiedAt: new Date('2099-01-01T00:00:00Z') });
      await advance(31 * MINUTE);
      expect(await mails('unfinished')).toHaveLength(4);
    });

    test('though the daemon was down when its time came', async () => {
      await put(nadia, `${folder}/a.tmp`, 'x');
      await advance(26 * 60 * MINUTE);
      expect((await mails('unfinished')).sort()).toEqual(told);
    });

    test('though the job failed the first time, and still once', async () => {
      await put(nadia, `${folder}/a.tmp`, 'x');
      clock.advance(1);
      await put(nadia, `${folder}/b.tmp`, 'x');
      await parts.run(`CREATE TRIGGER refuse BEFORE INSERT ON outbox WHEN new.props LIKE '%b.tmp%'
        BEGIN SELECT RAISE(ABORT, 'broken on purpose'); END`);
      clock.advance(31 * MINUTE);
      await expect(parts.sweep()).rejects.toThrow('broken on purpose');
      await parts.run('DROP TRIGGER refuse');
      const job = async () => (await parts.rows('jobs')).find((row) => row.name === 'unfinished');
      expect((await job())?.last_error).toContain('broken on purpose');
      clock.advance(2 * MINUTE);
      await parts.sweep().catch(() => undefined);
      expect(await mails('unfinished')).toHaveLength(4);
      expect(await job()).toMatchObject({ last_error: null, last_run_at: clock.now().getTime() });
    });

    test('counted from when it got that name', async () => {
      await put(claire, `${folder}/a.docx`, 'x');
      await advance(60 * MINUTE);
      await claire.move(at('a.docx'), at('~WRL0001.tmp'), { overwrite: false });
      await advance(5 * MINUTE);
      expect(await mails('unfinished')).toEqual([]);
      await advance(27 * MINUTE);
      expect((await mails('unfinished')).sort()).toEqual([PEOPLE.claire.login, PEOPLE.marc.login]);
    });

    test('but not of one that got its final name, was deleted, or only stands beside a document', async () => {
      for (const name of ['a.tmp', 'b.tmp', '~$a.docx', '._a.docx', 'Thumbs.db', '.~lock.a.odt#'])
        await put(nadia, `${folder}/${name}`, 'x');
      await put(nadia, `${folder}/empty.tmp`, '');
      await nadia.move(at('a.tmp'), at('a.csv'), { overwrite: false });
      await nadia.remove(at('b.tmp'));
      await advance(31 * MINUTE);
      expect(await mails('unfinished')).toEqual([]);
    });

    test('of each, however many and however deep', async () => {
      await mkdir(nadia, `${folder}/d`);
      for (let index = 0; index < 3; index++) await put(nadia, `${folder}/d/${index}.tmp`, 'x');
      await parts.run(
        `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400)
         INSERT INTO entries SELECT '000' || i, space_id, parent_id, kind, '._' || i, '._' || i, '._' || i, state, private_to,
         owner_account_id, version_id, 1, 1, NULL FROM entries, n WHERE name = '0.tmp'`,
      );
      await advance(31 * MINUTE);
      expect(await mails('unfinished')).toHaveLength(6);
    });
  });
});
