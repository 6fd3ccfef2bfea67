import { randomBytes, randomUUID } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadOrCreateMasterKey, MasterKeyError, masterKeyFrom } from '../../storage/blobs/master-key.js';

let directory: string;
let file: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'peps-key-'));
  file = join(directory, 'master.key');
});
afterEach(() => rm(directory, { recursive: true }));

describe('the file', () => {
  test('is made once, for its owner alone, and read from then on', async () => {
    const first = await loadOrCreateMasterKey(file);
    expect(first.created).toBe(true);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(Buffer.from(await readFile(file, 'latin1'), 'base64')).toHaveLength(32);
    expect(await readdir(directory)).toEqual(['master.key']);
    const second = await loadOrCreateMasterKey(file, { create: false });
    expect(second.created).toBe(false);
    expect(second.keyId).toBe(first.keyId);
    expect(second.unwrap(first.wrap(Buffer.alloc(32, 7), 'id'), 'id')).toEqual(Buffer.alloc(32, 7));
  });

  test('made by several processes at once is one', async () => {
    const keys = await Promise.all(Array.from({ length: 8 }, () => loadOrCreateMasterKey(file)));
    expect(new Set(keys.map(({ keyId }) => keyId)).size).toBe(1);
    expect(keys.filter(({ created }) => created)).toHaveLength(1);
    expect(await readdir(directory)).toEqual(['master.key']);
  });

  test('is not made when that was not asked for', async () => {
    await expect(loadOrCreateMasterKey(file, { create: false })).rejects.toThrow('does not exist');
    expect(await readdir(directory)).toEqual([]);
  });

  test.each([0o640, 0o604, 0o620, 0o610, 0o666])('is refused with mode %o', async (mode) => {
    await loadOrCreateMasterKey(file);
    await chmod(file, mode);
    await expect(loadOrCreateMasterKey(file)).rejects.toBeInstanceOf(MasterKeyError);
    await expect(loadOrCreateMasterKey(file)).rejects.toThrow(`mode ${mode.toString(8)}`);
  });

  test.each([
    '',
    'short',
    randomBytes(31).toString('base64'),
    randomBytes(33).toString('base64'),
    randomBytes(32).toString('hex'),
    `${randomBytes(32).toString('base64')}\nmore`,
  ])('is refused with the content %j', async (content) => {
    await writeFile(file, content, { mode: 0o600 });
    await expect(loadOrCreateMasterKey(file)).rejects.toThrow('32 bytes in base64');
    expect(await readFile(file, 'latin1')).toBe(content);
  });

  test('is refused when it is a link, a folder, or cannot be made', async () => {
    const other = join(directory, 'other.key');
    await loadOrCreateMasterKey(other);
    await symlink(other, file);
    await expect(loadOrCreateMasterKey(file)).rejects.toThrow('symbolic link');
    await mkdir(join(directory, 'folder'), { mode: 0o700 });
    await expect(loadOrCreateMasterKey(join(directory, 'folder'))).rejects.toThrow('not a regular file');
    const nowhere = join(directory, 'nowhere', 'master.key');
    await expect(loadOrCreateMasterKey(nowhere)).rejects.toThrow('cannot be created (ENOENT)');
    await expect(loadOrCreateMasterKey(nowhere)).rejects.toBeInstanceOf(MasterKeyError);
  });
});

describe('the key', () => {
  const key = masterKeyFrom(randomBytes(32));
  const blobId = randomUUID();
  const blobKey = randomBytes(32);

  test('opens what it wrapped, for that blob only', () => {
    const wrapped = key.wrap(blobKey, blobId);
    expect(key.unwrap(wrapped, blobId)).toEqual(blobKey);
    const refusal = expect.objectContaining({ code: 'corrupt', reason: 'key' });
    expect(() => key.unwrap(wrapped, randomUUID())).toThrow(refusal);
    expect(() => masterKeyFrom(randomBytes(32)).unwrap(wrapped, blobId)).toThrow(refusal);
    for (const text of ['', 'AAAA', wrapped.slice(4), wrapped.slice(0, -4)])
      expect(() => key.unwrap(text, blobId)).toThrow(refusal);
  });

  test('wraps differently each time and never shows the key', () => {
    const wrapped = Array.from({ length: 50 }, () => key.wrap(blobKey, blobId));
    expect(new Set(wrapped).size).toBe(50);
    for (const text of wrapped) expect(Buffer.from(text, 'base64').includes(blobKey)).toBe(false);
  });

  test('derives 32 bytes per purpose, the same from the same secret', () => {
    const secret = Buffer.alloc(32, 1);
    const [one, same] = [masterKeyFrom(secret), masterKeyFrom(secret)];
    expect(one.derive('tokens')).toHaveLength(32);
    expect(one.derive('tokens')).toEqual(same.derive('tokens'));
    expect(one.derive('tokens')).not.toEqual(one.derive('cookies'));
    expect(one.derive('tokens')).not.toEqual(key.derive('tokens'));
  });

  test('has an id that is stable and tells keys apart', () => {
    expect(key.keyId).toMatch(/^[0-9a-f]{16}$/);
    expect(masterKeyFrom(Buffer.alloc(32, 1)).keyId).toBe(masterKeyFrom(Buffer.alloc(32, 1)).keyId);
    expect(masterKeyFrom(Buffer.alloc(32, 1)).keyId).not.toBe(key.keyId);
  });
});
