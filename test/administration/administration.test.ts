import { describe, expect, test } from 'vitest';
import type { Administration, Role } from '../../storage/index.js';
import { insertGroup } from '../../storage/metadata/groups.js';
import { createHouse, from, GOOD_PASSWORD, type House, OTHER_PASSWORD } from '../accounts/fixture.js';
import { KEYS } from '../accounts/keys.js';
import { describeDatabases, useSqlite } from '../support/databases.js';

const ANN = 'ann@example.org';
const BEA = 'bea@example.org';
const PERSON = { name: 'Bea', side: 'partner' } as const;

const refused = (code: string, reason: string) => expect.objectContaining({ code, reason });

describeDatabases('administrators', (open) => {
  test('invite people; with a password from the console they are active at once', async () => {
    const house = await createHouse(await open());
    const bea = await house.operator.createPerson({
      ...PERSON,
      address: ' Bea@Example.org ',
      language: 'en',
    });
    expect(bea).toEqual({
      ...{
        id: expect.any(String),
        kind: 'person',
        login: BEA,
        name: 'Bea',
        side: 'partner',
        state: 'invited',
      },
      ...{ isAdministrator: false, language: 'en', owner: null, lastSignInAt: null, groupCount: 0 },
      limits: { keysOnly: false, networks: null, membership: null },
      createdAt: house.clock.now(),
    });
    const ann = await house.addPerson(ANN, { isAdministrator: true });
    expect(ann).toMatchObject({ state: 'active', isAdministrator: true, side: 'house', language: 'fr' });
    expect(await house.mails()).toEqual([
      {
        template: 'invitation',
        accountId: bea.id,
        groupId: null,
        token: expect.stringMatching(/^[\w-]{43}$/u),
      },
    ]);
    expect(await house.lines()).toEqual([
      `account-add command - ${BEA} ok`,
      `account-add command - ${ANN} ok`,
    ]);
    expect((await house.operator.accounts()).map((account) => account.login)).toEqual([ANN, BEA]);
    expect(await house.operator.account('PC\\ANN@example.org')).toEqual(ann);
  });

  test('make service accounts that somebody answers for', async () => {
    const house = await createHouse(await open());
    await house.addPerson(ANN);
    const service = { login: 'Nightly', name: 'Nightly batch', side: 'house', owner: ANN } as const;
    expect(await house.operator.createService(service)).toMatchObject({
      ...{ kind: 'service', login: 'nightly', owner: ANN, state: 'active', isAdministrator: false },
    });
    expect(await house.mails()).toEqual([]);
    const fail = (change: object) => house.operator.createService({ ...service, login: 'other', ...change });
    await expect(fail({ login: 'nightly' })).rejects.toEqual(refused('already-exists', 'account'));
    await expect(fail({ login: 'a@b' })).rejects.toEqual(refused('invalid-input', 'login'));
    await expect(fail({ owner: 'nobody' })).rejects.toEqual(refused('not-found', 'account'));
    await expect(fail({ owner: 'nightly' })).rejects.toEqual(refused('invalid-input', 'owner'));
    await expect(fail({ side: 'both' })).rejects.toEqual(refused('invalid-input', 'side'));
    await expect(fail({ password: 'short' })).rejects.toEqual(refused('invalid-input', 'password-too-short'));
    expect(await house.operator.accounts()).toHaveLength(2);
  });

  test('are told what is wrong, and nothing is left of it', async () => {
    const house = await createHouse(await open());
    await house.operator.createPerson({ ...PERSON, address: 'bea@crèche.example' });
    const before = [await house.lines(), await house.mails()];
    const fail = (change: object) => house.operator.createPerson({ ...PERSON, address: ANN, ...change });
    await expect(fail({ address: 'BEA@xn--crche-5ra.example' })).rejects.toEqual(
      refused('already-exists', 'account'),
    );
    await expect(fail({ address: '"a b"@example.org' })).rejects.toEqual(refused('invalid-input', 'address'));
    await expect(fail({ name: 'a\nb' })).rejects.toEqual(refused('invalid-input', 'name'));
    await expect(fail({ side: 'middle' })).rejects.toEqual(refused('invalid-input', 'side'));
    await expect(fail({ language: 'xx' })).rejects.toEqual(refused('invalid-input', 'language'));
    await expect(fail({ password: 'Ann-de-Bretagne-1' })).rejects.toEqual(
      refused('invalid-input', 'password-personal'),
    );
    expect([await house.lines(), await house.mails()]).toEqual(before);
    expect(await house.operator.accounts()).toHaveLength(1);
  });

  test('at the console set passwords, which the owner is told of', async () => {
    const house = await createHouse(await open());
    const { id } = await house.operator.createPerson({ ...PERSON, address: BEA });
    house.clock.advance(1);
    await house.operator.setPassword(BEA, OTHER_PASSWORD);
    expect((await house.operator.account(BEA)).state).toBe('active');
    await house.access.signIn(BEA, OTHER_PASSWORD, from('web'));
    const [invitation, notice] = await house.mails();
    expect(notice).toMatchObject({ template: 'password-changed', accountId: id });
    expect((await house.enrolment.invitation(invitation?.token ?? '')).state).toBe('expired');
    expect(await house.lines()).toContain(`account-password command - ${BEA} ok`);
    await expect(house.operator.setPassword('nobody', OTHER_PASSWORD)).rejects.toEqual(
      refused('not-found', 'account'),
    );
    await expect(house.operator.setPassword(BEA, 'short')).rejects.toEqual(
      refused('invalid-input', 'password-too-short'),
    );
  });

  test('add keys', async () => {
    const house = await createHouse(await open());
    await house.addPerson(ANN);
    const { line, fingerprint } = KEYS.ed25519;
    expect(await house.operator.addKey(ANN, line)).toEqual({ fingerprint });
    await expect(house.operator.addKey(ANN, line)).rejects.toEqual(refused('already-exists', 'key'));
    await expect(house.operator.addKey(ANN, 'no key')).rejects.toEqual(refused('invalid-input', 'key'));
    await expect(house.operator.addKey('nobody', line)).rejects.toEqual(refused('not-found', 'account'));
    expect((await house.lines()).slice(1)).toEqual([`account-key-add command - ${ANN} ${fingerprint}`]);
  });

  test('suspend and resume, each once', async () => {
    const house = await createHouse(await open());
    await house.addPerson(ANN);
    const state = async () => (await house.operator.account(ANN)).state;
    await house.operator.resume(ANN);
    await house.operator.suspend(ANN);
    await house.operator.suspend(ANN);
    expect(await state()).toBe('suspended');
    await house.operator.resume(ANN);
    expect(await state()).toBe('active');
    expect((await house.lines()).slice(1)).toEqual([
      `account-suspend command - ${ANN} ok`,
      `account-resume command - ${ANN} ok`,
    ]);
    await expect(house.operator.suspend('nobody')).rejects.toEqual(refused('not-found', 'account'));
  });

  test('send an invitation again, which ends the former link', async () => {
    const house = await createHouse(await open());
    await house.operator.createGroup({ name: 'Lutins' });
    await house.operator.addMember('Lutins', { address: BEA, role: 'reader' });
    house.clock.advance(1);
    await house.operator.resendInvitation(BEA);
    const [first, second] = await house.mails();
    expect(second).toMatchObject({ template: 'invitation', groupId: first?.groupId });
    expect((await house.enrolment.invitation(first?.token ?? '')).state).toBe('expired');
    expect((await house.enrolment.invitation(second?.token ?? '')).state).toBe('valid');
    expect((await house.lines()).at(-1)).toBe(`invitation-send command - ${BEA} ok`);
    await house.addPerson(ANN);
    await expect(house.operator.resendInvitation(ANN)).rejects.toEqual(
      refused('precondition-failed', 'account-active'),
    );
    await house.operator.suspend(BEA);
    await expect(house.operator.resendInvitation(BEA)).rejects.toEqual(
      refused('precondition-failed', 'account-suspended'),
    );
  });

  test('switch the manifests of a group on and off, each with its line', async () => {
    const house = await createHouse(await open());
    await house.operator.createGroup({ name: 'Lots' });
    expect(await house.operator.setManifests('Lots', true)).toMatchObject({ manifests: 'on' });
    expect(await house.operator.group('lots')).toMatchObject({ manifests: 'on' });
    expect(await house.operator.setManifests('Lots', false)).toMatchObject({ manifests: 'off' });
    const rows = await house.operator.activity({ action: 'group-manifests', order: 'asc' });
    expect(rows.map(({ group, target, outcome }) => [group, target, outcome])).toEqual([
      ['Lots', 'on', 'ok'],
      ['Lots', 'off', 'ok'],
    ]);
    await expect(house.operator.setManifests('Absent', true)).rejects.toEqual(refused('not-found', 'group'));
  });

  test('make groups whose directory follows the name', async () => {
    const house = await createHouse(await open());
    expect(
      await house.operator.createGroup({ name: ' Cre\u0300che: Été ', quotaBytes: 5_000_000_000 }),
    ).toEqual({
      ...{
        id: expect.any(String),
        name: 'Crèche: Été',
        directory: 'Crèche- Été',
        memberCount: 0,
        usedBytes: 0,
      },
      ...{ quotaBytes: 5_000_000_000, createdAt: house.clock.now(), lastDepositAt: null, manifests: 'off' },
    });
    expect(await house.operator.createGroup({ name: 'Mon Espace' })).toMatchObject({
      ...{ directory: 'Groupe Mon Espace', quotaBytes: null },
    });
    expect((await house.operator.groups()).map((group) => group.directory)).toEqual([
      'Crèche- Été',
      'Groupe Mon Espace',
    ]);
    for (const name of ['CRÈCHE: ÉTÉ', 'Crèche- Été'])
      await expect(house.operator.createGroup({ name })).rejects.toEqual(refused('already-exists', 'group'));
    for (const name of ['', 'a\nb'])
      await expect(house.operator.createGroup({ name })).rejects.toEqual(refused('invalid-input', 'name'));
    for (const quotaBytes of [-1, 1.5, Number.NaN])
      await expect(house.operator.createGroup({ name: 'x', quotaBytes })).rejects.toEqual(
        refused('invalid-input', 'quota'),
      );
    expect(await house.lines()).toEqual(['group-add command - - ok', 'group-add command - - ok']);
    expect((await house.operator.activity()).map((row) => row.group)).toEqual(['Mon Espace', 'Crèche: Été']);
    const roots = await house.database.reader('entries').select('kind', 'parent_id', 'name', 'state');
    expect(roots).toEqual(
      [1, 2].map(() => ({ kind: 'directory', parent_id: null, name: '', state: 'published' })),
    );
  });

  test('find a group by directory in any case, or by its exact name', async () => {
    const house = await createHouse(await open());
    const { id } = await house.operator.createGroup({ name: 'Lutins: nord' });
    for (const text of ['Lutins- nord', 'LUTINS- NORD', 'Lutins: nord'])
      expect((await house.operator.group(text)).id).toBe(id);
    for (const text of ['lutins: nord', 'Lutins', ''])
      await expect(house.operator.group(text)).rejects.toEqual(refused('not-found', 'group'));
    const second = {
      id: 'g',
      spaceId: 's',
      rootEntryId: 'r',
      name: 'Lutins: nord',
      quotaBytes: null,
      createdAt: 0,
    };
    await house.database.write((transaction) =>
      insertGroup(transaction, { ...second, directory: 'autre', directoryKey: 'autre' }),
    );
    expect((await house.operator.group('Autre')).id).toBe('g');
    await expect(house.operator.group('Lutins: nord')).rejects.toEqual(
      refused('invalid-input', 'group-ambiguous'),
    );
  });
});

