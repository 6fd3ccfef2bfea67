import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parsePublicKeyLine } from '../../storage/accounts/ssh-keys.js';
import { isStorageError } from '../../storage/errors.js';
import { blobOf, KEYS } from './keys.js';

const REFUSED = expect.objectContaining({ code: 'invalid-input', reason: 'key' });

describe('keys made by ssh-keygen', () => {
  test.each(Object.entries(KEYS))('%s has the fingerprint ssh-keygen prints', (_, { line, fingerprint }) => {
    expect(parsePublicKeyLine(`${line}\n`)).toEqual({
      publicKey: line.split(' ')[1],
      fingerprint,
      label: 'poste de nuit',
    });
  });
});

describe('rsa', () => {
  test('3,072 bits are enough', () => {
    expect(parsePublicKeyLine(rsaLine(3072)).fingerprint).toMatch(/^SHA256:[\w+/]{43}$/u);
    expect(parsePublicKeyLine(rsaLine(4096)).label).toBe('');
  });

  test('fewer are not', () => {
    for (const bits of [1024, 2048, 3071]) expect(() => parsePublicKeyLine(rsaLine(bits))).toThrow(REFUSED);
  });

  test('zeros in front do not make a key longer', () => {
    const short = Buffer.concat([Buffer.alloc(200), Buffer.alloc(256, 0xff)]);
    expect(() => parsePublicKeyLine(lineOf('ssh-rsa', [Buffer.from([1, 0, 1]), short]))).toThrow(REFUSED);
    expect(() => parsePublicKeyLine(lineOf('ssh-rsa', [Buffer.from([1, 0, 1]), Buffer.alloc(400)]))).toThrow(
      REFUSED,
    );
  });
});

describe('what is no key', () => {
  const ed25519 = KEYS.ed25519.line;
  const base64 = ed25519.split(' ')[1] ?? '';
  test.each([
    ['nothing', ''],
    ['words', 'this is not a key'],
    ['the type alone', 'ssh-ed25519'],
    ['another type than its blob', ed25519.replace('ssh-ed25519', 'ssh-rsa')],
    ['an old type', lineOf('ssh-dss', [Buffer.alloc(20)])],
    ['a security key', lineOf('sk-ssh-ed25519@openssh.com', [Buffer.alloc(32), Buffer.from('ssh:')])],
    ['options in front', `command="rm" ${ed25519}`],
    ['two lines', `${ed25519}\n${ed25519}`],
    ['a private key', '-----BEGIN OPENSSH PRIVATE KEY-----'],
    ['a cut blob', `ssh-ed25519 ${Buffer.from(base64, 'base64').subarray(0, 40).toString('base64')}`],
    [
      'a blob with more behind',
      `ssh-ed25519 ${Buffer.concat([blobOf(ed25519), Buffer.alloc(4)]).toString('base64')}`,
    ],
    ['a length beyond its end', `ssh-ed25519 ${Buffer.from([0xff, 0xff, 0xff, 0xff]).toString('base64')}`],
    ['stray characters in base64', `ssh-ed25519 ${base64.slice(0, 20)}*${base64.slice(20)}`],
    ['an ed25519 key of 31 bytes', lineOf('ssh-ed25519', [Buffer.alloc(31)])],
    ['another curve inside', lineOf('ecdsa-sha2-nistp256', [Buffer.from('nistp384'), Buffer.alloc(97)])],
    ['an unknown curve', lineOf('ecdsa-sha2-constructor', [Buffer.from('constructor'), Buffer.alloc(65)])],
  ])('%s', (_, line) => {
    expect(() => parsePublicKeyLine(line)).toThrow(REFUSED);
  });

  test('whatever the bytes are, the answer is a refusal or a key', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        try {
          parsePublicKeyLine(`ssh-ed25519 ${Buffer.from(bytes).toString('base64')}`);
        } catch (error) {
          expect(isStorageError(error, 'invalid-input')).toBe(true);
        }
      }),
    );
  });
});

function rsaLine(bits: number): string {
  const modulus = Buffer.alloc(Math.ceil(bits / 8), 0xff);
  modulus.writeUInt8(0xff >> (modulus.length * 8 - bits), 0);
  return lineOf('ssh-rsa', [Buffer.from([1, 0, 1]), Buffer.concat([Buffer.alloc(1), modulus])]);
}

function lineOf(type: string, fields: readonly Buffer[]): string {
  const strings = [Buffer.from(type), ...fields].flatMap((field) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(field.length);
    return [length, field];
  });
  return `${type} ${Buffer.concat(strings).toString('base64')}`;
}
