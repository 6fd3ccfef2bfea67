import { describe, expect, test } from 'vitest';
import { createAccess } from '../../storage/accounts/sign-in.js';
import type { Door } from '../../storage/model.js';
import { describeDatabases, useSqlite } from '../support/databases.js';
import { createHouse, from, GOOD_PASSWORD, type House, OTHER_PASSWORD } from './fixture.js';
import { blobOf, KEYS } from './keys.js';

const ANN = 'ann@example.org';
const MINUTE = 60_000;
const UNAUTHENTICATED = expect.objectContaining({ code: 'unauthenticated' });
const THROTTLED = expect.objectContaining({ code: 'throttled' });

const withPassword = (
  house: House,
  login: string,
  password = GOOD_PASSWORD,
  door: Door = 'webdav',
  address?: string,
) => house.access.authenticate({ kind: 'password', login, password }, from(door, address));
const withKey = (house: House, login: string, line: string) =>
  house.access.authenticate({ kind: 'ssh-key', login, publicKey: blobOf(line) }, from('sftp'));
const withCookie = (house: House, secret: string) =>
  house.access.authenticate({ kind: 'web-session', secret }, from('web'));

describeDatabases('signing in', (open) => {
  test('a session says who, from where and since which epoch', async () => {
    const house = await houseWithAnn(open);
    const session = await withPassword(house, 'PC-12\\ANN@example.org ');
    expect(session).toMatchObject({
      account: { login: ANN, side: 'house', state: 'active', isAdministrator: false, language: 'fr' },
      accountEpoch: 1,
      origin: { door: 'webdav', address: '192.0.2.10' },
    });
    expect(session.signal.aborted).toBe(false);
    expect((await house.operator.account(ANN)).lastSignInAt).toEqual(house.clock.now());
  });

  test('every refusal is the same, after exactly one hash, and a line without what was typed unless it is an account', async () => {
    const house = await houseWithAnn(open);
    await house.operator.createPerson({ address: 'invited@example.org', name: 'Invited', side: 'partner' });
    await house.addPerson('suspended@example.org');
    await house.operator.suspend('suspended@example.org');
    await house.operator.createService({ login: 'nightly', name: 'Nightly', side: 'partner', owner: ANN });
    const messages = new Set<string>();
    for (const [login, password] of [
      ['nobody@example.org', GOOD_PASSWORD],
      ['no\0body', GOOD_PASSWORD],
      ['ann@exam\u00adple.org', GOOD_PASSWORD],
      ['ann@ex%61mple.org', GOOD_PASSWORD],
      [ANN, OTHER_PASSWORD],
      [ANN, ''],
      [ANN, 'x'.repeat(5000)],
      ['invited@example.org', GOOD_PASSWORD],
      ['suspended@example.org', GOOD_PASSWORD],
      ['nightly', GOOD_PASSWORD],
    ] as const) {
      const before = house.passwords.hashCount();
      const error: unknown = await withPassword(house, login, password).catch((refusal: unknown) => refusal);
      expect(error).toEqual(UNAUTHENTICATED);
      messages.add(JSON.stringify(error) + String(error));
      expect(house.passwords.hashCount() - before, login).toBe(1);
    }
    expect(messages.size).toBe(1);
    expect((await house.lines()).filter((line) => line.startsWith('sign-in'))).toEqual([
      'sign-in-refused webdav - - unknown-account',
      `sign-in-refused webdav ${ANN} - wrong-password`,
      `sign-in-refused webdav ${ANN} - wrong-password`,
      `sign-in-refused webdav ${ANN} - wrong-password`,
      'sign-in-refused webdav invited@example.org - not-active',
      'sign-in-refused webdav suspended@example.org - not-active',
      'sign-in-refused webdav nightly - wrong-password',
    ]);
  });

  test('a thousand requests with one password cost one hash and write nothing (W42)', async () => {
    const house = await houseWithAnn(open);
    await Promise.all(Array.from({ length: 20 }, () => withPassword(house, ANN)));
    const lines = await house.lines();
    const hashes = house.passwords.hashCount();
    for (let request = 0; request < 200; request++) await withPassword(house, ANN);
    expect(house.passwords.hashCount()).toBe(hashes);
    expect(hashes).toBe(2); // one to set it, one to verify it
    expect(await house.lines()).toEqual(lines);
    house.clock.advance(MINUTE);
    await withPassword(house, ANN);
    expect(house.passwords.hashCount()).toBe(hashes + 1);
  });

  test('a drive is a line in twelve hours for an account and address, SFTP and the pages each time', async () => {
    const house = await houseWithAnn(open);
    for (let round = 0; round < 3; round++) {
      await withPassword(house, ANN);
      await withPassword(house, ANN, GOOD_PASSWORD, 'sftp');
      house.clock.advance(2 * MINUTE);
    }
    await withPassword(house, ANN, GOOD_PASSWORD, 'webdav', '198.51.100.1');
    await house.access.signIn(ANN, GOOD_PASSWORD, from('web'));
    house.clock.advance(12 * 60 * MINUTE);
    await withPassword(house, ANN);
    const doors = (await house.lines()).flatMap((line) => line.match(/^sign-in (\w+)/u)?.[1] ?? []);
    expect(doors).toEqual(['webdav', 'sftp', 'sftp', 'sftp', 'webdav', 'web', 'webdav']);
  });

  test('failures count together on all doors; the right password is refused too during the penalty', async () => {
    const house = await houseWithAnn(open);
    for (const door of ['sftp', 'sftp', 'webdav', 'webdav'] as const)
      await expect(withPassword(house, ANN, OTHER_PASSWORD, door)).rejects.toEqual(UNAUTHENTICATED);
    await expect(house.access.signIn(ANN, OTHER_PASSWORD, from('web'))).rejects.toEqual(UNAUTHENTICATED);
    const hashes = house.passwords.hashCount();
    for (const door of ['sftp', 'webdav'] as const)
      await expect(withPassword(house, ANN, GOOD_PASSWORD, door)).rejects.toMatchObject({
        code: 'throttled',
        retryAfterSeconds: 60,
      });
    await expect(house.access.signIn(ANN, GOOD_PASSWORD, from('web'))).rejects.toEqual(THROTTLED);
    expect(house.passwords.hashCount()).toBe(hashes);
    await withPassword(house, ANN, GOOD_PASSWORD, 'sftp', '198.51.100.1');
    house.clock.advance(MINUTE);
    await withPassword(house, ANN, GOOD_PASSWORD, 'sftp');
    expect(await house.database.reader('throttle').where('key', 'like', 'login:%')).toEqual([]);
    expect((await house.lines()).filter((line) => line.includes('throttled'))).toHaveLength(1);
  });

  test('guesses sent at once are judged one after the other', async () => {
    const house = await houseWithAnn(open);
    const guesses = Array.from({ length: 40 }, (_, index) =>
      withPassword(house, ANN, `Guess-number-${index}`),
    );
    const results = await Promise.allSettled(guesses);
    const codes = results.map((result) => (result.status === 'rejected' ? result.reason.code : 'in'));
    expect(codes.filter((code) => code === 'unauthenticated')).toHaveLength(5);
    expect(codes.filter((code) => code === 'throttled')).toHaveLength(35);
    expect(house.passwords.hashCount()).toBe(1 + 5);
  });

  test('guesses for many logins sent at once stop at thirty, from anywhere in one network', async () => {
    const house = await houseWithAnn(open);
    const guesses = Array.from({ length: 60 }, (_, index) =>
      withPassword(house, `login-${index}`, OTHER_PASSWORD, 'webdav', `2001:db8::${index}`),
    );
    const results = await Promise.allSettled(guesses);
    const codes = results.map((result) => (result.status === 'rejected' ? result.reason.code : 'in'));
    expect(codes.filter((code) => code === 'throttled')).toHaveLength(30);
    expect(house.passwords.hashCount()).toBe(1 + 30);
  });

  test('the spellings of one address share its failures', async () => {
    const house = await createHouse(await open());
    await house.addPerson('accueil@crèche.example');
    const spellings = ['crèche.example', 'xn--crche-5ra.example', 'cr\ufe0fèche.example', 'crèche.example/a'];
    for (const domain of [...spellings, 'crèche.example?b'])
      await expect(withPassword(house, `accueil@${domain}`, OTHER_PASSWORD)).rejects.toEqual(UNAUTHENTICATED);
    for (const domain of spellings)
      await expect(withPassword(house, `accueil@${domain}`)).rejects.toEqual(THROTTLED);
    house.clock.advance(MINUTE);
    for (const domain of spellings) await withPassword(house, `accueil@${domain}`);
    expect(house.passwords.hashCount()).toBe(1 + 5 + 1);
  });

  test('a flood of random logins is a line a minute for its network, and one more while it is banned', async () => {
    const house = await houseWithAnn(open);
    const refusals = async () => (await house.lines()).filter((line) => line.startsWith('sign-in-refused'));
    const flood = async (start: number) => {
      for (let index = start; index < start + 20; index++) {
        const address = `2001:db8::${index}`;
        await withPassword(house, `login-${index}`, OTHER_PASSWORD, 'webdav', address).catch(() => {});
        const credential = { kind: 'ssh-key', publicKey: blobOf(KEYS.ed25519.line) } as const;
        const origin = from('sftp', address);
        await house.access.authenticate({ ...credential, login: `key-${index}` }, origin).catch(() => {});
      }
    };
    await flood(0);
    expect(await refusals()).toEqual(['sign-in-refused webdav - - unknown-account']);
    await flood(20);
    expect((await refusals()).slice(1)).toEqual(['sign-in-refused webdav - - throttled']);
    house.clock.advance(MINUTE);
    await flood(40);
    expect((await refusals()).slice(2).sort()).toEqual([
      'sign-in-refused sftp - - unknown-account',
      'sign-in-refused webdav - - throttled',
    ]);
  });

  test('a password hashed at lower costs is hashed anew when it is used', async () => {
    const house = await houseWithAnn(open);
    const hash = () => house.database.reader('credentials').where('kind', 'password').first('secret_hash');
    const weak = '$argon2id$v=19$m=1024,t=3,p=1$';
    const stored = (await import('argon2')).default;
    const secret = await stored.hash(GOOD_PASSWORD.normalize('NFKC'), {
      memoryCost: 1024,
      timeCost: 3,
      parallelism: 1,
    });
    expect(secret.slice(0, 20)).toBe(weak.slice(0, 20));
    await house.database.write((transaction) => transaction('credentials').update({ secret_hash: secret }));
    await withPassword(house, ANN);
    expect((await hash())?.secret_hash).not.toBe(secret);
    house.cache.clear();
    await withPassword(house, ANN);
  });
});

