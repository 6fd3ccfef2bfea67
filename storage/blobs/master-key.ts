import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, link, lstat, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StorageError } from '../errors.js';
import { errnoOf } from './disk-errors.js';
import { syncFolder } from './disk-files.js';

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** The secret that all others hang on; without its file no blob can be read again. */
export interface MasterKey {
  /** 16 hexadecimal digits that tell keys apart and give nothing away. */
  readonly keyId: string;
  /** True when the file was made just now: the operator is to save it. */
  readonly created: boolean;
  /** Base64 of a blob's key, sealed for that blob alone. */
  wrap(blobKey: Buffer, blobId: string): string;
  /** @throws corrupt (reason `key`) for another master key, another blob or a damaged text */
  unwrap(wrapped: string, blobId: string): Buffer;
  /** 32 bytes for one purpose, the same in every process (HKDF-SHA-256, RFC 5869). */
  derive(purpose: string): Buffer;
}

/** The key file cannot be used; the message is a sentence for the operator. */
export class MasterKeyError extends Error {
  override readonly name = 'MasterKeyError';
}

/**
 * Reads the master key from a file of its own (32 bytes in base64, 0600), or makes one there first unless `create` is false.
 * @throws MasterKeyError for a file that is missing, not regular, open to group or others, or not a key
 */
export async function loadOrCreateMasterKey(
  file: string,
  options: { readonly create?: boolean } = {},
): Promise<MasterKey> {
  const created = options.create !== false && !(await isThere(file)) && (await createKeyFile(file));
  return masterKeyFrom(await readKeyFile(file), created);
}

/** A master key from its 32 secret bytes. */
export function masterKeyFrom(secret: Buffer, created = false): MasterKey {
  const derive = (info: string) => Buffer.from(hkdfSync('sha256', secret, '', info, KEY_BYTES));
  const wrappingKey = derive('peps:wrap');
  return {
    created,
    keyId: createHash('sha256').update(derive('peps:key-id')).digest('hex').slice(0, 16),
    // A prefix of its own: no purpose can name the wrapping key.
    derive: (purpose) => derive(`peps:purpose:${purpose}`),
    wrap(blobKey, blobId) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', wrappingKey, nonce, { authTagLength: TAG_BYTES });
      cipher.setAAD(Buffer.from(blobId));
      const sealed = [nonce, cipher.update(blobKey), cipher.final(), cipher.getAuthTag()];
      return Buffer.concat(sealed).toString('base64');
    },
    unwrap: (wrapped, blobId) => unwrap(wrappingKey, Buffer.from(wrapped, 'base64'), blobId),
  };
}

function unwrap(wrappingKey: Buffer, sealed: Buffer, blobId: string): Buffer {
  try {
    const nonce = sealed.subarray(0, NONCE_BYTES);
    const decipher = createDecipheriv('aes-256-gcm', wrappingKey, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(blobId));
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
    const blobKey = decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES));
    decipher.final();
    return blobKey;
  } catch (cause) {
    throw new StorageError('corrupt', 'The key of the stored bytes cannot be opened.', {
      reason: 'key',
      cause,
    });
  }
}

async function readKeyFile(file: string): Promise<Buffer> {
  const handle = await openKeyFile(file);
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw new MasterKeyError(`The master key ${file} is not a regular file.`);
    if ((stats.mode & 0o077) !== 0)
      throw new MasterKeyError(
        `The master key ${file} is open to others than its owner (mode ${(stats.mode & 0o777).toString(8)}); run: chmod 600 ${file}`,
      );
    return decodeKey(file, await handle.readFile('latin1'));
  } finally {
    await handle.close();
  }
}

async function openKeyFile(file: string): Promise<FileHandle> {
  try {
    // Without O_NONBLOCK the opening of a named pipe would wait for a writer for ever.
    return await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const code = errnoOf(error);
    if (code === 'ENOENT') throw new MasterKeyError(`The master key ${file} does not exist.`);
    if (code === 'ELOOP') throw new MasterKeyError(`The master key ${file} is a symbolic link.`);
    throw new MasterKeyError(`The master key ${file} cannot be read (${code}).`, { cause: error });
  }
}

function decodeKey(file: string, text: string): Buffer {
  const secret = Buffer.from(text.trim(), 'base64');
  if (secret.length !== KEY_BYTES || secret.toString('base64') !== text.trim())
    throw new MasterKeyError(`The master key ${file} does not hold 32 bytes in base64.`);
  return secret;
}

async function isThere(file: string): Promise<boolean> {
  return lstat(file).then(
    () => true,
    (error) => errnoOf(error) !== 'ENOENT',
  );
}

/** A crash leaves a whole key file or none: it is written aside and then linked. False when another process was first. */
async function createKeyFile(file: string): Promise<boolean> {
  const draft = `${file}.new-${randomBytes(6).toString('hex')}`;
  try {
    await writeDraft(draft);
    await link(draft, file);
    await rm(draft);
    await syncFolder(dirname(file));
    return true;
  } catch (error) {
    await rm(draft, { force: true });
    if (errnoOf(error) === 'EEXIST') return false;
    throw new MasterKeyError(`The master key ${file} cannot be created (${errnoOf(error)}).`, {
      cause: error,
    });
  }
}

async function writeDraft(draft: string): Promise<void> {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  const handle = await open(draft, flags, 0o600);
  try {
    await handle.writeFile(`${randomBytes(KEY_BYTES).toString('base64')}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
