import { createHash, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import ssh2 from 'ssh2';
import { HostKeyError, readKeyFile, writeNewKeyFile } from './host-key-file.js';
import { string, uint32 } from './wire.js';

/** The one type that is made. */
export const HOST_KEY_TYPE = 'ssh-ed25519';
const COMMENT = 'peps';

/** The appliance as SSH clients know it. */
export interface HostKey {
  /** In OpenSSH's own format, for createSftpDoor. */
  readonly privateKey: string;
  /** `ssh-ed25519 AAAA…`, for a known_hosts file. */
  readonly publicKeyLine: string;
  /** `SHA256:…` as OpenSSH shows it at the first connection. */
  readonly fingerprint: string;
  /** What the file says beside the key. */
  readonly comment: string;
}

/**
 * The appliance's host key: made at the first start, mode 0600, and read ever after. Ed25519 alone.
 * @throws HostKeyError when the file can be read by others or holds no private key
 */
export async function loadOrCreateHostKey(file: string): Promise<HostKey> {
  let text = await readKeyFile(file);
  if (text === undefined) {
    await writeNewKeyFile(file, makePrivateKey(COMMENT));
    // Another process may have been first: what lies there counts.
    text = await readKeyFile(file);
  }
  return parseHostKey(file, text ?? '');
}

/** A new private key, as formatPrivateKey writes it. */
export function makePrivateKey(comment: string): string {
  return formatPrivateKey(generateKeyPairSync('ed25519').privateKey, comment);
}

/**
 * An Ed25519 key as OpenSSH writes it, without a passphrase (PROTOCOL.key of OpenSSH). ssh2 could make one itself, but drops
 * the zero that one public key in 256 begins with, and then cannot read what it made.
 */
export function formatPrivateKey(key: KeyObject, comment = COMMENT): string {
  const { x = '', d = '' } = key.export({ format: 'jwk' });
  const publicBytes = Buffer.from(x, 'base64url');
  return writeFields(publicBytes, Buffer.concat([Buffer.from(d, 'base64url'), publicBytes]), comment);
}

function writeFields(publicBytes: Buffer, secretBytes: Buffer, comment: string): string {
  const check = randomBytes(4);
  const fields = [string(HOST_KEY_TYPE), string(publicBytes), string(secretBytes), string(comment)];
  const secret = Buffer.concat([check, check, ...fields]);
  const padding = Buffer.from(Array.from({ length: (8 - (secret.length % 8)) % 8 }, (_, index) => index + 1));
  const blob = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    ...[string('none'), string('none'), string(''), uint32(1)],
    string(Buffer.concat([string(HOST_KEY_TYPE), string(publicBytes)])),
    string(Buffer.concat([secret, padding])),
  ]);
  const lines = blob.toString('base64').replace(/.{70}/gu, '$&\n');
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines}\n-----END OPENSSH PRIVATE KEY-----\n`;
}

/** The same key with another comment. @param publicKeyLine and privateKey of one HostKey of HOST_KEY_TYPE */
export function withComment({ privateKey, publicKeyLine }: HostKey, comment: string): string {
  const publicBytes = blobOf(publicKeyLine).subarray(-32);
  const body = Buffer.from(privateKey.replace(/-----[^-]+-----|\s/gu, ''), 'base64');
  // Behind the last mention of the type come the public half, counted, and the secret one, which ends with it.
  const secretAt = body.lastIndexOf(HOST_KEY_TYPE) + HOST_KEY_TYPE.length + 4 + 32 + 4;
  return writeFields(publicBytes, body.subarray(secretAt, secretAt + 64), comment);
}

/** The public half as it goes over the wire (RFC 4253 section 6.6). */
export function blobOf(publicKeyLine: string): Buffer {
  return Buffer.from(publicKeyLine.split(' ')[1] ?? '', 'base64');
}

/** @throws HostKeyError when the text holds no private key, or halves that do not belong together */
export function parseHostKey(file: string, privateKey: string): HostKey {
  const key = ssh2.utils.parseKey(privateKey);
  if (key instanceof Error || !key.isPrivateKey())
    throw new HostKeyError(`The SSH host key ${file} cannot be read: it holds no private key.`, {
      cause: key,
    });
  if (!signsForItself(key))
    throw new HostKeyError(`The SSH host key ${file} is damaged: its halves do not belong together.`);
  const blob = key.getPublicSSH();
  const digest = createHash('sha256').update(blob).digest('base64').replace(/=+$/u, '');
  return {
    privateKey,
    publicKeyLine: `${key.type} ${blob.toString('base64')}`,
    fingerprint: `SHA256:${digest}`,
    comment: key.comment ?? '',
  };
}

function signsForItself(key: ssh2.ParsedKey): boolean {
  try {
    return key.verify('host key', key.sign('host key')) === true;
  } catch {
    return false;
  }
}
