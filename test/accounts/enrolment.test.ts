import { describe, expect, test } from 'vitest';
import type { Database } from '../../storage/metadata/database.js';
import { describeDatabases, useSqlite } from '../support/databases.js';
import { createHouse, from, GOOD_PASSWORD, type House, OTHER_PASSWORD } from './fixture.js';

const ANN = 'ann@example.org';
const BEA = 'bea@example.org';
const WEB = from('web');
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const FIRST = {
  houseName: 'Caf des Lacs',
  name: 'Ann',
  address: ANN,
  password: GOOD_PASSWORD,
  language: 'fr',
} as const;

const gone = (reason: string) => expect.objectContaining({ code: 'gone', reason });

describe('the set-up', () => {
  const open = useSqlite();

  test('makes the first administrator, once', async () => {
    const { enrolment, access, operator, lines, database } = await createHouse(await open());
    expect(await enrolment.isSetUp()).toBe(false);
    const token = (await enrolment.issueSetUpToken()) ?? '';
    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    expect(await enrolment.setUpLink(token)).toBe('valid');
    const account = await enrolment.setUp(token, FIRST, WEB);
    expect(account).toMatchObject({
      login: ANN,
      side: 'house',
      state: 'active',
      isAdministrator: true,
      kind: 'person',
    });
    expect(await enrolment.isSetUp()).toBe(true);
    expect(await enrolment.setUpLink(token)).toBe('used');
    expect(await enrolment.issueSetUpToken()).toBeNull();
    await expect(enrolment.setUp(token, { ...FIRST, address: BEA }, WEB)).rejects.toEqual(gone('used'));
    expect(await operator.accounts()).toHaveLength(1);
    expect(await database.reader('tokens').whereNull('used_at')).toEqual([]);
    expect((await database.reader('installation').first()).house_name).toBe('Caf des Lacs');
    expect(await lines()).toEqual([`set-up web ${ANN} ${ANN} ok`]);
    await access.signIn(ANN, GOOD_PASSWORD, WEB);
  });

  test('is not used up by what it refuses', async () => {
    const { enrolment, operator } = await createHouse(await open());
    const token = (await enrolment.issueSetUpToken()) ?? '';
    for (const [fault, reason] of [
      [{ address: 'nobody' }, 'address'],
      [{ name: ' ' }, 'name'],
      [{ houseName: '' }, 'name'],
      [{ password: 'short' }, 'password-too-short'],
      [{ password: 'Caf des Lacs 2026!' }, 'password-personal'],
    ] as const)
      await expect(enrolment.setUp(token, { ...FIRST, ...fault }, WEB)).rejects.toMatchObject({
        code: 'invalid-input',
        reason,
      });
    expect(await operator.accounts()).toEqual([]);
    expect(await enrolment.setUpLink(token)).toBe('valid');
  });

  test('has one link at a time, for an hour', async () => {
    const { enrolment, clock } = await createHouse(await open());
    const former = (await enrolment.issueSetUpToken()) ?? '';
    const token = (await enrolment.issueSetUpToken()) ?? '';
    expect([await enrolment.setUpLink(former), await enrolment.setUpLink(token)]).toEqual([
      'expired',
      'valid',
    ]);
    clock.advance(HOUR);
    expect(await enrolment.setUpLink(token)).toBe('expired');
    await expect(enrolment.setUp(token, FIRST, WEB)).rejects.toEqual(gone('expired'));
    await expect(enrolment.setUp('guessed', FIRST, WEB)).rejects.toEqual(gone('unknown'));
  });

  test('is over for ever once an administrator from the console can sign in', async () => {
    const { enrolment, operator, addPerson } = await createHouse(await open());
    const token = (await enrolment.issueSetUpToken()) ?? '';
    await operator.createPerson({ address: BEA, name: 'Bea', side: 'house', isAdministrator: true });
    expect(await enrolment.isSetUp()).toBe(false);
    await addPerson(ANN, { isAdministrator: true });
    await operator.suspend(ANN);
    expect(await enrolment.isSetUp()).toBe(true);
    expect(await enrolment.setUpLink(token)).toBe('used');
    await expect(enrolment.setUp(token, { ...FIRST, address: 'cleo@example.org' }, WEB)).rejects.toEqual(
      gone('used'),
    );
  });
});

