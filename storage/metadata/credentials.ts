import type { Knex } from 'knex';
import type { Transaction } from './database.js';

export interface PasswordRecord {
  readonly id: string;
  /** PHC string, `$argon2id$…`. */
  readonly secretHash: string;
}

export interface NewKey {
  readonly id: string;
  readonly accountId: string;
  /** Base64 of the key blob, RFC 4253 section 6.6. */
  readonly publicKey: string;
  /** `SHA256:…` as ssh-keygen prints it. */
  readonly fingerprint: string;
  readonly label: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

export async function findPassword(db: Knex, accountId: string): Promise<PasswordRecord | undefined> {
  return db('credentials')
    .where({ account_id: accountId, kind: 'password' })
    .first({ id: 'id', secretHash: 'secret_hash' });
}

/** Sets the one password of an account, in place of the former. */
export async function replacePassword(
  transaction: Transaction,
  password: { id: string; accountId: string; secretHash: string; createdAt: number },
): Promise<void> {
  await transaction('credentials').where({ account_id: password.accountId, kind: 'password' }).delete();
  await transaction('credentials').insert({
    id: password.id,
    account_id: password.accountId,
    kind: 'password',
    secret_hash: password.secretHash,
    created_at: password.createdAt,
  });
}

/** Writes the same password under stronger parameters, unless it was changed meanwhile. */
export async function upgradePassword(
  transaction: Transaction,
  former: PasswordRecord,
  secretHash: string,
): Promise<void> {
  await transaction('credentials')
    .where({ id: former.id, secret_hash: former.secretHash })
    .update({ secret_hash: secretHash });
}

export async function insertKey(transaction: Transaction, key: NewKey): Promise<void> {
  await transaction('credentials').insert({
    id: key.id,
    account_id: key.accountId,
    kind: 'ssh-key',
    public_key: key.publicKey,
    fingerprint: key.fingerprint,
    label: key.label,
    created_at: key.createdAt,
  });
}

/** The account's credential of that very key, or nothing. */
export async function findKey(
  db: Knex,
  accountId: string,
  fingerprint: string,
  publicKey: string,
): Promise<{ readonly id: string } | undefined> {
  return db('credentials')
    .where({ account_id: accountId, kind: 'ssh-key', fingerprint, public_key: publicKey })
    .first('id');
}

export interface KeyRecord {
  readonly id: string;
  readonly publicKey: string;
  readonly fingerprint: string;
  readonly label: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly lastUsedAt: number | null;
}

/** The SSH keys of an account, the oldest first. */
export async function keysOf(db: Knex, accountId: string): Promise<readonly KeyRecord[]> {
  return db('credentials')
    .where({ account_id: accountId, kind: 'ssh-key' })
    .orderBy(['created_at', 'id'])
    .select({
      id: 'id',
      publicKey: 'public_key',
      fingerprint: 'fingerprint',
      label: 'label',
      createdAt: 'created_at',
      lastUsedAt: 'last_used_at',
    });
}

export async function deleteKey(transaction: Transaction, id: string): Promise<void> {
  await transaction('credentials').where({ id, kind: 'ssh-key' }).delete();
}

export async function markCredentialUsed(
  transaction: Transaction,
  id: string,
  usedAt: number,
): Promise<void> {
  await transaction('credentials').where('id', id).update({ last_used_at: usedAt });
}
