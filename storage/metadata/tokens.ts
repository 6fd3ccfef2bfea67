import type { Knex } from 'knex';
import type { Transaction } from './database.js';

export type TokenPurpose = 'set-up' | 'invitation' | 'password-reset';

/** A link that stands in for a password; instants in milliseconds since 1970. */
export interface TokenRecord {
  readonly id: string;
  readonly purpose: TokenPurpose;
  /** Null for the set-up link. */
  readonly account_id: string | null;
  readonly generation: number;
  /** SHA-256 of the token, hexadecimal; the token itself is stored nowhere. */
  readonly token_hash: string;
  readonly created_at: number;
  readonly expires_at: number;
  readonly used_at: number | null;
  readonly revoked_at: number | null;
}

export async function insertToken(
  transaction: Transaction,
  row: Omit<TokenRecord, 'used_at' | 'revoked_at'>,
): Promise<void> {
  await transaction('tokens').insert(row);
}

export async function findTokenByHash(db: Knex, tokenHash: string): Promise<TokenRecord | undefined> {
  return db('tokens').where('token_hash', tokenHash).first();
}

export async function findToken(db: Knex, id: string): Promise<TokenRecord | undefined> {
  return db('tokens').where('id', id).first();
}

/** The youngest token of that purpose, whatever became of it. */
export async function latestToken(
  db: Knex,
  purpose: TokenPurpose,
  accountId: string | null,
): Promise<TokenRecord | undefined> {
  return db('tokens').where({ purpose, account_id: accountId }).orderBy('generation', 'desc').first();
}

/** Ends the links of that purpose that nobody used yet. */
export async function revokeTokens(
  transaction: Transaction,
  purpose: TokenPurpose,
  accountId: string | null,
  revokedAt: number,
): Promise<void> {
  await transaction('tokens')
    .where({ purpose, account_id: accountId })
    .whereNull('used_at')
    .whereNull('revoked_at')
    .update({ revoked_at: revokedAt });
}

/** Uses a token up, once: @returns false when it was used, revoked or ran out meanwhile. */
export async function useToken(transaction: Transaction, id: string, usedAt: number): Promise<boolean> {
  const used = await transaction('tokens')
    .where('id', id)
    .whereNull('used_at')
    .whereNull('revoked_at')
    .where('expires_at', '>', usedAt)
    .update({ used_at: usedAt });
  return used === 1;
}
