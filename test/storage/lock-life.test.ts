import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type LockRequest, parsePath, type Workspace } from '../../storage/index.js';
import { GROUP_NAME, openTestStorage, PEOPLE, type TestStorage } from '../support/appliance.js';
import { createFakeClock } from '../support/fake-clock.js';
import { failureOf, mkdir, put, tree } from './acts.js';
import { openParts, type Parts } from './parts.js';

const EXCLUSIVE: LockRequest = { scope: 'exclusive', isDeep: false, ownerXml: '', timeoutSeconds: 600 };
const SHARED: LockRequest = { ...EXCLUSIVE, scope: 'shared' };

describe('the life of a write lock', () => {
  const clock = createFakeClock();
  let appliance: TestStorage;
  let parts: Parts;
  let claire: Workspace;
  let nadia: Workspace;
  let folder: string;
  let count = 0;

  beforeAll(async () => {
    appliance = await openTestStorage({ clock });
    parts = await openParts(appliance, { clock });
    claire = await appliance.workspace('claire');
    nadia = await appliance.workspace('nadia');
  });
  beforeEach(async () => {
    folder = `/${GROUP_NAME}/t${++count}`;
    await mkdir(nadia, folder, `${folder}/d`);
    await put(nadia, `${folder}/a.txt`, 'x');
    await put(nadia, `${folder}/d/b.txt`, 'x');
  });
  afterAll(async () => {
    await parts.close();
    await appliance.close();
  });

  const at = (path: string) => parsePath(`${folder}/${path}`);
  const lock = async (
    workspace: Workspace,
    path: string,
    request = EXCLUSIVE,
    changes: Partial<LockRequest> = {},
  ) => (await workspace.lock(at(path), { ...request, ...changes })).lock;
  const write = (workspace: Workspace, path: string, ...lockTokens: readonly string[]) =>
    failureOf(put(workspace, `${folder}/${path}`, 'y', { lockTokens }));
  const LOCKED = 'locked lock-token-submitted';

  test('ends with its time, and a refresh gives it a new one', async () => {
    const held = await lock(claire, 'a.txt', EXCLUSIVE, { timeoutSeconds: 60 });
    clock.advance(59);
    const refreshed = await claire.refreshLock(at('a.txt'), ['urn:uuid:other', held.token], 60);
    expect(refreshed.expiresAt).toEqual(new Date(clock.now().getTime() + 60_000));
    clock.advance(59);
    expect(await write(nadia, 'a.txt')).toBe(LOCKED);
    expect(await failureOf(nadia.refreshLock(at('a.txt'), [held.token], 60))).toBe(
      'precondition-failed lock-token',
    );
    clock.advance(1);
    expect(await claire.locksOn(at('a.txt'))).toEqual([]);
    expect(await write(nadia, 'a.txt')).toBe('no failure');
    expect(await failureOf(claire.refreshLock(at('a.txt'), [held.token], 60))).toBe(
      'precondition-failed lock-token',
    );
  });

  test.each([
    [0, 1],
    [-5, 1],
    [60, 60],
    [1e9, 3600],
    [Number.POSITIVE_INFINITY, 3600],
  ])('asked for %s seconds is granted %s, at a refresh too', async (asked, granted) => {
    const held = await lock(claire, 'a.txt', EXCLUSIVE, { timeoutSeconds: asked });
    expect(held.timeoutSeconds).toBe(granted);
    expect((await claire.refreshLock(at('a.txt'), [held.token], asked)).timeoutSeconds).toBe(granted);
  });

  test('is freed by its owner or a manager, on its own path or below', async () => {
    const held = await lock(nadia, 'd', EXCLUSIVE, { isDeep: true });
    expect(await failureOf(claire.unlock(at('d'), held.token))).toBe('forbidden lock-owner');
    expect(await failureOf(nadia.unlock(at('a.txt'), held.token))).toBe('precondition-failed lock-token');
    expect(await failureOf(nadia.unlock(at('d'), 'urn:uuid:x'))).toBe('precondition-failed lock-token');
    await nadia.unlock(at('d/b.txt'), held.token);
    expect(await write(claire, 'd/b.txt')).toBe('no failure');
    const other = await lock(claire, 'a.txt');
    await (await appliance.workspace('marc')).unlock(at('a.txt'), other.token);
    expect(await failureOf(claire.unlock(at('a.txt'), other.token))).toBe('precondition-failed lock-token');
  });

  test('ends with the name: deleted, moved, replaced by a move (W26)', async () => {
    for (const act of ['remove', 'move'] as const) {
      const { token } = await lock(nadia, 'a.txt');
      const lockTokens = [token];
      if (act === 'remove') await nadia.remove(at('a.txt'), { lockTokens });
      else await nadia.move(at('a.txt'), at('moved.txt'), { overwrite: false, lockTokens });
      expect((await parts.rows('locks')).filter((row) => row.token === token)).toEqual([]);
      await put(nadia, `${folder}/a.txt`, 'again');
      if (act === 'move') expect(await nadia.locksOn(at('moved.txt'))).toEqual([]);
    }
    const target = await lock(claire, 'a.txt');
    await claire.move(at('moved.txt'), at('a.txt'), { overwrite: true, lockTokens: [target.token] });
    expect(await claire.locksOn(at('a.txt'))).toEqual([]);
    await lock(nadia, 'd/b.txt');
    const [below] = await nadia.locksOn(at('d/b.txt'));
    await nadia.move(at('d'), at('e'), { overwrite: false, lockTokens: [below?.token ?? ''] });
    expect(await nadia.locksOn(at('e/b.txt'))).toEqual([]);
  });

  test('on a free name makes a placeholder that nobody else sees and nobody else can take', async () => {
    const taken = await nadia.lock(at('new.txt'), EXCLUSIVE);
    expect(taken.created).toBe(true);
    expect(await nadia.stat(at('new.txt'))).toMatchObject({ isPublished: false, sizeBytes: 0 });
    expect(await failureOf(claire.stat(at('new.txt')))).toBe('not-found');
    expect(await tree(claire, folder)).not.toContain(`${folder}/new.txt`);
    expect(await write(claire, 'new.txt')).toBe(LOCKED);
    expect(await failureOf(lock(claire, 'new.txt'))).toBe(LOCKED);
    expect(await failureOf(mkdir(claire, `${folder}/new.txt`))).toBe('already-exists');
    expect(await write(nadia, 'new.txt', taken.lock.token)).toBe('no failure');
    expect((await claire.stat(at('new.txt'))).kind).toBe('file');
    expect((await appliance.history()).filter((row) => row.path === `${folder}/new.txt`)).toHaveLength(1);
  });

  test('has its limits: 200 an account, an owner of 2,048 characters (W38)', async () => {
    clock.advance(3600);
    const owner = { ownerXml: 'x'.repeat(2049) };
    expect(await failureOf(lock(nadia, 'a.txt', SHARED, owner))).toBe('too-large lock-owner');
    const { entryId, accountId } = await lock(nadia, 'a.txt', SHARED, { timeoutSeconds: 3600 }).then(
      (held) => ({
        accountId: held.accountId,
        entryId: nadia.stat(at('a.txt')).then((entry) => entry.id),
      }),
    );
    await parts.run(
      `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 198)
       INSERT INTO locks SELECT 'token' || i, ?, 'shared', 0, ?, '', 60, 1, ? FROM n`,
      await entryId,
      accountId,
      clock.now().getTime() + 60_000,
    );
    await lock(nadia, 'a.txt', SHARED);
    expect(await failureOf(lock(nadia, 'a.txt', SHARED))).toBe('throttled lock-count');
    await lock(claire, 'a.txt', SHARED);
    clock.advance(61);
    await lock(nadia, 'a.txt', SHARED);
  });

  test('is still there after a restart (W38)', async () => {
    const held = await lock(claire, 'a.txt', EXCLUSIVE, { ownerXml: '<D:href>claire</D:href>' });
    await parts.close();
    appliance = await appliance.reopen();
    parts = await openParts(appliance, { clock });
    claire = await appliance.workspace('claire');
    nadia = await appliance.workspace('nadia');
    expect(await claire.locksOn(at('a.txt'))).toEqual([held]);
    expect(held.accountId).toBe((await appliance.operator.account(PEOPLE.claire.login)).id);
    expect(await write(nadia, 'a.txt')).toBe(LOCKED);
  });
});
