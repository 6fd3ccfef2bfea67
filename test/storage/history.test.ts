import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type HistoryFilter, type HistoryRow, parsePath, type Workspace } from '../../storage/index.js';
import {
  deposit,
  fetchText,
  GROUP_NAME,
  OTHER_GROUP_NAME,
  openTestStorage,
  PEOPLE,
  type TestStorage,
} from '../support/appliance.js';
import { createFakeClock } from '../support/fake-clock.js';
import { openParts, type Parts } from './parts.js';

const LATECOMER = 'lea.petit@lutins.example.org';
const DROPPER = 'paul.drop@lutins.example.org';

describe('the history of a member', () => {
  const clock = createFakeClock();
  let appliance: TestStorage;
  let parts: Parts;
  let nadia: Workspace;
  let claire: Workspace;

  beforeAll(async () => {
    appliance = await openTestStorage({ clock });
    parts = await openParts(appliance, { clock });
    [nadia, claire] = [await appliance.workspace('nadia'), await appliance.workspace('claire')];
    await deposit(nadia, `/${GROUP_NAME}/juin.csv`, 'x');
    await fetchText(claire, `/${GROUP_NAME}/juin.csv`);
    await deposit(nadia, `/${GROUP_NAME}/~$privé.docx`, 'x');
    clock.advance(86_400 * 3);
    const { operator, password } = appliance;
    for (const address of [LATECOMER, DROPPER])
      await operator.createPerson({ address, name: address, side: 'partner', password });
    await operator.setMember(GROUP_NAME, LATECOMER, 'reader');
    await operator.setMember(GROUP_NAME, DROPPER, 'drop');
    await deposit(await open(DROPPER), `/${GROUP_NAME}/boîte.csv`, 'x');
    await deposit(claire, `/${GROUP_NAME}/Juillet.csv`, 'x');
    await claire.remove(parsePath(`/${GROUP_NAME}/Juillet.csv`));
  });
  afterAll(async () => {
    await parts.close();
    await appliance.close();
  });

  const open = async (login: string) => appliance.storage.open(await appliance.signIn(login));
  const read = async (workspace: Workspace, filter: HistoryFilter = {}, limit = 100) =>
    (await workspace.history(filter, { limit })).rows;
  const short = ({ action, path }: HistoryRow) => `${action} ${path?.split('/').at(-1) ?? ''}`.trim();
  const shared = (rows: readonly HistoryRow[]) => rows.filter(({ path }) => path !== null).map(short);

  test('shows what was done in the groups, newest first, what was erased too, without others’ private names', async () => {
    expect(shared(await read(claire))).toEqual([
      'delete Juillet.csv',
      'deposit Juillet.csv',
      'deposit boîte.csv',
      'download juin.csv',
      'deposit juin.csv',
    ]);
    const [erased] = await read(claire);
    expect(erased).toMatchObject({ isOwn: true, isThere: false, group: GROUP_NAME });
  });

  test('shows nothing to who is no member', async () => {
    const odile = await open(PEOPLE.odile.login);
    expect(shared(await read(odile))).toEqual([]);
    const { id } = await claire.stat(parsePath(`/${GROUP_NAME}`));
    const file = await claire.stat(parsePath(`/${GROUP_NAME}/juin.csv`));
    expect(await read(odile, { entryId: file.id })).toEqual([]);
    await expect(read(odile, { groupEntryId: id })).rejects.toMatchObject({ code: 'not-found' });
    await expect(read(odile, { personId: claire.session.account.id })).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  test('reaches back to the beginning of the membership alone', async () => {
    const late = await open(LATECOMER);
    expect(shared(await read(late))).toEqual([
      'delete Juillet.csv',
      'deposit Juillet.csv',
      'deposit boîte.csv',
    ]);
    const file = await claire.stat(parsePath(`/${GROUP_NAME}/juin.csv`));
    expect(await read(late, { entryId: file.id })).toEqual([]);
  });

  test('shows members who only deposit what they did themselves', async () => {
    const dropper = await open(DROPPER);
    const { id } = await dropper.stat(parsePath(`/${GROUP_NAME}`));
    expect(shared(await read(dropper))).toEqual(['deposit boîte.csv']);
    expect(shared(await read(dropper, { groupEntryId: id }))).toEqual(['deposit boîte.csv']);
    expect(await dropper.historyPeople()).toEqual([]);
    await expect(read(dropper, { personId: claire.session.account.id })).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  test('names the house’s people to partners as the group shows them, and finds none of them by name', async () => {
    const rows = await read(nadia);
    expect(rows.find(({ action }) => action === 'download')?.who).not.toBe(PEOPLE.claire.name);
    expect((await nadia.historyPeople()).map(({ name }) => name)).not.toContain(PEOPLE.claire.name);
    await expect(read(nadia, { personId: claire.session.account.id })).rejects.toMatchObject({
      code: 'not-found',
    });
    expect((await claire.historyPeople()).map(({ name }) => name)).toContain(PEOPLE.nadia.name);
  });

  test.each<[string, () => Promise<HistoryFilter> | HistoryFilter, string[]]>([
    ['person', () => ({ personId: nadia.session.account.id }), ['deposit juin.csv']],
    ['act', () => ({ action: 'download' }), ['download juin.csv']],
    ['name', () => ({ name: 'JUILLET' }), ['delete Juillet.csv', 'deposit Juillet.csv']],
    ['last day', () => ({ to: new Date('2026-07-01T00:00:00Z') }), ['download juin.csv', 'deposit juin.csv']],
    [
      'first day',
      () => ({ from: new Date('2026-07-01T00:00:00Z') }),
      ['delete Juillet.csv', 'deposit Juillet.csv', 'deposit boîte.csv'],
    ],
    [
      'file',
      async () => ({ entryId: (await claire.stat(parsePath(`/${GROUP_NAME}/juin.csv`))).id }),
      ['download juin.csv', 'deposit juin.csv'],
    ],
  ])('filters by %s', async (_, filter, expected) => {
    expect(shared(await read(claire, await filter()))).toEqual(expected);
  });

  test('does not tell who only deposits what became of it', async () => {
    const dropper = await open(DROPPER);
    const { id: entryId } = await dropper.stat(parsePath(`/${GROUP_NAME}/boîte.csv`));
    await fetchText(claire, `/${GROUP_NAME}/boîte.csv`);
    expect(shared(await read(claire, { entryId }))).toEqual(['download boîte.csv', 'deposit boîte.csv']);
    expect(shared(await read(dropper, { entryId }))).toEqual(['deposit boîte.csv']);
  });

  test('hides the private name that a file had before everybody saw it', async () => {
    const columns = 'at, action, outcome, door, account_id, group_id, entry_id, act_id, leaf_hash';
    await parts.run(`INSERT INTO activity (${columns}) SELECT at, 'copy', outcome, door, account_id, group_id, entry_id, act_id, ''
      FROM activity WHERE action = 'deposit' ORDER BY id LIMIT 1`);
    const payload = JSON.stringify({ path: `/${GROUP_NAME}/~$juin.docx` });
    await parts.run(
      "INSERT INTO activity_payload (activity_id, salt, payload) SELECT MAX(id), '', ? FROM activity",
      payload,
    );
    expect(shared(await read(nadia, { action: 'copy' }))).toEqual(['copy ~$juin.docx']);
    expect(await read(claire, { action: 'copy' })).toEqual([]);
  });

  test('tells of an export before the first line', async () => {
    const names: string[] = [];
    for await (const { rows } of await claire.exportHistory({ personId: claire.session.account.id }))
      names.push(...rows.map(short));
    expect(names[0]).toBe('export');
    expect((await read(claire)).map(short)).not.toContain('export');
    expect(await read(nadia)).not.toContainEqual(expect.objectContaining({ action: 'export', isOwn: false }));
  });

  test('tells a file that was deleted and sent anew as one replacement', async () => {
    const path = `/${GROUP_NAME}/plan.csv`;
    await deposit(claire, path, 'one');
    await claire.remove(parsePath(path));
    await deposit(claire, path, 'two');
    const rows = await read(nadia, { name: 'plan' });
    expect(rows.map(({ action, reason }) => [action, reason])).toEqual([
      ['deposit', 'replaced'],
      ['deposit', null],
    ]);
  });

  describe('of many lines', () => {
    let statements = 0;

    beforeAll(async () => {
      const odile = await open(PEOPLE.odile.login);
      await deposit(odile, `/${OTHER_GROUP_NAME}/rare.csv`, 'x');
      // Older lines of the same kind stand for years of them: 6,000 downloads after one deposit.
      await fetchText(odile, `/${OTHER_GROUP_NAME}/rare.csv`);
      const columns = 'at, action, outcome, door, account_id, group_id, entry_id, act_id, leaf_hash';
      await parts.run(`WITH RECURSIVE number(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM number WHERE i < 6000)
        INSERT INTO activity (${columns}) SELECT at, action, outcome, door, account_id, group_id, entry_id, 'many ' || i, ''
        FROM number, (SELECT * FROM activity ORDER BY id DESC LIMIT 1)`);
      parts.database.reader.on('query', () => {
        statements += 1;
      });
    });

    const odileBeside = async () => parts.open(await appliance.signIn(PEOPLE.odile.login));

    test('gives pages by key, each line once, and the way back', async () => {
      const odile = await odileBeside();
      const ids: number[] = [];
      let page = await odile.history({}, { limit: 100 });
      const first = page.rows.map(({ id }) => id);
      for (let count = 0; count < 3; count += 1) {
        ids.push(...page.rows.map(({ id }) => id));
        page = await odile.history({}, { before: page.next ?? 0, limit: 100 });
      }
      expect(new Set(ids).size).toBe(300);
      expect(ids).toEqual([...ids].sort((one, other) => other - one));
      const back = await odile.history({}, { after: ids[100], limit: 100 });
      expect(back.rows.map(({ id }) => id)).toEqual(first);
    });

    test('looks through a bounded part for what is rare, and says where to go on', async () => {
      const odile = await odileBeside();
      statements = 0;
      const page = await odile.history({ action: 'deposit' }, { limit: 100 });
      expect(page.rows).toEqual([]);
      expect(statements).toBeLessThanOrEqual(45);
      const next = await odile.history({ action: 'deposit' }, { before: page.next ?? 0, limit: 100 });
      expect(next.rows.map(short)).toEqual(['deposit rare.csv']);
      expect(next.next).toBeNull();
    });

    test('asks few statements for a page', async () => {
      const odile = await odileBeside();
      statements = 0;
      await odile.history({}, { limit: 100 });
      expect(statements).toBeLessThanOrEqual(3);
    });
  });
});