describeDatabases('members', (open) => {
  test('a new address is one account and one invitation that names the group', async () => {
    const house = await houseWithGroups(open);
    const member = { address: BEA, role: 'contributor' } as const;
    expect(await house.operator.addMember('Lutins', member)).toEqual({ created: true });
    const bea = await house.operator.account(BEA);
    expect(bea).toMatchObject({ state: 'invited', side: 'partner', name: 'bea', groupCount: 1 });
    const { id: groupId } = await house.operator.group('Lutins');
    expect(await house.mails()).toEqual([
      { template: 'invitation', accountId: bea.id, groupId, token: expect.stringMatching(/./u) },
    ]);
    expect(await house.operator.members('Lutins')).toEqual([
      {
        ...{ accountId: bea.id, kind: 'person', login: BEA, name: 'bea', side: 'partner' },
        ...{ role: 'contributor', state: 'invited', since: house.clock.now() },
      },
    ]);
    expect((await house.lines()).slice(2)).toEqual([
      `account-add command - ${BEA} ok`,
      `member-set command - ${BEA} contributor`,
    ]);
    expect((await house.operator.group('Lutins')).memberCount).toBe(1);
    await expect(house.operator.addMember('Lutins', member)).rejects.toEqual(
      refused('already-exists', 'member'),
    );
  });

  test('an account that exists is told that it belongs to another group, without a second invitation', async () => {
    const house = await houseWithGroups(open);
    await house.operator.addMember('Lutins', { address: BEA, role: 'reader', name: 'Bea', side: 'house' });
    house.clock.advance(1);
    expect(await house.operator.addMember('Mairie', { address: BEA, role: 'drop' })).toEqual({
      created: false,
    });
    expect((await house.mails()).map((mail) => mail.template)).toEqual(['invitation', 'group-welcome']);
    expect(await house.operator.account(BEA)).toMatchObject({ name: 'Bea', side: 'house', groupCount: 2 });
  });

  test('roles are set, changed and taken away; what changes nothing is no line', async () => {
    const house = await houseWithGroups(open);
    await house.addPerson(ANN);
    await house.operator.createService({ login: 'nightly', name: 'Nightly', side: 'partner', owner: ANN });
    for (const role of ['reader', 'reader', 'writer', null, null] as const)
      await house.operator.setMember('lutins', ANN, role);
    await house.operator.setMember('Lutins', 'nightly', 'drop');
    expect((await house.lines()).slice(4)).toEqual([
      `member-set command - ${ANN} reader`,
      `member-set command - ${ANN} writer`,
      `member-remove command - ${ANN} ok`,
      'member-set command - nightly drop',
    ]);
    expect((await house.mails()).map((mail) => mail.template)).toEqual(['group-welcome']);
    expect((await house.operator.members('Lutins')).map((member) => member.login)).toEqual(['nightly']);
  });

  test('what is wrong is refused whole', async () => {
    const house = await houseWithGroups(open);
    const before = await house.lines();
    const administration = house.operator;
    // A form or a command line sends any text.
    const owner: Role = JSON.parse('"owner"');
    await expect(administration.setMember('Lutins', BEA, 'reader')).rejects.toEqual(
      refused('not-found', 'account'),
    );
    await expect(administration.addMember('Nowhere', { address: BEA, role: 'reader' })).rejects.toEqual(
      refused('not-found', 'group'),
    );
    await expect(administration.addMember('Lutins', { address: BEA, role: owner })).rejects.toEqual(
      refused('invalid-input', 'role'),
    );
    await expect(administration.setMember('Lutins', BEA, owner)).rejects.toEqual(
      refused('invalid-input', 'role'),
    );
    await expect(administration.addMember('Lutins', { address: 'bea', role: 'reader' })).rejects.toEqual(
      refused('invalid-input', 'address'),
    );
    expect(await house.lines()).toEqual(before);
    expect(await administration.accounts()).toEqual([]);
  });
});

