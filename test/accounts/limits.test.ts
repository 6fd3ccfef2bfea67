import { expect, test } from 'vitest';
import { refusalByLimits } from '../../storage/accounts/account-limits.js';
import { isNetwork } from '../../storage/accounts/networks.js';
import { describeDatabases } from '../support/databases.js';
import { createHouse, from, GOOD_PASSWORD, type House } from './fixture.js';
import { blobOf, KEYS } from './keys.js';

const LOGIN = 'nightly';
const REFUSED = expect.objectContaining({ code: 'unauthenticated' });

describeDatabases('a service account', (open) => {
  async function houseWithService(): Promise<House> {
    const house = await createHouse(await open());
    await house.addPerson('ann@example.org');
    const service = { login: LOGIN, name: 'Nightly', side: 'partner', owner: 'ann@example.org' } as const;
    await house.operator.createService({ ...service, password: GOOD_PASSWORD });
    await house.operator.addKey(LOGIN, KEYS.ed25519.line);
    await house.operator.createGroup({ name: 'Crèche' });
    await house.operator.createGroup({ name: 'Mairie' });
    return house;
  }
  const byPassword = (house: House, address?: string) =>
    house.access.authenticate(
      { kind: 'password', login: LOGIN, password: GOOD_PASSWORD },
      from('webdav', address),
    );
  const byKey = (house: House, address?: string) =>
    house.access.authenticate(
      { kind: 'ssh-key', login: LOGIN, publicKey: blobOf(KEYS.ed25519.line) },
      from('sftp', address),
    );
  const refusals = async (house: House) =>
    (await house.lines()).filter((line) => line.startsWith('sign-in-refused'));

  test('that is limited to keys is let in by none of its passwords, right or wrong', async () => {
    const house = await houseWithService();
    const session = await byPassword(house);
    await house.operator.limit(LOGIN, { keysOnly: true });
    expect(session.signal.aborted).toBe(true);
    const hashes = house.passwords.hashCount();
    await expect(byPassword(house)).rejects.toEqual(REFUSED);
    expect(house.passwords.hashCount() - hashes).toBe(1);
    expect((await byKey(house)).account.login).toBe(LOGIN);
    expect(await refusals(house)).toEqual([`sign-in-refused webdav ${LOGIN} - keys-only`]);
    await house.operator.limit(LOGIN, { keysOnly: false });
    expect((await byPassword(house)).account.login).toBe(LOGIN);
  });

  test('that is limited to addresses is let in from those alone, by key and password, remembered or not', async () => {
    const house = await houseWithService();
    await house.operator.limit(LOGIN, { networks: ['192.0.2.0/28', '2001:db8:1::/48'] });
    for (const address of ['192.0.2.10', '::ffff:192.0.2.1', '2001:db8:1:2::3']) {
      expect((await byPassword(house, address)).account.login).toBe(LOGIN);
      expect((await byKey(house, address)).account.login).toBe(LOGIN);
    }
    for (const address of ['192.0.2.16', '::ffff:192.0.2.99', '2001:db8:2::1', '']) {
      await expect(byPassword(house, address), address).rejects.toEqual(REFUSED);
      await expect(byKey(house, address), address).rejects.toEqual(REFUSED);
    }
    expect(new Set(await refusals(house))).toEqual(
      new Set([
        `sign-in-refused webdav ${LOGIN} - wrong-address`,
        `sign-in-refused sftp ${LOGIN} - wrong-address`,
      ]),
    );
  });

  test('whose list of addresses cannot be read is let in from nowhere', async () => {
    const house = await houseWithService();
    for (const stored of ['', '{}', '[', '["nowhere"]', '[1]', 'null'])
      expect(
        refusalByLimits({ keysOnly: false, networks: stored }, { isKey: true, address: '192.0.2.1' }),
      ).toBe('wrong-address');
    await house.database.write((transaction) =>
      transaction('accounts').where('login', LOGIN).update({ networks: '["broken"]' }),
    );
    await expect(byKey(house)).rejects.toEqual(REFUSED);
  });

  test('that is limited to one group and role is that at once, and nothing else until the limit is lifted', async () => {
    const house = await houseWithService();
    await house.operator.setMember('Mairie', LOGIN, 'manager');
    await house.operator.setMember('Crèche', LOGIN, 'reader');
    const limited = await house.operator.limit(LOGIN, {
      membership: { group: 'Crèche', role: 'contributor' },
    });
    expect(limited).toMatchObject({
      groupCount: 1,
      limits: { keysOnly: false, networks: null, membership: { group: 'Crèche', role: 'contributor' } },
    });
    expect(await house.operator.members('Mairie')).toEqual([]);
    for (const [group, role] of [
      ['Mairie', 'reader'],
      ['Crèche', 'writer'],
    ] as const)
      await expect(house.operator.setMember(group, LOGIN, role)).rejects.toMatchObject({
        code: 'forbidden',
        reason: 'account-limits',
      });
    await house.operator.setMember('Crèche', LOGIN, null);
    await house.operator.setMember('Crèche', LOGIN, 'contributor');
    await house.operator.limit(LOGIN, { membership: null });
    await house.operator.setMember('Mairie', LOGIN, 'reader');
    expect((await house.operator.account(LOGIN)).groupCount).toBe(2);
  });

  test('keeps what a new limit does not speak of, and the history tells each', async () => {
    const house = await houseWithService();
    await house.operator.limit(LOGIN, { keysOnly: true });
    await house.operator.limit(LOGIN, { networks: ['192.0.2.1'] });
    await house.operator.limit(LOGIN, { membership: { group: 'Mairie', role: 'drop' } });
    expect((await house.operator.account(LOGIN)).limits).toEqual({
      keysOnly: true,
      networks: ['192.0.2.1'],
      membership: { group: 'Mairie', role: 'drop' },
    });
    expect((await house.lines()).filter((line) => line.startsWith('account-limit'))).toEqual([
      `account-limit command - ${LOGIN} keys only`,
      `account-limit command - ${LOGIN} from 192.0.2.1`,
      `account-limit command - ${LOGIN} drop in Mairie`,
    ]);
  });

  test('is not limited to what is no network, and a person not at all', async () => {
    const house = await houseWithService();
    for (const networks of [[], ['10.0.0.0/33'], ['x'], ['192.0.2.0/24', '']])
      await expect(house.operator.limit(LOGIN, { networks })).rejects.toMatchObject({ reason: 'network' });
    await expect(house.operator.limit('ann@example.org', { keysOnly: true })).rejects.toMatchObject({
      reason: 'person',
    });
    expect((await house.operator.account(LOGIN)).limits.networks).toBe(null);
  });

  test('loses what is open when a key is taken away, and the key lets nobody in any more', async () => {
    const house = await houseWithService();
    const session = await byKey(house);
    const [key] = await house.operator.keys(LOGIN);
    expect(key).toMatchObject({ type: 'ssh-ed25519', lastUsedAt: house.clock.now() });
    await house.operator.removeKey(LOGIN, key?.fingerprint ?? '');
    expect(session.signal.aborted).toBe(true);
    await expect(byKey(house)).rejects.toEqual(REFUSED);
    expect(await house.operator.keys(LOGIN)).toEqual([]);
    await expect(house.operator.removeKey(LOGIN, 'SHA256:none')).rejects.toMatchObject({
      code: 'not-found',
      reason: 'key',
    });
  });
});

test('a network is an address, alone or with the length of its prefix', () => {
  for (const good of ['192.0.2.1', '10.0.0.0/8', '0.0.0.0/0', '2001:db8::/32', '::1', '::/0'])
    expect([good, isNetwork(good)]).toEqual([good, true]);
  for (const bad of [
    '',
    '10.0.0.0/33',
    '10.0.0/8',
    'example.org',
    '::/129',
    '10.0.0.0/8/8',
    '1.2.3.4 ',
    '/8',
  ])
    expect([bad, isNetwork(bad)]).toEqual([bad, false]);
});