describe('SSH keys', () => {
  const open = useSqlite();

  test('sign in for their account alone', async () => {
    const house = await houseWithAnn(open);
    await house.addPerson('bea@example.org');
    await house.operator.addKey(ANN, KEYS.ed25519.line);
    const session = await withKey(house, ANN, KEYS.ed25519.line);
    expect(session).toMatchObject({ account: { login: ANN }, credentialId: expect.any(String) });
    await expect(withKey(house, 'bea@example.org', KEYS.ed25519.line)).rejects.toEqual(UNAUTHENTICATED);
    await expect(withKey(house, ANN, KEYS.nistp256.line)).rejects.toEqual(UNAUTHENTICATED);
    await expect(withKey(house, 'nobody', KEYS.ed25519.line)).rejects.toEqual(UNAUTHENTICATED);
    expect((await house.lines()).slice(-4)).toEqual([
      `sign-in sftp ${ANN} - ok`,
      'sign-in-refused sftp bea@example.org - unknown-key',
      `sign-in-refused sftp ${ANN} - unknown-key`,
      'sign-in-refused sftp - - unknown-account',
    ]);
  });

  test('are told apart before a signature, without a trace', async () => {
    const house = await houseWithAnn(open);
    await house.operator.addKey(ANN, KEYS.ed25519.line);
    const before = await house.lines();
    const accepts = (login: string, line: string) => house.access.acceptsKey(login, blobOf(line));
    expect(await accepts(ANN, KEYS.ed25519.line)).toBe(true);
    expect(await accepts('ANN@EXAMPLE.ORG', KEYS.ed25519.line)).toBe(true);
    expect(await accepts(ANN, KEYS.nistp256.line)).toBe(false);
    expect(await accepts('nobody', KEYS.ed25519.line)).toBe(false);
    expect(await accepts('a\0b', KEYS.ed25519.line)).toBe(false);
    expect(await house.access.acceptsKey(ANN, Buffer.alloc(0))).toBe(false);
    expect(await house.lines()).toEqual(before);
    await house.operator.suspend(ANN);
    expect(await accepts(ANN, KEYS.ed25519.line)).toBe(false);
    await expect(withKey(house, ANN, KEYS.ed25519.line)).rejects.toEqual(UNAUTHENTICATED);
  });

  test('open the door while wrong passwords from elsewhere are being punished', async () => {
    const house = await houseWithAnn(open);
    await house.operator.addKey(ANN, KEYS.nistp521.line);
    for (let failure = 0; failure < 5; failure++)
      await withPassword(house, ANN, OTHER_PASSWORD, 'sftp').catch(() => {});
    await expect(withPassword(house, ANN)).rejects.toEqual(THROTTLED);
    expect((await withKey(house, ANN, KEYS.nistp521.line)).account.login).toBe(ANN);
  });
});

