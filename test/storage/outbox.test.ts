import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type ClaimedMail, parsePath, type Workspace } from '../../storage/index.js';
import { GROUP_NAME, openTestStorage, PEOPLE, type TestStorage } from '../support/appliance.js';
import { createFakeClock } from '../support/fake-clock.js';
import { mkdir, put } from './acts.js';
import { openParts, type Parts } from './parts.js';

describe('the outbox', () => {
  const clock = createFakeClock();
  let appliance: TestStorage;
  let parts: Parts;
  let nadia: Workspace;
  let claire: Workspace;
  let folder: string;
  let count = 0;

  beforeAll(async () => {
    appliance = await openTestStorage({ clock, quietSeconds: 120 });
    parts = await openParts(appliance, { clock, quietSeconds: 120 });
    nadia = await appliance.workspace('nadia');
    claire = await appliance.workspace('claire');
  });
  /** Each test begins in a folder of its own, with nothing left to send. */
  beforeEach(async () => {
    clock.advance(3600);
    await take();
    folder = `/${GROUP_NAME}/t${++count}`;
    await mkdir(nadia, folder);
  });
  afterAll(async () => {
    await parts.close();
    await appliance.close();
  });

  const at = (name: string) => parsePath(`${folder}/${name}`);
  const deposit = (name: string, workspace = nadia) => put(workspace, `${folder}/${name}`, 'x');
  const claim = (leaseSeconds = 60, limit = 100) =>
    appliance.storage.outbox.claim(limit, new Date(clock.now().getTime() + leaseSeconds * 1000));
  /** Claims all that is due and sends it. */
  const take = async () => {
    const mails = await claim();
    for (const mail of mails) await appliance.storage.outbox.markSent(mail.id);
    return mails;
  };
  const filesOf = (mail: ClaimedMail | undefined) =>
    mail?.intent.template === 'group-deposits' ? mail.intent.files.map((file) => file.name) : [];
  const to = (mails: readonly ClaimedMail[], login: string) =>
    mails.find((mail) => mail.to.address === login);
  const others = [PEOPLE.claire.login, PEOPLE.julien.login, PEOPLE.marc.login];

  test('gathers what comes while it is not quiet: one mail a member, two minutes after the last', async () => {
    await deposit('a.txt');
    clock.advance(100);
    await deposit('b.txt');
    expect(await appliance.storage.outbox.nextDueAt()).toEqual(new Date(clock.now().getTime() + 120_000));
    clock.advance(119);
    expect(await claim()).toEqual([]);
    clock.advance(1);
    const mails = await claim();
    expect(mails.map((mail) => mail.to.address).sort()).toEqual(others);
    expect(mails.map(filesOf)).toEqual(Array(3).fill(['a.txt', 'b.txt']));
  });

  test('never waits longer than a quarter of an hour after the first', async () => {
    const names: string[] = [];
    for (let minute = 0; minute < 15; minute++) {
      await deposit(`${minute}.txt`);
      names.push(`${minute}.txt`);
      expect(await claim()).toEqual([]);
      clock.advance(60);
    }
    expect(filesOf((await claim())[0])).toEqual(names);
  });

  test('starts a new mail after one has left', async () => {
    await deposit('a.txt');
    clock.advance(120);
    const [first] = await take();
    await deposit('b.txt');
    clock.advance(120);
    const second = to(await take(), first?.to.address ?? '');
    expect([filesOf(first), filesOf(second)]).toEqual([['a.txt'], ['b.txt']]);
    expect(second?.messageId).not.toBe(first?.messageId);
  });

  test('repeats a mail as it was: same id, same words, whatever came meanwhile', async () => {
    await deposit('a.txt');
    clock.advance(120);
    const first = to(await claim(), PEOPLE.claire.login);
    await appliance.storage.outbox.markFailed(first?.id ?? '', '421 try later', clock.now());
    await deposit('b.txt');
    const again = to(await claim(), PEOPLE.claire.login);
    expect(again).toEqual({ ...first, attempt: 2 });
    clock.advance(120);
    const next = (await claim()).filter((mail) => mail.to.address === PEOPLE.claire.login);
    expect(next.map(filesOf).sort()).toEqual([['a.txt'], ['b.txt']]);
    expect(new Set(next.map((mail) => mail.messageId)).size).toBe(2);
  });

  test('gives a mail to one worker until its lease ends, then to the next', async () => {
    await deposit('a.txt');
    clock.advance(120);
    const leased = await claim(60);
    expect(await claim()).toEqual([]);
    expect(await appliance.storage.outbox.nextDueAt()).toEqual(new Date(clock.now().getTime() + 60_000));
    clock.advance(60);
    const again = await claim();
    expect(again.map(({ id, messageId, attempt }) => [id, messageId, attempt])).toEqual(
      leased.map(({ id, messageId }) => [id, messageId, 2]),
    );
    for (const mail of again) await appliance.storage.outbox.markSent(mail.id);
    clock.advance(3600);
    expect(await claim()).toEqual([]);
    expect(await appliance.storage.outbox.nextDueAt()).toBeNull();
  });

  test('hands out no more than asked for, each once, to workers that ask together', async () => {
    await deposit('a.txt');
    clock.advance(120);
    const claimed = (await Promise.all([claim(60, 1), claim(60, 1), claim(60, 1), claim(60, 1)])).flat();
    expect(claimed.map((mail) => mail.to.address).sort()).toEqual(others);
  });

  test('gives up, keeps the server’s words, and tries again when told to', async () => {
    await deposit('a.txt');
    clock.advance(120);
    const [mail] = await claim();
    await appliance.storage.outbox.markFailed(mail?.id ?? '', `550 ${'x'.repeat(2000)}`, null);
    clock.advance(3600);
    expect((await claim()).some((one) => one.id === mail?.id)).toBe(false);
    const [failed] = await appliance.operator.outbox({ state: 'failed' });
    expect(failed).toMatchObject({ id: mail?.id, attempts: 1, error: expect.stringMatching(/^550 x{996}$/) });
    await appliance.operator.retryMail(mail?.id ?? '');
    expect((await claim())[0]).toMatchObject({ id: mail?.id, messageId: mail?.messageId, attempt: 2 });
  });

  test('drops what nobody should receive any more', async () => {
    const { operator, password } = appliance;
    const [suspended, removed, kept] = ['suspended', 'removed', 'kept'].map(
      (name) => `${name}@caf.example.org`,
    );
    for (const address of [suspended, removed, kept]) {
      await operator.createPerson({ address: String(address), name: 'Alix Morel', side: 'house', password });
      await operator.setMember(GROUP_NAME, String(address), 'reader');
    }
    await take();
    await deposit('a.txt');
    await operator.suspend(String(suspended));
    await operator.setMember(GROUP_NAME, String(removed), null);
    clock.advance(120);
    expect((await claim()).map((mail) => mail.to.address).sort()).toEqual([...others, kept].sort());
    expect((await parts.rows('outbox')).filter((row) => row.state === 'sending')).toHaveLength(4);
    await operator.setMember(GROUP_NAME, String(kept), null);
  });

  test('leaves out files deleted, hidden or replaced meanwhile, and the mail that has none left', async () => {
    await deposit('a.txt');
    await deposit('b.txt');
    await deposit('c.txt');
    await nadia.remove(at('a.txt'));
    await deposit('b.txt');
    await nadia.move(at('c.txt'), at('c.tmp'), { overwrite: false });
    clock.advance(120);
    expect(filesOf((await take())[0])).toEqual(['b.txt']);
    await deposit('d.txt');
    await nadia.remove(at('d.txt'));
    clock.advance(120);
    expect(await take()).toEqual([]);
  });

  test('lists fifty files and counts the rest', async () => {
    for (let index = 0; index < 53; index++) await deposit(`f${index}.txt`);
    clock.advance(120);
    const [mail] = await claim();
    expect(mail?.intent).toMatchObject({ template: 'group-deposits', omitted: 3 });
    expect(filesOf(mail)).toHaveLength(50);
  });

  test('says where a file lies now, under its name of now', async () => {
    await nadia.createDirectory(at('d'));
    await nadia.createDirectory(at('d/e'));
    await deposit('a.txt');
    await nadia.move(at('a.txt'), at('d/e/b.txt'), { overwrite: false });
    clock.advance(120);
    const [mail] = await claim();
    expect(mail?.intent).toMatchObject({ files: [{ name: 'b.txt', folder: `t${count}/d/e`, sizeBytes: 1 }] });
  });

  test('tells nothing to a drop member, nor to a service', async () => {
    await appliance.operator.setMember(GROUP_NAME, PEOPLE.julien.login, 'drop');
    await deposit('a.txt', claire);
    clock.advance(120);
    const told = (await take()).filter((mail) => mail.intent.template === 'group-deposits');
    expect(told.map((mail) => mail.to.address).sort()).toEqual([PEOPLE.marc.login, PEOPLE.nadia.login]);
    await appliance.operator.setMember(GROUP_NAME, PEOPLE.julien.login, 'reader');
  });

  test('shows people of the house as the house to partners, unless the group shows them', async () => {
    const depositorFor = async (login: string) => {
      await deposit('a.txt', claire);
      clock.advance(120);
      const mail = to(await take(), login);
      return mail?.intent.template === 'group-deposits' ? mail.intent.files[0]?.depositor : undefined;
    };
    expect(await depositorFor(PEOPLE.julien.login)).toBe(await appliance.storage.houseName());
    expect(await depositorFor(PEOPLE.marc.login)).toBe(PEOPLE.claire.name);
    await parts.run('UPDATE "groups" SET shows_house_people = 1');
    expect(await depositorFor(PEOPLE.julien.login)).toBe(PEOPLE.claire.name);
    await parts.run('UPDATE "groups" SET shows_house_people = 0');
  });

  test('keeps one mail that cannot be put together from holding up the others', async () => {
    await deposit('a.txt');
    await parts.run(
      "UPDATE outbox SET template = 'no such one' WHERE id = (SELECT id FROM outbox WHERE state = 'waiting' LIMIT 1)",
    );
    clock.advance(120);
    expect(await claim()).toHaveLength(2);
    const stuck = async () =>
      (await appliance.operator.outbox()).filter((mail) => mail.error?.includes('no such one'));
    expect(await stuck()).toMatchObject([{ state: 'waiting', attempts: 1 }]);
    for (let minute = 0; minute < 5; minute++) {
      clock.advance(61);
      await claim();
    }
    expect(await stuck()).toMatchObject([{ state: 'failed', attempts: 5 }]);
  });

  test('computes the token of a link when it is claimed, the same each time, and stores it nowhere', async () => {
    await appliance.operator.createPerson({
      address: 'new@lutins.example.org',
      name: 'Lou Petit',
      side: 'partner',
    });
    const tokenOf = (mails: readonly ClaimedMail[]) => {
      const intent = to(mails, 'new@lutins.example.org')?.intent;
      return intent?.template === 'invitation' ? intent.token : '';
    };
    const token = tokenOf(await claim(60));
    clock.advance(60);
    expect(tokenOf(await claim(60))).toBe(token);
    expect(await appliance.storage.enrolment.invitation(token)).toMatchObject({ state: 'valid' });
    const names = (await readdir(appliance.directory)).filter((name) => name.startsWith('peps.sqlite'));
    expect(names).toContain('peps.sqlite-wal');
    expect(token.length).toBeGreaterThanOrEqual(43);
    for (const name of names) {
      const bytes = await readFile(join(appliance.directory, name));
      for (const form of [
        token,
        Buffer.from(token, 'base64url').toString('hex'),
        Buffer.from(token, 'base64url'),
      ])
        expect(bytes.includes(form)).toBe(false);
    }
  });
});
