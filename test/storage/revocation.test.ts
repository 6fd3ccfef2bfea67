import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Administration, parsePath, type Storage } from '../../storage/index.js';
import { GROUP_NAME, namesIn, openTestStorage, PEOPLE, type TestStorage } from '../support/appliance.js';
import { begin, failureOf, put } from './acts.js';
import { openAsCommand, openParts } from './parts.js';

const FOLDER = `/${GROUP_NAME}`;
const { login } = PEOPLE.nadia;

/** What ends a session, and how a commit that was under way fails. */
const ACTS: readonly (readonly [string, (operator: Administration) => Promise<void>])[] = [
  ['suspension', (operator) => operator.suspend(login)],
  ['removal from the group', (operator) => operator.setMember(GROUP_NAME, login, null)],
  ['a new password', (operator) => operator.setPassword(login, 'Tr4mway-bleu-nuit!')],
  ['a narrower role', (operator) => operator.setMember(GROUP_NAME, login, 'reader')],
];

describe('a deposit under way when its account loses its rights by', () => {
  let appliance: TestStorage;
  let command: Storage;

  beforeEach(async () => {
    appliance = await openTestStorage();
    command = await openAsCommand(appliance);
  });
  afterEach(async () => {
    await command.close();
    await appliance.close();
  });

  async function expectNothingPublished(): Promise<void> {
    expect(await namesIn(await appliance.workspace('claire'), FOLDER)).toEqual([]);
    expect((await appliance.history()).map((row) => [row.action, row.outcome])).toEqual([
      ['deposit', 'refused'],
    ]);
    expect((await appliance.takeMails()).some((mail) => mail.intent.template === 'group-deposits')).toBe(
      false,
    );
    const parts = await openParts(appliance);
    expect([await parts.rows('uploads'), await parts.rows('blobs'), await parts.rows('versions')]).toEqual([
      [],
      [],
      [],
    ]);
    expect(
      (await parts.rows('spaces')).every((row) => row.used_bytes === 0 && row.reserved_bytes === 0),
    ).toBe(true);
    for await (const blob of parts.blobs.list()) expect(blob).toBeUndefined();
    await parts.close();
  }

  test.each(ACTS)(
    '%s here: the signal aborts, every method refuses, nothing is published',
    async (_, act) => {
      const session = await appliance.signIn(login);
      const nadia = appliance.storage.open(session);
      const upload = await begin(nadia, `${FOLDER}/a.txt`);
      await upload.write(Buffer.from('all of it'), 0);
      await act(appliance.operator);
      expect(session.signal.aborted).toBe(true);
      expect(await failureOf(upload.write(Buffer.from('x'), 9))).toBe('unauthenticated revoked');
      expect(await failureOf(upload.commit())).toBe('unauthenticated revoked');
      const path = parsePath(`${FOLDER}/absent.txt`);
      const lock = { scope: 'exclusive', isDeep: false, ownerXml: '', timeoutSeconds: 1 } as const;
      for (const act of [
        nadia.stat(path),
        nadia.list(path)[Symbol.asyncIterator]().next(),
        nadia.find('x'),
        nadia.get(path),
        begin(nadia, `${FOLDER}/b.txt`),
        nadia.createDirectory(path),
        nadia.move(path, parsePath(`${FOLDER}/c`), { overwrite: true }),
        nadia.copy(path, parsePath(`${FOLDER}/c`), { overwrite: true }),
        nadia.remove(path),
        nadia.removeDirectory(path),
        nadia.setModifiedAt(path, new Date(0)),
        nadia.lock(path, lock),
        nadia.refreshLock(path, [], 1),
        nadia.unlock(path, 'x'),
        nadia.locksOn(path),
        nadia.patchProperties(path, []),
        nadia.usage(path),
      ])
        expect(await failureOf(act)).toBe('unauthenticated revoked');
      await expectNothingPublished();
    },
  );

  test.each(ACTS)(
    '%s from a command: the commit reads the database, before anything here has noticed',
    async (_, act) => {
      const session = await appliance.signIn(login);
      const upload = await begin(appliance.storage.open(session), `${FOLDER}/a.txt`);
      await upload.write(Buffer.from('all of it'), 0);
      await act(command.operate());
      const committed = failureOf(upload.commit());
      expect(session.signal.aborted).toBe(false);
      expect(await committed).toBe('unauthenticated revoked');
      await expectNothingPublished();
    },
  );

  test('a command ends the session itself within five seconds, readings included', async () => {
    const session = await appliance.signIn(login);
    const nadia = appliance.storage.open(session);
    await put(nadia, `${FOLDER}/a.txt`, 'text');
    const download = await nadia.get(parsePath(`${FOLDER}/a.txt`));
    await command.operate().suspend(login);
    await new Promise((resolve, reject) => {
      session.signal.addEventListener('abort', resolve);
      AbortSignal.timeout(5000).addEventListener('abort', () => reject(new Error('not ended')));
    });
    expect(await failureOf(download.read({ start: 0, end: 4 }))).toBe('unauthenticated revoked');
    await download.close('interrupted', []);
  });

  test('another member’s loss does not touch one’s own deposit', async () => {
    const upload = await begin(await appliance.workspace('claire'), `${FOLDER}/a.txt`);
    await upload.write(Buffer.from('x'), 0);
    await command.operate().suspend(login);
    await upload.commit();
    expect(await namesIn(await appliance.workspace('claire'), FOLDER)).toEqual(['a.txt']);
  });
});
