import { generateKeyPairSync } from 'node:crypto';
import ssh2, { type ParsedKey } from 'ssh2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatPrivateKey } from '../../../protocols/sftp/host-key.js';
import { PEOPLE, SERVICE_LOGIN } from '../../support/appliance.js';
import { connectRaw, connectSsh } from './raw-client.js';
import { openSftpDoor, type TestSftpDoor } from './support.js';

let door: TestSftpDoor;
beforeAll(async () => {
  door = await openSftpDoor();
});
afterAll(async () => {
  await door.close();
});

function newKey(type: 'ed25519' | 'rsa'): { privateKey: string; publicLine: string } {
  if (type === 'ed25519') {
    const key = formatPrivateKey(generateKeyPairSync('ed25519').privateKey);
    return { privateKey: key, publicLine: `ssh-ed25519 ${parse(key).getPublicSSH().toString('base64')}` };
  }
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 3072 });
  const pem = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
  return { privateKey: pem, publicLine: `ssh-rsa ${parse(pem).getPublicSSH().toString('base64')}` };
}

/** Offers one key and signs with another. */
class ForgingAgent extends ssh2.BaseAgent<ParsedKey> {
  readonly #offered: string;
  readonly #signing: string;

  constructor(offered: string, signing: string) {
    super();
    this.#offered = offered;
    this.#signing = signing;
  }

  getIdentities(callback: (error: Error | null | undefined, keys?: ParsedKey[]) => void): void {
    callback(undefined, [parse(this.#offered)]);
  }

  sign(_key: ParsedKey, data: Buffer, ...rest: unknown[]): void {
    const callback = rest.at(-1);
    if (typeof callback === 'function') callback(undefined, parse(this.#signing).sign(data));
  }
}

function parse(key: string): ParsedKey {
  const parsed = ssh2.utils.parseKey(key);
  if (parsed instanceof Error) throw parsed;
  return parsed;
}

/** Everybody's failures count against 127.0.0.1: each test of a refusal has a door of its own. */
async function withOwnDoor(act: (door: TestSftpDoor) => Promise<void>): Promise<void> {
  const own = await openSftpDoor();
  try {
    await act(own);
  } finally {
    await own.close();
  }
}

describe('signs in', () => {
  test('a person by password', async () => {
    const client = await connectRaw(door);
    expect(await client.names('/')).toEqual([door.group]);
    await client.end();
    expect(door.logged.map(({ fields }) => fields)).toContainEqual(
      expect.objectContaining({
        door: 'sftp',
        act: 'sign-in',
        method: 'password',
        status: 0,
        account: PEOPLE.claire.login,
        address: '127.0.0.1',
      }),
    );
  });

  test.each(['ed25519', 'rsa'] as const)('a service account by its %s key', async (type) => {
    const { privateKey, publicLine } = newKey(type);
    await door.operator.addKey(SERVICE_LOGIN, publicLine);
    const client = await connectRaw(door, {
      login: SERVICE_LOGIN,
      config: { privateKey },
    });
    expect(await client.names('/')).toEqual([door.group]);
    await client.end();
  });
});

describe('refuses', () => {
  test('a wrong password, an empty one and an unknown account alike, and ends after three tries', () =>
    withOwnDoor(async (own) => {
      const attempts = [
        { login: PEOPLE.claire.login, config: { password: 'Wrong-1-password' } },
        { login: PEOPLE.claire.login, config: { password: '' } },
        { login: 'nobody@example.org', config: { password: own.password } },
      ];
      for (const attempt of attempts)
        await expect(connectSsh(own, attempt)).rejects.toThrow(
          'All configured authentication methods failed',
        );
      const rows = await own.operator.activity({ action: 'sign-in-refused' });
      expect(rows).toHaveLength(3);
    }));

  test('the third password of a connection, and hangs up', () =>
    withOwnDoor(async (own) => {
      let tries = 0;
      const attempt = connectSsh(own, {
        config: {
          authHandler: () => {
            tries += 1;
            return { type: 'password', username: PEOPLE.claire.login, password: `wrong-${tries}` };
          },
        },
      });
      await expect(attempt).rejects.toThrow();
      expect((await own.operator.activity({ action: 'sign-in-refused' })).length).toBe(3);
    }));

  test("a key nobody registered, and another account's key", async () => {
    const stranger = newKey('ed25519');
    const own = newKey('ed25519');
    await door.operator.addKey(SERVICE_LOGIN, own.publicLine);
    const logged = door.logged.length;
    for (const { privateKey } of [stranger, own]) {
      const attempt = connectSsh(door, { config: { privateKey } });
      await expect(attempt).rejects.toThrow('All configured authentication methods failed');
    }
    // Refused when it was offered: no signature was asked for.
    expect(door.logged.slice(logged).filter(({ fields }) => fields.act === 'sign-in')).toEqual([]);
  });

  test('a registered key whose signature is not its own', () =>
    withOwnDoor(async (own) => {
      const registered = newKey('ed25519');
      const forger = newKey('ed25519');
      await own.operator.addKey(SERVICE_LOGIN, registered.publicLine);
      const attempt = connectSsh(own, {
        login: SERVICE_LOGIN,
        config: { agent: new ForgingAgent(registered.publicLine, forger.privateKey) },
      });
      await expect(attempt).rejects.toThrow('All configured authentication methods failed');
      expect(own.logged.map(({ fields }) => fields)).toContainEqual(
        expect.objectContaining({ act: 'sign-in', method: 'publickey', status: 3, reason: 'signature' }),
      );
    }));

  test('keyboard-interactive and none', async () => {
    const interactive = connectSsh(door, { config: { tryKeyboard: true } });
    await expect(interactive).rejects.toThrow('All configured authentication methods failed');
    const none = connectSsh(door, { config: { authHandler: ['none'] } });
    await expect(none).rejects.toThrow('All configured authentication methods failed');
  });

  test('an exception while it decides', () =>
    withOwnDoor(async (own) => {
      await own.storage.close();
      await expect(connectSsh(own)).rejects.toThrow('All configured authentication methods failed');
      expect(own.logged.some(({ level, fields }) => level === 'error' && fields.act === 'sign-in')).toBe(
        true,
      );
    }));

  test('everything but SFTP', async () => {
    const { ssh } = await connectSsh(door);
    const refusals = [
      new Promise((resolve) => ssh.exec('id', (error) => resolve(error))),
      new Promise((resolve) => ssh.shell((error) => resolve(error))),
      new Promise((resolve) => ssh.subsys('netconf', (error) => resolve(error))),
      new Promise((resolve) => ssh.forwardOut('127.0.0.1', 1, '127.0.0.1', 22, (error) => resolve(error))),
      new Promise((resolve) => ssh.forwardIn('127.0.0.1', 0, (error) => resolve(error))),
      new Promise((resolve) => ssh.openssh_forwardOutStreamLocal('/tmp/x', (error) => resolve(error))),
    ];
    for (const refusal of await Promise.all(refusals)) expect(refusal).toBeInstanceOf(Error);
    ssh.end();
  });
});
