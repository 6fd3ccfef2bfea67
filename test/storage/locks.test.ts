import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type LockRequest, parsePath, type Workspace } from '../../storage/index.js';
import { GROUP_NAME, openTestStorage, type TestStorage } from '../support/appliance.js';
import { createFakeClock } from '../support/fake-clock.js';
import { failureOf, mkdir, put, tree } from './acts.js';
import { openParts, type Parts } from './parts.js';

const EXCLUSIVE: LockRequest = { scope: 'exclusive', isDeep: false, ownerXml: '', timeoutSeconds: 600 };
const SHARED: LockRequest = { ...EXCLUSIVE, scope: 'shared' };

describe('a write lock', () => {
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

  test('binds everyone without its token, its owner on another door included', async () => {
    const held = await lock(claire, 'a.txt');
    expect(held.token).toMatch(/^urn:uuid:[0-9a-f-]{36}$/);
    const overSftp = await appliance.workspace('claire', 'sftp');
    for (const workspace of [claire, nadia, overSftp]) expect(await write(workspace, 'a.txt')).toBe(LOCKED);
    expect(await write(nadia, 'a.txt', held.token)).toBe(LOCKED);
    const acts = [
      claire.remove(at('a.txt')),
      claire.move(at('a.txt'), at('x.txt'), { overwrite: false }),
      claire.move(at('d/b.txt'), at('a.txt'), { overwrite: true }),
      claire.copy(at('d/b.txt'), at('a.txt'), { overwrite: true }),
      claire.setModifiedAt(at('a.txt'), new Date(0)),
      claire.patchProperties(at('a.txt'), []),
      claire.remove(parsePath(folder)),
    ];
    expect(new Set(await Promise.all(acts.map(failureOf)))).toEqual(new Set([LOCKED]));
    expect(await failureOf(claire.copy(at('a.txt'), at('copy.txt'), { overwrite: false }))).toBe(
      'no failure',
    );
    expect(await write(claire, 'a.txt', held.token)).toBe('no failure');
    expect(await write(overSftp, 'a.txt', held.token)).toBe('no failure');
  });

  test('taken while bytes come refuses them at their end', async () => {
    const upload = await claire.put(at('a.txt'), { base: 'empty', mode: 'replace' });
    await upload.write(Buffer.from('late'), 0);
    await lock(nadia, 'a.txt');
    expect(await failureOf(upload.commit())).toBe(LOCKED);
  });

  test('that is exclusive stands alone; shared ones stand beside each other, and any one opens', async () => {
    const first = await lock(claire, 'a.txt', SHARED);
    const second = await lock(nadia, 'a.txt', SHARED);
    expect(await failureOf(lock(claire, 'a.txt'))).toBe('locked no-conflicting-lock');
    expect(await write(claire, 'a.txt')).toBe(LOCKED);
    expect(await write(claire, 'a.txt', second.token)).toBe(LOCKED);
    expect(await write(claire, 'a.txt', first.token)).toBe('no failure');
    await claire.unlock(at('a.txt'), first.token);
    await nadia.unlock(at('a.txt'), second.token);
    await lock(claire, 'a.txt');
    for (const request of [EXCLUSIVE, SHARED])
      for (const workspace of [claire, await appliance.workspace('marc')])
        expect(await failureOf(lock(workspace, 'a.txt', request))).toBe('locked no-conflicting-lock');
  });

  test('of a folder without depth guards its names, not its files', async () => {
    const held = await lock(nadia, 'd');
    expect(await write(nadia, 'd/b.txt')).toBe('no failure');
    expect(await write(nadia, 'd/new.txt')).toBe(LOCKED);
    expect(await failureOf(nadia.remove(at('d/b.txt')))).toBe(LOCKED);
    expect(await failureOf(nadia.move(at('d/b.txt'), at('c.txt'), { overwrite: false }))).toBe(LOCKED);
    expect(await failureOf(nadia.move(at('a.txt'), at('d/a.txt'), { overwrite: false }))).toBe(LOCKED);
    expect(await failureOf(mkdir(nadia, `${folder}/d/e`))).toBe(LOCKED);
    expect(await failureOf(nadia.createDirectory(at('d/e'), { lockTokens: [held.token] }))).toBe(
      'no failure',
    );
    await lock(nadia, 'd/b.txt');
  });

  test('that is deep covers all below, and what comes to be there', async () => {
    const held = await lock(nadia, 'd', EXCLUSIVE, { isDeep: true });
    expect(await write(claire, 'd/b.txt')).toBe(LOCKED);
    expect(await write(nadia, 'd/new.txt', held.token)).toBe('no failure');
    expect(await write(claire, 'd/new.txt')).toBe(LOCKED);
    const lockTokens = [held.token];
    for (const path of ['d/b.txt', 'd/absent.txt'])
      expect(await failureOf(lock(nadia, path, EXCLUSIVE, { lockTokens }))).toBe(
        'locked no-conflicting-lock',
      );
    expect(await tree(nadia, `${folder}/d`)).toEqual([`${folder}/d/b.txt`, `${folder}/d/new.txt`]);
    expect((await claire.locksOn(at('d/b.txt'))).map(({ root }) => root)).toEqual([at('d')]);
    expect((await claire.locksOn(at('d/absent.txt'))).map(({ root }) => root)).toEqual([at('d')]);
    expect(await claire.locksOn(at('a.txt'))).toEqual([]);
  });

  test('that is deep is refused over a lock below', async () => {
    await lock(claire, 'd/b.txt');
    expect(await failureOf(lock(nadia, 'd', SHARED, { isDeep: true }))).toBe('locked no-conflicting-lock');
    await lock(nadia, 'd');
  });

  test('is asked for with the right to replace, so that Word opens read-only what one may not save', async () => {
    await put(claire, `${folder}/hers.txt`, 'x');
    expect(await failureOf(lock(nadia, 'hers.txt'))).toBe('forbidden not-own');
    expect(await failureOf(lock(await appliance.workspace('julien'), 'a.txt'))).toBe('forbidden role');
    expect(await failureOf(lock(claire, 'nowhere/a.txt'))).toBe('parent-missing');
    expect(await failureOf(claire.lock(parsePath(`/${GROUP_NAME}`), EXCLUSIVE))).toBe(
      'forbidden group-directory',
    );
  });
});
