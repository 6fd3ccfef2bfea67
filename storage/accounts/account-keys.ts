import type { KeySummary } from '../administration.js';
import { StorageError } from '../errors.js';
import { newId } from '../ids.js';
import { deleteKey, findKey, insertKey, type KeyRecord, keysOf } from '../metadata/credentials.js';
import type { Transaction } from '../metadata/database.js';
import { endSessions } from './account-changes.js';
import { keyTypeOf, type PublicKey } from './ssh-keys.js';

/** As lists show it. */
export function keySummaryOf({
  publicKey,
  fingerprint,
  label,
  createdAt,
  lastUsedAt,
}: KeyRecord): KeySummary {
  return {
    ...{ type: keyTypeOf(publicKey), fingerprint, label },
    createdAt: new Date(createdAt),
    lastUsedAt: lastUsedAt === null ? null : new Date(lastUsedAt),
  };
}

/** @throws already-exists (reason `key`) */
export async function giveKey(
  transaction: Transaction,
  now: Date,
  accountId: string,
  key: PublicKey,
): Promise<void> {
  if (await findKey(transaction, accountId, key.fingerprint, key.publicKey))
    throw new StorageError('already-exists', 'The account has this key already.', { reason: 'key' });
  await insertKey(transaction, { id: newId(now), accountId, ...key, createdAt: now.getTime() });
}

/** Ends what the account has open: by which credential each came in is not told apart. @throws not-found (reason `key`) */
export async function takeKey(
  transaction: Transaction,
  accountId: string,
  fingerprint: string,
): Promise<void> {
  const key = (await keysOf(transaction, accountId)).find((one) => one.fingerprint === fingerprint);
  if (!key)
    throw new StorageError('not-found', 'The account has no key of that fingerprint.', {
      reason: 'key',
      subject: fingerprint,
    });
  await deleteKey(transaction, key.id);
  await endSessions(transaction, accountId);
}