describe('sessions of the pages', () => {
  const open = useSqlite();

  test('are a 256-bit secret of which the database knows the SHA-256', async () => {
    const house = await houseWithAnn(open);
    const { session, secret } = await house.access.signIn(ANN, GOOD_PASSWORD, from('web'));
    expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
    expect(session.webSessionId).toMatch(/^[0-9a-f]{64}$/u);
    expect((await withCookie(house, secret)).webSessionId).toBe(session.webSessionId);
    expect(JSON.stringify(await house.database.reader('sessions'))).not.toContain(secret);
    for (const wrong of ['', 'x', session.webSessionId ?? ''])
      await expect(withCookie(house, wrong)).rejects.toEqual(UNAUTHENTICATED);
    expect(await house.lines()).not.toContain('sign-in-refused web - - unknown-account');
  });

  test('end after 30 minutes without use, and after 12 hours in any case', async () => {
    const house = await houseWithAnn(open);
    const { secret } = await house.access.signIn(ANN, GOOD_PASSWORD, from('web'));
    for (let quarter = 0; quarter < 47; quarter++) {
      house.clock.advance(15 * MINUTE);
      await withCookie(house, secret);
    }
    house.clock.advance(15 * MINUTE);
    await expect(withCookie(house, secret)).rejects.toEqual(UNAUTHENTICATED);

    const idle = await house.access.signIn(ANN, GOOD_PASSWORD, from('web'));
    house.clock.advance(30 * MINUTE - 1);
    await withCookie(house, idle.secret);
    house.clock.advance(30 * MINUTE);
    await expect(withCookie(house, idle.secret)).rejects.toEqual(UNAUTHENTICATED);
  });

  test('write at most once a minute that they were used', async () => {
    const house = await houseWithAnn(open);
    const { secret } = await house.access.signIn(ANN, GOOD_PASSWORD, from('web'));
    const seenAt = async () => (await house.database.reader('sessions').first('last_seen_at')).last_seen_at;
    const first = await seenAt();
    house.clock.advance(MINUTE - 1);
    await withCookie(house, secret);
    expect(await seenAt()).toBe(first);
    house.clock.advance(1);
    await withCookie(house, secret);
    expect(await seenAt()).toBe(first + MINUTE);
  });

  test('end when one signs out, which is one line', async () => {
    const house = await houseWithAnn(open);
    const { session, secret } = await house.access.signIn(ANN, GOOD_PASSWORD, from('web'));
    const other = await house.access.signInAs(session.account.id, from('web'));
    await house.access.signOut(session);
    await house.access.signOut(session);
    await expect(withCookie(house, secret)).rejects.toEqual(UNAUTHENTICATED);
    await withCookie(house, other.secret);
    expect((await house.lines()).slice(-3)).toEqual([
      `sign-in web ${ANN} - ok`,
      `sign-in web ${ANN} - ok`,
      `sign-out web ${ANN} - ok`,
    ]);
  });

  test('are not for service accounts, nor without a password for who is not active', async () => {
    const house = await houseWithAnn(open);
    const service = await house.operator.createService({
      ...{ login: 'nightly', name: 'Nightly', side: 'partner', owner: ANN, password: GOOD_PASSWORD },
    });
    await expect(house.access.signIn('nightly', GOOD_PASSWORD, from('web'))).rejects.toEqual(UNAUTHENTICATED);
    expect((await house.lines()).at(-1)).toBe('sign-in-refused web nightly - no-pages');
    await withPassword(house, 'nightly', GOOD_PASSWORD, 'sftp');
    const { id } = await house.operator.account(ANN);
    await house.operator.suspend(ANN);
    for (const accountId of [service.id, id, 'nobody'])
      await expect(house.access.signInAs(accountId, from('web'))).rejects.toEqual(UNAUTHENTICATED);
  });
});