describe('an administrator on the pages', () => {
  const open = useSqlite();

  test('is named in the history with the address he came from', async () => {
    const { house, pages } = await houseWithAdministrator(open);
    await pages.createGroup({ name: 'Lutins' });
    await pages.addMember('Lutins', { address: BEA, role: 'reader' });
    const [row] = await house.operator.activity({ group: 'lutins', action: 'member-set' });
    expect(row).toMatchObject({
      ...{ account: ANN, accountName: ANN, protocol: 'web', address: '192.0.2.10', group: 'Lutins' },
      ...{ subject: BEA, target: 'reader', outcome: 'ok', path: null, entryId: null, sha256: null },
    });
  });

  test('neither chooses the password of another nor suspends himself', async () => {
    const { pages } = await houseWithAdministrator(open);
    await pages.createPerson({ ...PERSON, address: BEA });
    const forbidden = refused('forbidden', 'own-password');
    await expect(pages.setPassword(BEA, OTHER_PASSWORD)).rejects.toEqual(forbidden);
    await expect(
      pages.createPerson({ ...PERSON, address: 'cleo@example.org', password: OTHER_PASSWORD }),
    ).rejects.toEqual(forbidden);
    await expect(pages.suspend(ANN)).rejects.toEqual(refused('precondition-failed', 'own-account'));
    await pages.suspend(BEA);
  });

  test('can do nothing more once his session ended or he administers no longer', async () => {
    const { house, pages, session } = await houseWithAdministrator(open);
    await house.database.write((transaction) => transaction('accounts').update({ is_administrator: false }));
    await expect(pages.createGroup({ name: 'Lutins' })).rejects.toMatchObject({ code: 'forbidden' });
    await house.database.write((transaction) => transaction('accounts').update({ is_administrator: true }));
    await house.elsewhere().suspend(ANN);
    expect(session.signal.aborted).toBe(false);
    await expect(pages.createGroup({ name: 'Lutins' })).rejects.toMatchObject({ code: 'unauthenticated' });
    await house.watch.now();
    for (const look of [
      () => pages.accounts(),
      () => pages.groups(),
      () => pages.activity(),
      () => pages.outbox(),
    ])
      await expect(look()).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(await house.operator.groups()).toEqual([]);
  });
});