describeDatabases('an invitation', (open) => {
  test('looked at fifty times is as it was; the act with a good password uses it up', async () => {
    const house = await houseWithInvited(open);
    const token = await lastToken(house);
    const before = await contents(house);
    for (let look = 0; look < 50; look++)
      expect(await house.enrolment.invitation(token)).toEqual({
        state: 'valid',
        account: { login: BEA, name: 'Bea', language: 'en' },
      });
    await expect(house.enrolment.activate(token, 'weak', WEB)).rejects.toMatchObject({
      code: 'invalid-input',
      reason: 'password-too-short',
    });
    expect(await contents(house)).toEqual(before);

    const account = await house.enrolment.activate(token, GOOD_PASSWORD, WEB);
    expect(account).toMatchObject({ login: BEA, state: 'active' });
    const { session } = await house.access.signInAs(account.id, WEB);
    expect(session.account.login).toBe(BEA);
    await house.access.signIn(BEA, GOOD_PASSWORD, WEB);
    expect(await house.enrolment.invitation(token)).toMatchObject({ state: 'used', account: { login: BEA } });
    await expect(house.enrolment.activate(token, OTHER_PASSWORD, WEB)).rejects.toEqual(gone('used'));
    await house.access.signIn(BEA, GOOD_PASSWORD, WEB);
    expect(await house.lines()).toContain(`account-activate web ${BEA} ${BEA} ok`);
  });

  test('of two acts at once, one wins', async () => {
    const house = await houseWithInvited(open);
    const token = await lastToken(house);
    const acts = [GOOD_PASSWORD, OTHER_PASSWORD].map((password) =>
      house.enrolment.activate(token, password, WEB),
    );
    const results = await Promise.allSettled(acts);
    expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected']);
    expect((await house.lines()).filter((line) => line.startsWith('account-activate'))).toHaveLength(1);
  });

  test('lasts seven days; who lost it asks for another, which ends the former', async () => {
    const house = await houseWithInvited(open);
    const token = await lastToken(house);
    house.clock.advance(7 * DAY - 1);
    expect((await house.enrolment.invitation(token)).state).toBe('valid');
    house.clock.advance(1);
    expect((await house.enrolment.invitation(token)).state).toBe('expired');
    await expect(house.enrolment.activate(token, GOOD_PASSWORD, WEB)).rejects.toEqual(gone('expired'));

    await house.enrolment.renewInvitation(token, WEB);
    await house.enrolment.renewInvitation(token, WEB);
    expect(await house.mails()).toHaveLength(2);
    const renewed = await lastToken(house);
    expect(renewed).not.toBe(token);
    expect((await house.enrolment.invitation(token)).state).toBe('expired');
    await house.enrolment.activate(renewed, GOOD_PASSWORD, WEB);
    house.clock.advance(HOUR);
    await house.enrolment.renewInvitation(renewed, WEB);
    await house.enrolment.renewInvitation('guessed', WEB);
    expect(await house.mails()).toHaveLength(2);
    expect((await house.lines()).filter((line) => line.startsWith('invitation-send'))).toHaveLength(1);
  });

  test('is nothing while the account is suspended', async () => {
    const house = await houseWithInvited(open);
    const token = await lastToken(house);
    await house.operator.suspend(BEA);
    expect(await house.enrolment.invitation(token)).toEqual({ state: 'unknown' });
    await expect(house.enrolment.activate(token, GOOD_PASSWORD, WEB)).rejects.toEqual(gone('unknown'));
    await house.operator.resume(BEA);
    expect((await house.operator.account(BEA)).state).toBe('invited');
    await house.enrolment.activate(token, GOOD_PASSWORD, WEB);
  });

  test('stands in for an invitation only', async () => {
    const house = await houseWithInvited(open);
    const token = await lastToken(house);
    expect(await house.enrolment.passwordReset(token)).toEqual({ state: 'unknown' });
    expect(await house.enrolment.setUpLink(token)).toBe('unknown');
    await expect(house.enrolment.resetPassword(token, GOOD_PASSWORD, WEB)).rejects.toEqual(gone('unknown'));
  });

  test('is not to be found in the database', async () => {
    const house = await houseWithInvited(open);
    const token = await lastToken(house);
    expect(await contents(house)).not.toContain(token);
  });
});

