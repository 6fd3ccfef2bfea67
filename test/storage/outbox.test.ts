import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ClaimedMail, Workspace } from '../../storage/index.js';
import { GROUP_NAME, openTestStorage, PEOPLE, type TestStorage } from '../support/appliance.js';
import { createFakeClock } from '../support/fake-clock.js';
import { mkdir, put } from './acts.js';
import { openParts, type Parts } from './parts.js';

describe('the outbox', () => {
  const clock = createFakeClock();
  let appliance: TestStorage;
  let parts: Parts;
  let nadia: Workspace;
  let folder: string;
  let count = 0;

  beforeAll(async () => {
    appliance = await openTestStorage({ clock, quietSeconds: 120 });
    parts = await openParts(appliance, { clock, quietSeconds: 120 });
    nadia = await appliance.workspace('nadia');
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

  const deposit = (name: string) => put(nadia, `${folder}/${name}`, 'x');
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
    const claims = await Promise.all([claim(60, 1), claim(60, 1), claim(60, 1), claim(60, 1)]);
    expect(claims.map((mails) => mails.length).sort()).toEqual([0, 1, 1, 1]);
    const claimed = claims.flat();
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
});