describeDatabases('reports', (open) => {
  test('the history is read in pages from either end', async () => {
    const house = await houseWithGroups(open);
    for (const name of ['A', 'B', 'C', 'D', 'E']) await house.operator.createGroup({ name });
    const names = async (filter: Parameters<Administration['activity']>[0]) =>
      (await house.operator.activity(filter)).map((row) => row.group);
    const [, , third] = await house.operator.activity();
    expect(await names({ limit: 2 })).toEqual(['E', 'D']);
    expect(await names({ limit: 2, order: 'asc' })).toEqual(['D', 'E']);
    expect(await names({ limit: 2, before: third?.id ?? 0 })).toEqual(['B', 'A']);
    expect(await names({ limit: 2, after: 0, order: 'asc' })).toEqual(['Lutins', 'Mairie']);
    expect(await names({ after: third?.id ?? 0, order: 'asc' })).toEqual(['D', 'E']);
    expect(await names({ group: 'C' })).toEqual(['C']);
    expect(await names({ action: 'deposit' })).toEqual([]);
    expect(await names({ limit: 0 })).toHaveLength(1);
    await expect(names({ group: 'Z' })).rejects.toEqual(refused('not-found', 'group'));
    await expect(names({ account: ANN })).rejects.toEqual(refused('not-found', 'account'));
  });

  test('rows of the history cannot be changed or removed', async () => {
    const house = await houseWithGroups(open);
    const { database } = house;
    for (const change of ['update', 'delete'] as const)
      await expect(
        database.write((transaction) =>
          change === 'update'
            ? transaction('activity').update({ action: 'read' })
            : transaction('activity').delete(),
        ),
      ).rejects.toThrow('insert-only');
    expect(await house.lines()).toHaveLength(2);
  });

  test('a row whose personal half was erased is still there', async () => {
    const house = await houseWithGroups(open);
    await house.database.write((transaction) => transaction('activity_payload').delete());
    expect(await house.operator.activity({ limit: 1 })).toMatchObject([
      { action: 'group-add', account: null, group: null, address: null, protocol: 'command' },
    ]);
  });

  test('the mail queue shows to whom, what and why not; a failed mail is tried again at once', async () => {
    const house = await houseWithGroups(open);
    await house.operator.addMember('Lutins', { address: BEA, role: 'reader' });
    const [mail] = await house.operator.outbox();
    expect(mail).toEqual({
      ...{
        id: expect.any(String),
        to: BEA,
        template: 'invitation',
        group: 'Lutins',
        state: 'waiting',
        attempts: 0,
      },
      ...{ error: null, createdAt: house.clock.now(), nextAttemptAt: house.clock.now(), sentAt: null },
    });
    const id = mail?.id ?? '';
    const update = (change: object) =>
      house.database.write((transaction) => transaction('outbox').update(change));
    await update({ state: 'failed', attempts: 9, error: '550 no such mailbox' });
    expect(await house.operator.outbox({ state: 'waiting' })).toEqual([]);
    expect(await house.operator.outbox({ state: 'failed' })).toMatchObject([
      { attempts: 9, error: '550 no such mailbox', nextAttemptAt: null },
    ]);
    house.clock.advance(1000);
    await house.operator.retryMail(id);
    expect(await house.operator.outbox()).toMatchObject([
      { state: 'waiting', nextAttemptAt: house.clock.now() },
    ]);
    await update({ state: 'sent', sent_at: house.clock.now().getTime() });
    expect(await house.operator.outbox()).toMatchObject([{ sentAt: house.clock.now(), nextAttemptAt: null }]);
    await expect(house.operator.retryMail(id)).rejects.toEqual(refused('precondition-failed', 'mail-sent'));
    await expect(house.operator.retryMail('nothing')).rejects.toEqual(refused('not-found', 'mail'));
  });
});

async function houseWithGroups(open: () => Promise<House['database']>): Promise<House> {
  const house = await createHouse(await open());
  await house.operator.createGroup({ name: 'Lutins' });
  await house.operator.createGroup({ name: 'Mairie' });
  return house;
}

async function houseWithAdministrator(open: () => Promise<House['database']>) {
  const house = await createHouse(await open());
  await house.addPerson(ANN, { isAdministrator: true });
  const { session } = await house.access.signIn(ANN, GOOD_PASSWORD, from('web'));
  return { house, session, pages: house.administer(session) };
}
