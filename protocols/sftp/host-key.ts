import { createHash, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { open, readFile, stat } from 'node:fs/promises';
import ssh2 from 'ssh2';
import { string, uint32 } from './wire.js';

const KEY_TYPE = 'ssh-ed25519';

/** The appliance as SSH clients know it. */
export interface HostKey {
  /** In OpenSSH's own format, for createSftpDoor. */
  readonly privateKey: string;
  /** `ssh-ed25519 AAAA…`, for a known_hosts file. */
  readonly publicKeyLine: string;
  /** `SHA256:…` as OpenSSH shows it at the first connection. */
  readonly fingerprint: string;
}

/**
 * The appliance's host key: made at the first start, mode 0600, and read ever after. Ed25519 alone.
 * @throws Error when the file can be read by others or holds no private key
 */
export async function loadOrCreateHostKey(file: string): Promise<HostKey> {
  const existing = await readIfThere(file);
  return describe(file, existing ?? (await create(file)));
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    const { mode } = await stat(file);
    if ((mode & 0o077) !== 0)
      throw new Error(`The SSH host key ${file} can be read by others: its mode must be 0600.`);
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

async function create(file: string): Promise<string> {
  const privateKey = formatPrivateKey(generateKeyPairSync('ed25519').privateKey);
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(privateKey);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return privateKey;
}

/**
 * An Ed25519 key as OpenSSH writes it, without a passphrase (PROTOCOL.key of OpenSSH). ssh2 could make one itself, but drops
 * the zero that one public key in 256 begins with, and then cannot read what it made.
 */
export function formatPrivateKey(key: KeyObject): string {
  const { x = '', d = '' } = key.export({ format: 'jwk' });
  const publicBytes = Buffer.from(x, 'base64url');
  const secretBytes = Buffer.concat([Buffer.from(d, 'base64url'), publicBytes]);
  const check = randomBytes(4);
  const fields = [string(KEY_TYPE), string(publicBytes), string(secretBytes), string('peps')];
  const secret = Buffer.concat([check, check, ...fields]);
  const padding = Buffer.from(Array.from({ length: (8 - (secret.length % 8)) % 8 }, (_, index) => index + 1));
  const blob = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    ...[string('none'), string('none'), string(''), uint32(1)],
    string(Buffer.concat([string(KEY_TYPE), string(publicBytes)])),
    string(Buffer.concat([secret, padding])),
  ]);
  const lines = blob.toString('base64').replace(/.{70}/gu, '$&\n');
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines}\n-----END OPENSSH PRIVATE KEY-----\n`;
}

function describe(file: string, privateKey: string): HostKey {
  const key = ssh2.utils.parseKey(privateKey);
  if (key instanceof Error || !key.isPrivateKey())
    throw new Error(`The SSH host key ${file} cannot be read.`, { cause: key });
  const blob = key.getPublicSSH();
  const digest = createHash('sha256').update(blob).digest('base64').replace(/=+$/u, '');
  return {
    privateKey,
    publicKeyLine: `${key.type} ${blob.toString('base64')}`,
    fingerprint: `SHA256:${digest}`,
  };
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
