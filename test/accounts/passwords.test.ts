import { availableParallelism } from 'node:os';
import { expect, test } from 'vitest';
import { createPasswords, hashesAtOnce } from '../../storage/accounts/passwords.js';
import { isStorageError } from '../../storage/errors.js';
import { GOOD_PASSWORD } from './fixture.js';

test('a stored hash is argon2id at the agreed costs, with a salt of its own', async () => {
  const passwords = createPasswords();
  const hashes = await Promise.all([passwords.hash(GOOD_PASSWORD), passwords.hash(GOOD_PASSWORD)]);
  for (const hash of hashes) {
    const [, name, version, costs, salt] = hash.split('$');
    expect([name, version]).toEqual(['argon2id', 'v=19']);
    expect(costs?.split(',').sort()).toEqual(['m=19456', 'p=1', 't=2']);
    expect(Buffer.from(salt ?? '', 'base64')).toHaveLength(16);
  }
  expect(hashes[0]).not.toBe(hashes[1]);
});

test('every verification costs one hash, whatever it is about', async () => {
  const passwords = createPasswords({ memoryKib: 1024, passes: 2 });
  const hash = await passwords.hash(GOOD_PASSWORD);
  expect(await passwords.verify(hash, GOOD_PASSWORD)).toEqual({ isValid: true, isOutdated: false });
  expect((await passwords.verify(hash, 'wrong')).isValid).toBe(false);
  expect((await passwords.verify(hash, '')).isValid).toBe(false);
  expect((await passwords.verify(null, GOOD_PASSWORD)).isValid).toBe(false);
  expect((await passwords.verify(hash, 'x'.repeat(1025))).isValid).toBe(false);
  expect(passwords.hashCount()).toBe(6);
});

test('the same password typed with combining accents is the same password', async () => {
  const passwords = createPasswords({ memoryKib: 1024, passes: 2 });
  const hash = await passwords.hash(GOOD_PASSWORD.normalize('NFD'));
  expect((await passwords.verify(hash, GOOD_PASSWORD.normalize('NFC'))).isValid).toBe(true);
});

test('a hash at other costs is valid and reported as outdated', async () => {
  const hash = await createPasswords({ memoryKib: 1024, passes: 2 }).hash(GOOD_PASSWORD);
  const raised = createPasswords({ memoryKib: 2048, passes: 2 });
  expect(await raised.verify(hash, GOOD_PASSWORD)).toEqual({ isValid: true, isOutdated: true });
  expect(await raised.verify(hash, 'wrong')).toEqual({ isValid: false, isOutdated: false });
});

test('hashes leave a processor to the transfers, where there is more than one', () => {
  expect([1, 2, 4, 64].map(hashesAtOnce)).toEqual([1, 1, 3, 4]);
});

test('of 200 at once as many run as may, 64 wait, and the rest are told to come back', async () => {
  const taken = 64 + hashesAtOnce(availableParallelism());
  const passwords = createPasswords({ memoryKib: 1024, passes: 2 });
  const results = await Promise.allSettled(Array.from({ length: 200 }, () => passwords.verify(null, 'x')));
  const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  expect(refused).toHaveLength(200 - taken);
  expect(
    refused.every((error) => isStorageError(error, 'unavailable') && error.retryAfterSeconds === 5),
  ).toBe(true);
  expect(passwords.hashCount()).toBe(taken);
  await passwords.verify(null, 'x');
});
