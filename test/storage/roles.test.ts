import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parsePath, type Role, type Workspace } from '../../storage/index.js';
import {
  fetchText,
  GROUP_NAME,
  OTHER_GROUP_NAME,
  openTestStorage,
  PEOPLE,
  type TestStorage,
} from '../support/appliance.js';
import { begin, failureOf, mkdir, peek, put, tree } from './acts.js';
import { openParts, type Parts } from './parts.js';

const FOLDER = `/${GROUP_NAME}`;

describe('what a role allows', () => {
  let appliance: TestStorage;
  let parts: Parts;
  let nadia: Workspace;
  let claire: Workspace;
  let denis: Workspace;

  beforeAll(async () => {
    appliance = await openTestStorage();
    parts = await openParts(appliance);
    const denisLogin = 'denis.faure@lutins.example.org';
    const { operator, password } = appliance;
    await operator.createPerson({ address: denisLogin, name: 'Denis Faure', side: 'partner', password });
    await operator.setMember(GROUP_NAME, denisLogin, 'drop');
    denis = appliance.storage.open(await appliance.signIn(denisLogin));
    nadia = await appliance.workspace('nadia');
    claire = await appliance.workspace('claire');
  });
  afterAll(async () => {
    await parts.close();
    await appliance.close();
  });

  const acts = (workspace: Workspace, path: string): Record<string, () => Promise<unknown>> => ({
    replace: () => put(workspace, path, 'new'),
    lock: async () => {
      const request = { scope: 'exclusive', isDeep: false, ownerXml: '', timeoutSeconds: 1 } as const;
      const { lock } = await workspace.lock(parsePath(path), request);
      await workspace.unlock(parsePath(path), lock.token);
    },
    date: () => workspace.setModifiedAt(parsePath(path), new Date(0)),
    property: () => workspace.patchProperties(parsePath(path), [{ namespace: 'n', name: 'p', value: '' }]),
    rename: () => workspace.move(parsePath(path), parsePath(`${path}.bak`), { overwrite: false }),
    remove: () => workspace.remove(parsePath(path)),
  });
  const verdicts = async (workspace: Workspace, path: string, names: readonly string[]) => {
    const found: string[] = [];
    for (const name of names)
      found.push(await failureOf(acts(workspace, path)[name]?.() ?? Promise.resolve()));
    return [...new Set(found)].join(', ');
  };

  test('a reader reads and does nothing else', async () => {
    await put(claire, `${FOLDER}/read.txt`, 'text');
    const julien = await appliance.workspace('julien');
    expect(await fetchText(julien, `${FOLDER}/read.txt`)).toBe('text');
    expect(await verdicts(julien, `${FOLDER}/read.txt`, Object.keys(acts(julien, '')))).toBe(
      'forbidden role',
    );
    expect(await failureOf(begin(julien, `${FOLDER}/new.txt`))).toBe('forbidden role');
    expect(await failureOf(mkdir(julien, `${FOLDER}/new`))).toBe('forbidden role');
    const copy = julien.copy(parsePath(`${FOLDER}/read.txt`), parsePath(`${FOLDER}/c.txt`), {
      overwrite: true,
    });
    expect(await failureOf(copy)).toBe('forbidden role');
  });

  test('a contributor does all with his own until the other side has it, then may only replace it', async () => {
    const path = `${FOLDER}/own.txt`;
    await put(nadia, path, 'v1');
    await fetchText(await appliance.workspace('julien'), path);
    expect(await verdicts(nadia, path, ['rename'])).toBe('no failure');
    await nadia.move(parsePath(`${path}.bak`), parsePath(path), { overwrite: false });
    expect(await verdicts(nadia, path, ['lock', 'date', 'property'])).toBe('no failure');
    await fetchText(claire, path);
    expect(await verdicts(nadia, path, ['rename', 'remove'])).toBe('forbidden picked-up');
    expect(await verdicts(nadia, path, ['replace'])).toBe('no failure');
    expect(await verdicts(nadia, path, ['remove'])).toBe('no failure');
  });

  test('a reading that did not arrive whole is no pick-up', async () => {
    const path = `${FOLDER}/part.txt`;
    await put(nadia, path, '0123456789');
    const download = await claire.get(parsePath(path));
    await download.close('proven', [{ start: 0, end: 9 }]);
    const second = await claire.get(parsePath(path));
    await second.close('sent', [{ start: 0, end: 10 }]);
    expect(await verdicts(nadia, path, ['remove'])).toBe('no failure');
  });

  test('a contributor may not touch what others deposited', async () => {
    await put(claire, `${FOLDER}/claire.txt`, 'hers');
    expect(await verdicts(nadia, `${FOLDER}/claire.txt`, Object.keys(acts(nadia, '')))).toBe(
      'forbidden not-own',
    );
    expect(await peek(nadia, `${FOLDER}/claire.txt`)).toBe('hers');
  });

  test('a writer changes anyone’s, and what he replaced is his', async () => {
    const path = `${FOLDER}/changes.txt`;
    await put(nadia, path, 'v1');
    expect((await put(claire, path, 'v2')).depositor.name).toBe('Claire Moreau');
    expect(await verdicts(nadia, path, ['replace'])).toBe('forbidden not-own');
    expect(await verdicts(claire, path, ['rename'])).toBe('no failure');
  });

  test('to a drop member the group is his own deposits', async () => {
    await mkdir(claire, `${FOLDER}/Dossiers`);
    await put(claire, `${FOLDER}/Dossiers/secret.txt`, 'x');
    await put(claire, `${FOLDER}/Secret.txt`, 'x');
    await put(denis, `${FOLDER}/mine.txt`, 'mine');
    await mkdir(denis, `${FOLDER}/My folder`);
    await put(denis, `${FOLDER}/My folder/a.txt`, 'a');
    await put(claire, `${FOLDER}/My folder/theirs.txt`, 'b');
    expect(await tree(denis, FOLDER)).toEqual([
      `${FOLDER}/mine.txt`,
      `${FOLDER}/My folder/`,
      `${FOLDER}/My folder/a.txt`,
    ]);
    for (const path of ['Secret.txt', 'Dossiers', 'Dossiers/secret.txt', 'My folder/theirs.txt'])
      expect(await failureOf(denis.stat(parsePath(`${FOLDER}/${path}`)))).toBe('not-found');
    expect(await failureOf(begin(denis, `${FOLDER}/Dossiers/a.txt`))).toBe('parent-missing');
  });

  test('a drop member is told that a name is taken, not whose it is nor how it is written', async () => {
    await put(claire, `${FOLDER}/Taken.txt`, 'x');
    for (const name of ['Taken.txt', 'TAKEN.TXT']) {
      const act = begin(denis, `${FOLDER}/${name}`);
      await expect(act).rejects.toMatchObject({
        code: 'already-exists',
        message: expect.stringContaining(name),
      });
    }
    await mkdir(denis, `${FOLDER}/Shared`);
    await put(claire, `${FOLDER}/Shared/Hidden name.txt`, 'x');
    const refusal = await denis.remove(parsePath(`${FOLDER}/Shared`)).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'forbidden', reason: 'not-own' });
    expect(JSON.stringify(refusal)).not.toContain('Hidden');
  });

  test('a role that was narrowed ends the session; the next one has the new role', async () => {
    const session = await appliance.signIn(PEOPLE.nadia.login);
    const setRole = (role: Role) => appliance.operator.setMember(GROUP_NAME, PEOPLE.nadia.login, role);
    await setRole('reader');
    expect(session.signal.aborted).toBe(true);
    const reader = await appliance.workspace('nadia');
    expect(await failureOf(begin(reader, `${FOLDER}/x.txt`))).toBe('forbidden role');
    await setRole('contributor');
    expect(await failureOf(put(reader, `${FOLDER}/x.txt`, 'x'))).toBe('no failure');
  });

  test('in an archived group all may be read and nothing changed', async () => {
    await put(claire, `${FOLDER}/kept.txt`, 'kept');
    const upload = await begin(claire, `${FOLDER}/late.txt`);
    await parts.run('UPDATE "groups" SET archived_at = 1 WHERE name = ?', GROUP_NAME);
    try {
      expect(await peek(claire, `${FOLDER}/kept.txt`)).toBe('kept');
      expect(await verdicts(claire, `${FOLDER}/kept.txt`, Object.keys(acts(claire, '')))).toBe(
        'forbidden archived',
      );
      expect(await failureOf(mkdir(claire, `${FOLDER}/new`))).toBe('forbidden archived');
      expect(await failureOf(upload.commit())).toBe('forbidden archived');
    } finally {
      await parts.run('UPDATE "groups" SET archived_at = NULL');
    }
  });

  test('outside one’s groups there is nothing, whatever one asks', async () => {
    const odile = await appliance.workspace('odile');
    await mkdir(odile, `/${OTHER_GROUP_NAME}/d`);
    const there = await put(odile, `/${OTHER_GROUP_NAME}/theirs.txt`, 'x');
    const here = parsePath(`${FOLDER}/claire.txt`);
    for (const name of ['theirs.txt', 'absent.txt', 'd']) {
      const path = `/${OTHER_GROUP_NAME}/${name}`;
      const parsed = parsePath(path);
      const listing = async () => {
        for await (const _ of claire.list(parsed)) return;
      };
      const others: readonly Promise<unknown>[] = [
        claire.stat(parsed),
        listing(),
        claire.get(parsed),
        begin(claire, path),
        mkdir(claire, path),
        claire.move(parsed, here, { overwrite: true }),
        claire.move(here, parsed, { overwrite: true }),
        claire.copy(parsed, here, { overwrite: true }),
        claire.copy(here, parsed, { overwrite: true }),
        claire.remove(parsed),
        claire.removeDirectory(parsed),
        claire.setModifiedAt(parsed, new Date(0)),
        claire.lock(parsed, { scope: 'exclusive', isDeep: false, ownerXml: '', timeoutSeconds: 1 }),
        claire.refreshLock(parsed, ['t'], 1),
        claire.unlock(parsed, 't'),
        claire.locksOn(parsed),
        claire.patchProperties(parsed, []),
        claire.usage(parsed),
        claire.find(there.id),
      ];
      expect(new Set(await Promise.all(others.map(failureOf)))).toEqual(new Set(['not-found']));
    }
    expect(
      await tree(claire, '').then((paths) => paths.some((path) => path.includes(OTHER_GROUP_NAME))),
    ).toBe(false);
  });
});
