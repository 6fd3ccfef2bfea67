import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type ClaimedMail, parsePath, type Workspace } from '../../storage/index.js';
import {
  GROUP_NAME,
  openTestStorage,
  PEOPLE,
  SERVICE_LOGIN,
  type TestStorage,
} from '../support/appliance.js';
import { createFakeClock } from '../support/fake-clock.js';
import { mkdir, put } from './acts.js';
import { openParts, type Parts } from './parts.js';

describe('what a mail says', () => {
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
    const service = await appliance.operator.account(SERVICE_LOGIN);
    expect((await parts.rows('outbox')).some((row) => row.account_id === service.id)).toBe(false);
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