describe('revocation', () => {
  const open = useSqlite();

  test.each([
    ['suspension', (house: House) => house.operator.suspend(ANN)],
    ['a new password', (house: House) => house.operator.setPassword(ANN, OTHER_PASSWORD)],
    ['leaving a group', (house: House) => house.operator.setMember('Lutins', ANN, null)],
    ['a narrower role', (house: House) => house.operator.setMember('Lutins', ANN, 'reader')],
  ])('by %s ends sessions on all doors and what was remembered, at once', async (_, act) => {
    const house = await houseWithAnn(open);
    await house.operator.createGroup({ name: 'Lutins' });
    await house.operator.setMember('Lutins', ANN, 'writer');
    await house.addPerson('bea@example.org');
    const bea = await withPassword(house, 'bea@example.org');
    const drive = await withPassword(house, ANN);
    const { session: page, secret } = await house.access.signIn(ANN, GOOD_PASSWORD, from('web'));
    await act(house);
    for (const { signal } of [drive, page]) expect(signal.reason).toEqual(UNAUTHENTICATED);
    await expect(withCookie(house, secret)).rejects.toEqual(UNAUTHENTICATED);
    expect(bea.signal.aborted).toBe(false);
    const hashes = house.passwords.hashCount();
    await withPassword(house, ANN).catch(() => {});
    expect(house.passwords.hashCount()).toBe(hashes + 1);
  });

  test('by a new epoch alone ends a session of the pages, whatever became of its row', async () => {
    const house = await houseWithAnn(open);
    const { secret } = await house.access.signIn(ANN, GOOD_PASSWORD, from('web'));
    await house.database.write((transaction) => transaction('accounts').increment('epoch', 1));
    await expect(withCookie(house, secret)).rejects.toEqual(UNAUTHENTICATED);
  });

  test('or not, any administrative act drops all that was remembered of passwords', async () => {
    const house = await houseWithAnn(open);
    await withPassword(house, ANN);
    await house.operator.createGroup({ name: 'Lutins' });
    const hashes = house.passwords.hashCount();
    await withPassword(house, ANN);
    await withPassword(house, ANN);
    expect(house.passwords.hashCount()).toBe(hashes + 1);
  });

  test('a wider role ends nothing', async () => {
    const house = await houseWithAnn(open);
    await house.operator.createGroup({ name: 'Lutins' });
    await house.operator.setMember('Lutins', ANN, 'drop');
    const { signal } = await withPassword(house, ANN);
    for (const role of ['contributor', 'writer', 'manager'] as const)
      await house.operator.setMember('Lutins', ANN, role);
    expect(signal.aborted).toBe(false);
  });

  test.each([
    ['here', (house: House) => house.operator],
    ['in another process', (house: House) => house.elsewhere()],
  ])('%s while a sign-in is on its way refuses it', async (_, administration) => {
    const house = await houseWithAnn(open);
    await house.operator.addKey(ANN, KEYS.ed25519.line);
    const byKey = { kind: 'ssh-key', login: ANN, publicKey: blobOf(KEYS.ed25519.line) } as const;
    const attempts: ((access: House['access'], secret: string) => Promise<unknown>)[] = [
      (access) => withPassword({ ...house, access }, ANN),
      (access) => access.signIn(ANN, GOOD_PASSWORD, from('web')),
      (access) => access.authenticate(byKey, from('sftp')),
      (access, secret) => withCookie({ ...house, access }, secret),
    ];
    for (const attempt of attempts) {
      const { secret } = await house.access.signIn(ANN, GOOD_PASSWORD, from('web'));
      house.clock.advance(2 * MINUTE);
      const access = accessInterruptedBy(house, () => administration(house).suspend(ANN));
      await expect(attempt(access, secret)).rejects.toEqual(UNAUTHENTICATED);
      expect((await house.operator.account(ANN)).state).toBe('suspended');
      await expect(withPassword(house, ANN)).rejects.toEqual(UNAUTHENTICATED);
      await house.operator.resume(ANN);
    }
    expect((await house.lines()).filter((line) => /^sign-in (webdav|sftp)/u.test(line))).toEqual([]);
    expect(await house.database.reader('sessions')).toEqual([]);
  });

  test('by another process is heeded at the next look', async () => {
    const house = await houseWithAnn(open);
    await house.watch.start();
    try {
      const { signal } = await withPassword(house, ANN);
      const ended = new Promise((resolve) => signal.addEventListener('abort', resolve));
      await house.elsewhere().suspend(ANN);
      await ended;
      await expect(withPassword(house, ANN)).rejects.toEqual(UNAUTHENTICATED);
    } finally {
      await house.watch.stop();
    }
  });

  test('a sign-in that read its account before the change and registered after it ends at the next look', async () => {
    const house = await houseWithAnn(open);
    const { id } = await house.operator.account(ANN);
    await house.watch.start();
    try {
      await house.operator.setPassword(ANN, OTHER_PASSWORD);
      const late = house.hub.signalFor(id, 1);
      expect(late.aborted).toBe(false);
      await new Promise((resolve) => late.addEventListener('abort', resolve));
    } finally {
      await house.watch.stop();
    }
  });
});

async function houseWithAnn(open: () => Promise<House['database']>): Promise<House> {
  const house = await createHouse(await open());
  await house.addPerson(ANN);
  return house;
}

/** The same house, where something happens once after an account was read and before a password is judged or anything written. */
function accessInterruptedBy(house: House, act: () => Promise<void>): House['access'] {
  let interruption: Promise<void> | undefined;
  const interrupted = () => {
    interruption ??= act();
    return interruption;
  };
  const { clock, cache, hub, database, passwords } = house;
  return createAccess({
    ...{ clock, cache, hub },
    database: { ...database, write: (work) => interrupted().then(() => database.write(work)) },
    passwords: { ...passwords, verify: (...args) => interrupted().then(() => passwords.verify(...args)) },
  });
}
