import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  type Administration,
  parsePath,
  type Session,
  type Storage,
  type Workspace,
} from '../../storage/index.js';
import { GROUP_NAME, namesIn, openTestStorage, type TestStorage } from '../support/appliance.js';
import { begin, failureOf, mkdir, put } from './acts.js';
import { openAsCommand, openParts, type Parts } from './parts.js';

/** What ends a session. */
const ACTS: readonly (readonly [string, (operator: Administration, login: string) => Promise<void>])[] = [
  ['suspension', (operator, login) => operator.suspend(login)],
  ['removal from the group', (operator, login) => operator.setMember(GROUP_NAME, login, null)],
  ['a new password', (operator, login) => operator.setPassword(login, 'Tr4mway-bleu-nuit!')],
  ['a narrower role', (operator, login) => operator.setMember(GROUP_NAME, login, 'reader')],
];

describe('a deposit under way when its account loses its rights by', () => {
  let appliance: TestStorage;
  let command: Storage;
  let parts: Parts;
  let claire: Workspace;
  let session: Session;
  let login: string;
  let folder: string;
  let count = 0;

  beforeAll(async () => {
    appliance = await openTestStorage();
    command = await openAsCommand(appliance);
    parts = await openParts(appliance);
    claire = await appliance.workspace('claire');
  });
  /** A folder and a person of its own for each test. */
  beforeEach(async () => {
    const { operator, password } = appliance;
    folder = `/${GROUP_NAME}/t${++count}`;
    login = `alix${count}@lutins.example.org`;
    await mkdir(claire, folder);
    await operator.createPerson({ address: login, name: 'Alix Morel', side: 'partner', password });
    await operator.setMember(GROUP_NAME, login, 'contributor');
    session = await appliance.signIn(login);
    await appliance.takeMails();
  });
  afterAll(async () => {
    await parts.close();
    await command.close();
    await appliance.close();
  });

  async function expectNothingPublished(): Promise<void> {
    expect(await namesIn(claire, folder)).toEqual([]);
    const lines = (await appliance.history()).filter((row) => row.account === login);
    expect(lines.map((row) => `${row.action} ${row.outcome} ${row.reason}`)).toEqual([
      'deposit refused revoked',
    ]);
    const mails = await appliance.takeMails();
    expect(mails.some((mail) => mail.intent.template === 'group-deposits')).toBe(false);
    for (const table of ['uploads', 'blobs', 'versions']) expect(await parts.rows(table)).toEqual([]);
    const spaces = await parts.rows('spaces');
    expect(spaces.every((row) => row.used_bytes === 0 && row.reserved_bytes === 0)).toBe(true);
    for await (const blob of parts.blobs.list()) expect(blob).toBeUndefined();
  }

  test.each(ACTS)(
    '%s here: the signal aborts, every method refuses, nothing is published',
    async (_, act) => {
      const alix = appliance.storage.open(session);
      const upload = await begin(alix, `${folder}/a.txt`);
      await upload.write(Buffer.from('all of it'), 0);
      await act(appliance.operator, login);
      expect(session.signal.aborted).toBe(true);
      expect(await failureOf(upload.write(Buffer.from('x'), 9))).toBe('unauthenticated revoked');
      expect(await failureOf(upload.commit())).toBe('unauthenticated revoked');
      const path = parsePath(`${folder}/absent.txt`);
      const to = parsePath(`${folder}/other.txt`);
      const acts: readonly Promise<unknown>[] = [
        alix.stat(path),
        alix.list(path)[Symbol.asyncIterator]().next(),
        alix.find('x'),
        alix.get(path),
        begin(alix, `${folder}/b.txt`),
        alix.createDirectory(path),
        alix.move(path, to, { overwrite: true }),
        alix.copy(path, to, { overwrite: true }),
        alix.remove(path),
        alix.removeDirectory(path),
        alix.setModifiedAt(path, new Date(0)),
        alix.lock(path, { scope: 'exclusive', isDeep: false, ownerXml: '', timeoutSeconds: 1 }),
        alix.refreshLock(path, [], 1),
        alix.unlock(path, 'x'),
        alix.locksOn(path),
        alix.patchProperties(path, []),
        alix.usage(path),
      ];
      expect(new Set(await Promise.all(acts.map(failureOf)))).toEqual(new Set(['unauthenticated revoked']));
      await expectNothingPublished();
    },
  );

  test.each(ACTS)(
    '%s from a command: the commit asks the database, before anything here has noticed',
    async (_, act) => {
      const memberships = await parts.memberships(session.account.id);
      const unaware = { ...session, signal: new AbortController().signal };
      const upload = await begin(
        parts.open(unaware, { memberships: async () => memberships }),
        `${folder}/a.txt`,
      );
      await upload.write(Buffer.from('all of it'), 0);
      await act(command.operate(), login);
      expect(await failureOf(upload.commit())).toBe('unauthenticated revoked');
      await expectNothingPublished();
    },
  );

  test.each(ACTS)('%s from a command: every other change asks the database, too', async (name, act) => {
    const memberships = await parts.memberships(session.account.id);
    const unaware = { ...session, signal: new AbortController().signal };
    const alix = parts.open(unaware, { memberships: async () => memberships });
    const entry = await put(alix, `${folder}/a.txt`, '');
    const { lock } = await alix.lock(entry.path, {
      scope: 'exclusive',
      isDeep: false,
      ownerXml: '',
      timeoutSeconds: 60,
    });
    await act(command.operate(), login);
    const to = parsePath(`${folder}/b.txt`);
    const lockTokens = [lock.token];
    const acts: readonly Promise<unknown>[] = [
      begin(alix, `${folder}/b.txt`),
      alix.createDirectory(to),
      alix.move(entry.path, to, { overwrite: true, lockTokens }),
      alix.copy(entry.path, to, { overwrite: true, lockTokens }),
      alix.remove(entry.path, { lockTokens }),
      alix.setModifiedAt(entry.path, new Date(0), { lockTokens }),
      alix.lock(to, { scope: 'exclusive', isDeep: false, ownerXml: '', timeoutSeconds: 1 }),
      alix.refreshLock(entry.path, lockTokens, 1),
      alix.unlock(entry.path, lock.token),
      alix.patchProperties(entry.path, [], { lockTokens }),
    ];
    expect([name, ...new Set(await Promise.all(acts.map(failureOf)))]).toEqual([
      name,
      'unauthenticated revoked',
    ]);
    const marc = await appliance.workspace('marc');
    for (const { token } of await marc.locksOn(entry.path)) await marc.unlock(entry.path, token);
    await marc.remove(entry.path);
    await parts.run('DELETE FROM notification_items');
    await parts.run('DELETE FROM versions');
  });

  test('suspension from a command ends the session itself within five seconds, readings included', async () => {
    const alix = appliance.storage.open(session);
    const entry = await put(alix, `${folder}/a.txt`, 'text');
    const download = await alix.get(entry.path);
    await command.operate().suspend(login);
    await new Promise((resolve, reject) => {
      session.signal.addEventListener('abort', resolve);
      AbortSignal.timeout(5000).addEventListener('abort', () => reject(new Error('not ended')));
    });
    expect(await failureOf(download.read({ start: 0, end: 4 }))).toBe('unauthenticated revoked');
    await download.close('interrupted', []);
  });

  test('another member’s loss does not touch one’s own deposit', async () => {
    const upload = await begin(claire, `${folder}/a.txt`);
    await upload.write(Buffer.from('x'), 0);
    await command.operate().suspend(login);
    await upload.commit();
    expect(await namesIn(claire, folder)).toEqual(['a.txt']);
  });
});