describe('a forgotten password', () => {
  const open = useSqlite();

  test('is chosen anew with a link of one hour, which ends what was open and tells the owner', async () => {
    const house = await createHouse(await open());
    await house.addPerson(ANN);
    const drive = await house.access.authenticate(
      { kind: 'password', login: ANN, password: GOOD_PASSWORD },
      from('webdav'),
    );
    await house.enrolment.requestPasswordReset(' ANN@example.org', WEB);
    const token = await lastToken(house);
    for (let look = 0; look < 50; look++)
      expect((await house.enrolment.passwordReset(token)).state).toBe('valid');
    await expect(house.enrolment.resetPassword(token, 'weak', WEB)).rejects.toMatchObject({
      code: 'invalid-input',
    });
    house.clock.advance(1);
    await house.enrolment.resetPassword(token, OTHER_PASSWORD, WEB);
    expect(drive.signal.aborted).toBe(true);
    await expect(house.access.signIn(ANN, GOOD_PASSWORD, WEB)).rejects.toMatchObject({
      code: 'unauthenticated',
    });
    await house.access.signIn(ANN, OTHER_PASSWORD, WEB);
    await expect(house.enrolment.resetPassword(token, GOOD_PASSWORD, WEB)).rejects.toEqual(gone('used'));
    expect((await house.mails()).map((mail) => mail.template)).toEqual([
      'password-reset',
      'password-changed',
    ]);
    expect(await house.lines()).toContain(`account-password web ${ANN} ${ANN} ok`);

    house.clock.advance(HOUR);
    await house.enrolment.requestPasswordReset(ANN, WEB);
    const second = await lastToken(house);
    house.clock.advance(HOUR);
    expect((await house.enrolment.passwordReset(second)).state).toBe('expired');
  });

  test('brings no mail to strangers, the invited, the suspended or services, nor twice a minute', async () => {
    const house = await houseWithInvited(open);
    await house.addPerson(ANN);
    await house.addPerson('cleo@example.org');
    await house.operator.suspend('cleo@example.org');
    await house.operator.createService({ login: 'nightly', name: 'Nightly', side: 'house', owner: ANN });
    const before = (await house.mails()).length;
    for (const address of ['nobody@example.org', BEA, 'cleo@example.org', 'nightly', 'no\0body', ''])
      await house.enrolment.requestPasswordReset(address, WEB);
    expect(await house.mails()).toHaveLength(before);
    await house.enrolment.requestPasswordReset(ANN, WEB);
    await house.enrolment.requestPasswordReset(ANN, WEB);
    expect(await house.mails()).toHaveLength(before + 1);
    house.clock.advance(60_000);
    await house.enrolment.requestPasswordReset(ANN, WEB);
    expect(await house.mails()).toHaveLength(before + 2);
  });

  test('asked for thirty times an hour from one place is enough, and holds up no sign-in', async () => {
    const house = await createHouse(await open());
    await house.addPerson(ANN);
    for (let request = 0; request < 30; request++)
      await house.enrolment.requestPasswordReset(`nobody-${request}@example.org`, WEB);
    await expect(house.enrolment.requestPasswordReset(ANN, WEB)).rejects.toMatchObject({
      code: 'throttled',
      retryAfterSeconds: 3600,
    });
    await house.access.signIn(ANN, GOOD_PASSWORD, WEB);
    await house.enrolment.requestPasswordReset(ANN, from('web', '198.51.100.1'));
    house.clock.advance(HOUR);
    await house.enrolment.requestPasswordReset(ANN, WEB);
  });

  test('a link asked for before a suspension or a new password is dead after it', async () => {
    const house = await createHouse(await open());
    await house.addPerson(ANN);
    await house.enrolment.requestPasswordReset(ANN, WEB);
    const token = await lastToken(house);
    await house.operator.suspend(ANN);
    expect(await house.enrolment.passwordReset(token)).toEqual({ state: 'unknown' });
    await house.operator.resume(ANN);
    await house.operator.setPassword(ANN, OTHER_PASSWORD);
    expect((await house.enrolment.passwordReset(token)).state).toBe('expired');
  });
});

async function houseWithInvited(open: () => Promise<Database>): Promise<House> {
  const house = await createHouse(await open());
  await house.operator.createPerson({ address: BEA, name: 'Bea', side: 'partner', language: 'en' });
  return house;
}

async function lastToken(house: House): Promise<string> {
  return (await house.mails()).at(-1)?.token ?? '';
}

/** All that an account's links and its history are made of. */
async function contents({ database: { reader } }: House): Promise<string> {
  const tables = [
    'accounts',
    'addresses',
    'credentials',
    'tokens',
    'outbox',
    'activity',
    'activity_payload',
    'epochs',
  ];
  return JSON.stringify(await Promise.all(tables.map((table) => reader(table))));
}
