import { createHash, createHmac } from 'node:crypto';
import type { Clock } from '../clock.js';
import type { LinkState } from '../enrolment.js';
import { StorageError } from '../errors.js';
import { newId } from '../ids.js';
import type { Connection, Transaction } from '../metadata/database.js';
import {
  findTokenByHash,
  insertToken,
  latestToken,
  revokeTokens,
  type TokenPurpose,
  type TokenRecord,
  useToken,
} from '../metadata/tokens.js';

const HOUR_MS = 3_600_000;
const LIFETIME_MS: Record<TokenPurpose, number> = {
  'set-up': HOUR_MS,
  invitation: 7 * 24 * HOUR_MS,
  'password-reset': HOUR_MS,
};

/** The facts a token is computed from. */
export interface TokenFacts {
  readonly id: string;
  readonly purpose: TokenPurpose;
  /** Null for the set-up link. */
  readonly accountId: string | null;
  readonly generation: number;
}

/** Issues and looks up the links of mails. None of the methods that read changes anything. */
export interface Tokens {
  /** A new token; former ones of the same purpose and account stop working. */
  issue(transaction: Transaction, purpose: TokenPurpose, accountId: string | null): Promise<IssuedToken>;
  find(db: Connection, purpose: TokenPurpose, token: string): Promise<FoundToken>;
  /** Uses it up. @throws gone (reason `used` or `expired`) when it was used, revoked or ran out meanwhile */
  consume(transaction: Transaction, id: string): Promise<void>;
  /** Ends the unused tokens of an account. */
  revoke(transaction: Transaction, purpose: TokenPurpose, accountId: string): Promise<void>;
  /** When the last one was issued, or null. */
  lastIssuedAt(db: Connection, purpose: TokenPurpose, accountId: string): Promise<Date | null>;
}

export interface IssuedToken {
  readonly id: string;
  readonly token: string;
  readonly expiresAt: Date;
}

export type FoundToken =
  | { readonly state: 'unknown' }
  | { readonly state: Exclude<LinkState, 'unknown'>; readonly id: string; readonly accountId: string | null };

/** 256 bits, base64url: the mail worker computes it anew at each attempt, so that no table ever holds it. */
export function computeToken(key: Buffer, { id, purpose, accountId, generation }: TokenFacts): string {
  return createHmac('sha256', key)
    .update([id, purpose, accountId ?? '', generation].join('\0'))
    .digest('base64url');
}

/** `key` is derived from the master key for this use alone. */
export function createTokens(key: Buffer, clock: Clock): Tokens {
  return {
    async issue(transaction, purpose, accountId) {
      const now = clock.now();
      const former = await latestToken(transaction, purpose, accountId);
      await revokeTokens(transaction, purpose, accountId, now.getTime());
      const facts = { id: newId(now), purpose, accountId, generation: (former?.generation ?? 0) + 1 };
      const token = computeToken(key, facts);
      const expiresAt = now.getTime() + LIFETIME_MS[purpose];
      await insertToken(transaction, {
        id: facts.id,
        purpose,
        account_id: accountId,
        generation: facts.generation,
        token_hash: hashOf(token),
        created_at: now.getTime(),
        expires_at: expiresAt,
      });
      return { id: facts.id, token, expiresAt: new Date(expiresAt) };
    },
    async find(db, purpose, token) {
      const row = await findTokenByHash(db, hashOf(token));
      if (row?.purpose !== purpose) return { state: 'unknown' };
      return { state: stateOf(row, clock.now().getTime()), id: row.id, accountId: row.account_id };
    },
    async consume(transaction, id) {
      if (!(await useToken(transaction, id, clock.now().getTime()))) throw linkGone('used');
    },
    revoke: (transaction, purpose, accountId) =>
      revokeTokens(transaction, purpose, accountId, clock.now().getTime()),
    async lastIssuedAt(db, purpose, accountId) {
      const row = await latestToken(db, purpose, accountId);
      return row ? new Date(row.created_at) : null;
    },
  };
}

/** The refusal of a link that does not work, or no longer. */
export function linkGone(reason: Exclude<LinkState, 'valid'>): StorageError {
  return new StorageError('gone', 'This link does not work any more.', { reason });
}

/** A revoked link is called expired: a younger one took its place. */
function stateOf(row: TokenRecord, now: number): Exclude<LinkState, 'unknown'> {
  if (row.used_at !== null) return 'used';
  return row.revoked_at !== null || row.expires_at <= now ? 'expired' : 'valid';
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
