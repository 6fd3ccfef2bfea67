import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../clock.js';
import { type AccountRecord, findAccountById } from '../metadata/accounts.js';
import type { Database, Transaction } from '../metadata/database.js';
import {
  deleteEndedSessions,
  deleteSession,
  findSession,
  insertSession,
  type SessionRecord,
  touchSession,
} from '../metadata/sessions.js';
import type { Origin } from '../model.js';

const IDLE_MS = 30 * 60_000;
const ABSOLUTE_MS = 12 * 3_600_000;
const TOUCH_EVERY_MS = 60_000;
const MAX_USER_AGENT_LENGTH = 300;

/** Sessions of the pages: a random secret in a cookie, its SHA-256 in the database. */
export interface WebSessions {
  /** @returns the row's id and the secret for the cookie, 256 bits in base64url */
  begin(
    transaction: Transaction,
    account: AccountRecord,
    origin: Origin,
  ): Promise<{ id: string; secret: string }>;
  /** The account of a session that still lasts; undefined when it ended, by time or because the account changed. */
  resume(secret: string): Promise<{ readonly id: string; readonly account: AccountRecord } | undefined>;
  /** @returns whether it was still there */
  end(transaction: Transaction, id: string): Promise<boolean>;
}

export function createWebSessions(database: Database, clock: Clock): WebSessions {
  return {
    async begin(transaction, account, origin) {
      const now = clock.now().getTime();
      const secret = randomBytes(32).toString('base64url');
      const id = idOf(secret);
      await deleteEndedSessions(transaction, now);
      await insertSession(transaction, {
        id,
        account_id: account.id,
        account_epoch: account.epoch,
        created_at: now,
        last_seen_at: now,
        expires_at: now + ABSOLUTE_MS,
        address: origin.address,
        user_agent: origin.userAgent?.slice(0, MAX_USER_AGENT_LENGTH) ?? null,
      });
      return { id, secret };
    },
    async resume(secret) {
      const now = clock.now().getTime();
      const row = await findSession(database.reader, idOf(secret));
      if (!row || hasEnded(row, now)) return undefined;
      const account = await findAccountById(database.reader, row.account_id);
      if (account?.state !== 'active' || account.epoch !== row.account_epoch) return undefined;
      if (now - row.last_seen_at >= TOUCH_EVERY_MS)
        await database.write((transaction) => touchSession(transaction, row.id, now));
      return { id: row.id, account };
    },
    end: (transaction, id) => deleteSession(transaction, id),
  };
}

/** By its absolute end, or for want of use. */
export function hasEnded(row: SessionRecord, now: number): boolean {
  return row.expires_at <= now || row.last_seen_at + IDLE_MS <= now;
}

function idOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
