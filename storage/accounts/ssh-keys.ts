import { createHash } from 'node:crypto';
import { StorageError } from '../errors.js';

const MIN_RSA_BITS = 3072;
const ED25519_BYTES = 32;
/** Uncompressed points: a leading 4 and two coordinates (RFC 5656, section 3.1). */
const ECDSA_POINT_BYTES: Readonly<Record<string, number>> = { nistp256: 65, nistp384: 97, nistp521: 133 };
const MAX_LINE_LENGTH = 16_384;

/** A public key as sshd knows it. */
export interface PublicKey {
  /** Base64 of the key blob, RFC 4253 section 6.6. */
  readonly publicKey: string;
  /** `SHA256:` and base64 without padding, as ssh-keygen -l prints it. */
  readonly fingerprint: string;
  /** The comment at the end of the line, or empty. */
  readonly label: string;
}

/**
 * One line of an OpenSSH public key file: ed25519, ecdsa on the NIST curves, or rsa of 3,072 bits and more. Options in front
 * of the key are refused: they would be promises nobody keeps.
 * @throws StorageError invalid-input, reason `key`
 */
export function parsePublicKeyLine(line: string): PublicKey {
  const [type = '', base64 = '', ...comment] = line.trim().split(/[ \t]+/u);
  if (line.length > MAX_LINE_LENGTH || /[\r\n]/u.test(line.trim()))
    throw badKey('One line of a public key file is expected.');
  const blob = Buffer.from(base64, 'base64');
  if (blob.length === 0 || blob.toString('base64') !== base64.padEnd(Math.ceil(base64.length / 4) * 4, '='))
    throw badKey('This is not a line of an OpenSSH public key file.');
  const fields = readFields(blob);
  if (fields[0]?.toString('latin1') !== type) throw badKey('The key is not of the type its line says.');
  assertStrong(type, fields.slice(1));
  return {
    ...identityOf(blob),
    label: comment
      .join(' ')
      .replace(/[\p{Cc}]/gu, '')
      .slice(0, 200),
  };
}

/** How a key blob that a client offers is found again. */
export function identityOf(blob: Buffer): Omit<PublicKey, 'label'> {
  const digest = createHash('sha256').update(blob).digest('base64').replace(/=+$/u, '');
  return { publicKey: blob.toString('base64'), fingerprint: `SHA256:${digest}` };
}

/** The first field of a key blob is its type (RFC 4253 section 6.6). */
export function keyTypeOf(publicKey: string): string {
  const blob = Buffer.from(publicKey, 'base64');
  return blob.subarray(4, 4 + blob.readUInt32BE(0)).toString('latin1');
}

/** The strings of an SSH wire blob (RFC 4251, section 5), all of it and nothing more. */
function readFields(blob: Buffer): readonly Buffer[] {
  const fields: Buffer[] = [];
  let offset = 0;
  while (offset < blob.length) {
    const start = offset + 4;
    const end = start <= blob.length ? start + blob.readUInt32BE(offset) : Number.POSITIVE_INFINITY;
    if (end > blob.length) throw badKey('The key is cut short.');
    fields.push(blob.subarray(start, end));
    offset = end;
  }
  return fields;
}

function assertStrong(type: string, fields: readonly Buffer[]): void {
  const [first = Buffer.alloc(0), second = Buffer.alloc(0)] = fields;
  if (type === 'ssh-ed25519') {
    if (fields.length !== 1 || first.length !== ED25519_BYTES) throw badKey('The ed25519 key is malformed.');
  } else if (type === 'ssh-rsa') {
    if (fields.length !== 2 || first.length === 0) throw badKey('The rsa key is malformed.');
    if (bitLength(second) < MIN_RSA_BITS) throw badKey('An rsa key must have 3,072 bits or more.');
  } else if (type.startsWith('ecdsa-sha2-')) {
    const curve = type.slice('ecdsa-sha2-'.length);
    if (
      fields.length !== 2 ||
      first.toString('latin1') !== curve ||
      second.length !== ECDSA_POINT_BYTES[curve]
    )
      throw badKey('The ecdsa key is malformed.');
  } else throw badKey('Keys are ed25519, ecdsa or rsa.');
}

/** Of an mpint: big-endian, with a zero in front when its top bit is set. */
function bitLength(integer: Buffer): number {
  const start = integer.findIndex((byte) => byte !== 0);
  if (start === -1) return 0;
  return (integer.length - start - 1) * 8 + (32 - Math.clz32(integer.readUInt8(start)));
}

function badKey(message: string): StorageError {
  return new StorageError('invalid-input', message, { reason: 'key' });
}
