import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parsePath, type Workspace } from '../../storage/index.js';
import {
  fetchText,
  GROUP_NAME,
  namesIn,
  OTHER_GROUP_NAME,
  openTestStorage,
  PEOPLE,
  type TestStorage,
} from '../support/appliance.js';
import { createFakeClock, type FakeClock } from '../support/fake-clock.js';
import { failureOf, mkdir, put, tree } from './acts.js';
import { openParts, type Parts } from './parts.js';

const HOUR = 3600;

describe('what was deleted', () => {
  let clock: FakeClock;
  let appliance: TestStorage;
  let parts: Parts;
  /** Writer of the house. */
  let claire: Workspace;
  /** Writer, a partner. */
  let nadia: Workspace;
  let folder: string;
  let count = 0;

  beforeAll(async () => {
    clock = createFakeClock();
    appliance = await openTestStorage({ clock });
    parts = await openParts(appliance, { clock });
    await appliance.operator.setMember(OTHER_GROUP_NAME, PEOPLE.claire.login, 'writer');
    claire = await appliance.workspace('claire');
    nadia = await appliance.workspace('nadia');
  });
  beforeEach(async () => {
    clock.advance(30 * HOUR);
    await appliance.operator.setMember(GROUP_NAME, PEOPLE.claire.login, 'writer');
    await appliance.operator.setMember(GROUP_NAME, PEOPLE.nadia.login, 'writer');
    claire = await appliance.workspace('claire');
    nadia = await appliance.workspace('nadia');
    folder = `/${GROUP_NAME}/r${++count}`;
    await mkdir(claire, folder);
  });
  afterAll(async () => {
    await parts.close();
    await appliance.close();
  });

  const at = (name: string) => parsePath(`${folder}/${name}`);
  const group = () => parsePath(`/${GROUP_NAME}`);
  const usedBytes = async () => (await claire.usage(group())).usedBytes;
  const rows = async (action: string) =>
    (await appliance.history()).filter((row) => row.action === action && row.path?.startsWith(folder));
  /** @returns the id it had */
  const removed = async (who: Workspace, name: string) => {
    const { id } = await who.stat(at(name));
    await who.remove(at(name));
    return id;
  };

  test('comes back as it was, under its id, told in the history, counted again, and announced to nobody', async () => {
    await put(claire, `${folder}/a.txt`, 'first');
    const before = await usedBytes();
    await appliance.takeMails();
    const id = await removed(claire, 'a.txt');
    expect(await usedBytes()).toBe(before - 5);
    const [deletion] = await claire.deletions(group());
    expect(deletion).toMatchObject({
      entry: { id, kind: 'file', path: at('a.txt'), sizeBytes: 5 },
      deletedBy: { name: PEOPLE.claire.name, isOneself: true },
      deletedAt: clock.now(),
      restorableUntil: new Date(clock.now().getTime() + 24 * HOUR * 1000),
    });
    expect(await claire.restore(id)).toMatchObject({ id, path: at('a.txt') });
    expect(await fetchText(claire, `${folder}/a.txt`)).toBe('first');
    expect(await usedBytes()).toBe(before);
    expect(await claire.deletions(group())).toEqual([]);
    expect(await rows('restore')).toMatchObject([{ outcome: 'ok', entryId: id, path: `${folder}/a.txt` }]);
    expect(await appliance.takeMails()).toEqual([]);
    expect(await failureOf(claire.restore(id))).toBe('not-found');
    clock.advance(48 * HOUR);
    await parts.sweep();
    expect(await fetchText(claire, `${folder}/a.txt`)).toBe('first');
  });

  test('a folder comes back with all that went with it, and not with what was deleted before', async () => {
    await mkdir(claire, `${folder}/d`, `${folder}/d/sub`);
    await put(claire, `${folder}/d/sub/b.txt`, 'b');
    await put(claire, `${folder}/d/early.txt`, 'early');
    const early = await removed(claire, 'd/early.txt');
    clock.advance(1);
    const id = await removed(claire, 'd');
    const listed = await claire.deletions(group());
    expect(listed.map(({ entry }) => entry.path)).toEqual([at('d'), at('d/early.txt')]);
    expect(await failureOf(claire.restore(early))).toBe('parent-missing restore-parent');
    await claire.restore(id);
    expect(await tree(claire, folder)).toEqual([`${folder}/d/`, `${folder}/d/sub/`, `${folder}/d/sub/b.txt`]);
    expect(new Set((await rows('restore')).map(({ path }) => path))).toEqual(
      new Set([`${folder}/d`, `${folder}/d/sub`, `${folder}/d/sub/b.txt`]),
    );
    await claire.restore(early);
    expect(await namesIn(claire, `${folder}/d`)).toEqual(['early.txt', 'sub']);
  });

  test('is a manager’s to restore, or of who deleted it; nobody else hears of it', async () => {
    await put(nadia, `${folder}/a.txt`, 'a');
    await put(nadia, `${folder}/b.txt`, 'b');
    const [byNadia, byClaire] = [await removed(nadia, 'a.txt'), await removed(claire, 'b.txt')];
    const idsFor = async (who: Workspace) => (await who.deletions(group())).map(({ entry }) => entry.id);
    expect(await idsFor(nadia)).toEqual([byNadia]);
    expect(await idsFor(claire)).toEqual([byClaire]);
    expect(await failureOf(claire.restore(byNadia))).toBe('not-found');
    await appliance.operator.setMember(GROUP_NAME, PEOPLE.claire.login, 'manager');
    claire = await appliance.workspace('claire');
    expect((await idsFor(claire)).sort()).toEqual([byNadia, byClaire].sort());
    await claire.restore(byNadia);
    await appliance.operator.setMember(GROUP_NAME, PEOPLE.claire.login, 'reader');
    claire = await appliance.workspace('claire');
    expect(await failureOf(claire.restore(byClaire))).toBe('forbidden role');
    expect(await namesIn(nadia, folder)).toEqual(['a.txt']);
  });

  test('is not restored by whoever managed a moment ago: the transaction asks the database', async () => {
    await put(nadia, `${folder}/a.txt`, 'a');
    const id = await removed(nadia, 'a.txt');
    await appliance.operator.setMember(GROUP_NAME, PEOPLE.claire.login, 'manager');
    const session = await appliance.signIn(PEOPLE.claire.login);
    const memberships = await parts.memberships(session.account.id);
    const unheard = { ...session, signal: new AbortController().signal };
    const unaware = parts.open(unheard, { memberships: async () => memberships });
    await appliance.operator.setMember(GROUP_NAME, PEOPLE.claire.login, 'writer');
    expect(await failureOf(unaware.restore(id))).toBe('unauthenticated revoked');
    expect(await namesIn(nadia, folder)).toEqual([]);
  });

  test('by somebody of the house is told to a partner who manages under the house’s name', async () => {
    await put(claire, `${folder}/a.txt`, 'a');
    await removed(claire, 'a.txt');
    await appliance.operator.setMember(GROUP_NAME, PEOPLE.nadia.login, 'manager');
    nadia = await appliance.workspace('nadia');
    const [deletion] = await nadia.deletions(group());
    expect(deletion?.deletedBy?.name).not.toBe(PEOPLE.claire.name);
  });

  test('stays away when its name is taken, its folder gone, the quota short or a day over', async () => {
    await put(claire, `${folder}/a.txt`, 'a');
    const id = await removed(claire, 'a.txt');
    clock.advance(120);
    await put(nadia, `${folder}/A.txt`, 'another');
    expect(await failureOf(claire.restore(id))).toBe('already-exists');
    await nadia.remove(at('A.txt'));
    const { usedBytes: used } = await claire.usage(group());
    await parts.run('UPDATE spaces SET quota_bytes = ? WHERE used_bytes = ?', used, used);
    expect(await failureOf(claire.restore(id))).toBe('no-space quota');
    await parts.run('UPDATE spaces SET quota_bytes = NULL WHERE used_bytes = ?', used);
    expect(await namesIn(claire, folder)).toEqual([]);
    clock.advance(24 * HOUR);
    expect(await failureOf(claire.restore(id))).toBe('not-found');
    expect(await claire.deletions(group())).toEqual([]);
  });

  test('is what one meant to delete: not what was replaced, moved away or stored anew under its name', async () => {
    await put(claire, `${folder}/a.txt`, 'a');
    await put(claire, `${folder}/b.txt`, 'b');
    await put(claire, `${folder}/c.txt`, 'c');
    await claire.move(at('a.txt'), at('b.txt'), { overwrite: true });
    await claire.move(at('b.txt'), parsePath(`/${OTHER_GROUP_NAME}/b${count}.txt`), { overwrite: false });
    const id = await removed(claire, 'c.txt');
    await put(claire, `${folder}/c.txt`, 'replaced within a minute');
    expect(await claire.deletions(group())).toEqual([]);
    expect(await failureOf(claire.restore(id))).toBe('not-found');
  });

  test('restored and deposited over at once is a new deposit, not the end of a replacement', async () => {
    await put(claire, `${folder}/a.txt`, 'a');
    const id = await removed(claire, 'a.txt');
    await claire.restore(id);
    await put(claire, `${folder}/a.txt`, 'again');
    const folded = await appliance.operator.activity({ order: 'asc', limit: 500, isFolded: true });
    const acts = folded.filter((row) => row.path === `${folder}/a.txt`);
    expect(acts.map(({ action }) => action)).toEqual(['deposit', 'delete', 'restore', 'deposit']);
  });
});
