import { join } from 'node:path';
import ssh2, { type ParsedKey } from 'ssh2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { canAnnounce } from '../../../protocols/sftp/host-key-announcement.js';
import { loadOrCreateHostKey, planHostKey } from '../../../protocols/sftp/index.js';
import { connectSsh } from './raw-client.js';
import { openSftpDoor, type TestSftpDoor } from './support.js';

let door: TestSftpDoor;
beforeAll(async () => {
  door = await openSftpDoor();
});
afterAll(() => door.close());

function parsed(line: string): ParsedKey {
  const key = ssh2.utils.parseKey(line);
  if (key instanceof Error) throw key;
  return key;
}

type Proof = { readonly isRefused: boolean; readonly signatures: Buffer | undefined };

/** Asks a proof of each key, as OpenSSH does for keys that it does not know. */
function askProof(ssh: ssh2.Client, lines: readonly string[]): Promise<Proof> {
  return new Promise((resolve) => {
    Reflect.get(ssh, '_callbacks').push((refused: unknown, signatures: Buffer | undefined) =>
      resolve({ isRefused: Boolean(refused), signatures }),
    );
    Reflect.get(ssh, '_protocol').openssh_hostKeysProve(lines.map(parsed));
  });
}

test('the installed ssh2 has all that announcing needs', () => {
  expect(canAnnounce()).toBe(true);
});

test('a proof is given once, for keys that were announced, each once', async () => {
  const current = door.publicHostKey;
  const other = await loadOrCreateHostKey(join(door.directory, 'another'));
  for (const asked of [[other.publicKeyLine], [current, other.publicKeyLine], [current, current]]) {
    const { ssh } = await connectSsh(door);
    expect((await askProof(ssh, asked)).isRefused).toBe(true);
    ssh.end();
  }
  const { ssh } = await connectSsh(door);
  expect((await askProof(ssh, [])).isRefused).toBe(true);
  expect((await askProof(ssh, [current])).isRefused).toBe(true);
  ssh.end();
  const second = await connectSsh(door);
  const proof = await askProof(second.ssh, [current]);
  expect(proof.signatures?.length).toBe(4 + 4 + 'ssh-ed25519'.length + 4 + 64);
  expect((await askProof(second.ssh, [current])).isRefused).toBe(true);
  second.ssh.end();
});

test('no proof is given before the sign-in', async () => {
  const ssh = new ssh2.Client();
  const asked = new Promise<Proof>((resolve, reject) => {
    ssh.once('handshake', () => askProof(ssh, [door.publicHostKey]).then(resolve, reject));
    ssh.once('error', reject);
  });
  ssh.connect({
    host: '127.0.0.1',
    port: door.port,
    username: 'nobody',
    authHandler: () => undefined,
    hostVerifier: () => true,
  });
  expect((await asked).isRefused).toBe(true);
  ssh.destroy();
});

test('who learned the next key is one line of the log', async () => {
  const file = join(door.directory, 'ssh-host-key');
  const keys = await planHostKey(file, new Date('2099-01-01T00:00:00Z'));
  door.useHostKeys(keys);
  const { ssh } = await connectSsh(door);
  const next = keys.next?.publicKeyLine ?? '';
  expect((await askProof(ssh, [next])).isRefused).toBe(false);
  ssh.end();
  expect(door.logged).toContainEqual({
    level: 'info',
    fields: expect.objectContaining({ act: 'host-key', fingerprints: [keys.next?.fingerprint] }),
  });
});
