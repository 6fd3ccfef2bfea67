import { randomBytes } from 'node:crypto';
import { createCredentialCache } from '../../storage/accounts/credential-cache.js';
import { createEnrolment } from '../../storage/accounts/enrolment.js';
import { createEpochWatch } from '../../storage/accounts/epoch-watch.js';
import { createPasswords } from '../../storage/accounts/passwords.js';
import { createSessionHub } from '../../storage/accounts/session-hub.js';
import { createAccess } from '../../storage/accounts/sign-in.js';
import { computeToken, createTokens } from '../../storage/accounts/tokens.js';
import { createAdministration } from '../../storage/administration/create-administration.js';
import type { Clock } from '../../storage/clock.js';
import type { Database } from '../../storage/metadata/database.js';
import { findToken } from '../../storage/metadata/tokens.js';
import type { Door, Origin, Session } from '../../storage/model.js';

export const GOOD_PASSWORD = 'Giboulée de mars 7!';
export const OTHER_PASSWORD = 'Vent-du-nord, 12 m/s';

/** Time that stands still until it is moved. */
export interface MovableClock extends Clock {
  advance(milliseconds: number): void;
}

export function movableClock(): MovableClock {
  let now = Date.UTC(2026, 5, 1, 8);
  return {
    now: () => new Date(now),
    advance: (milliseconds) => {
      now += milliseconds;
    },
  };
}

export function from(door: Door, address = '192.0.2.10'): Origin {
  return { door, address };
}

/** Accounts, enrolment and administration wired as the appliance wires them. Hashes are cheap, but argon2id. */
export async function createHouse(database: Database) {
  const clock = movableClock();
  const passwords = createPasswords({ memoryKib: 1024, passes: 2 });
  const cache = createCredentialCache(clock);
  const hub = createSessionHub();
  const tokenKey = randomBytes(32);
  const tokens = createTokens(tokenKey, clock);
  const watch = createEpochWatch({ database, hub, cache, onChange: () => {}, intervalMs: 20 });
  const parts = { database, clock, passwords, tokens, changed: () => watch.now() };
  const operator = createAdministration(parts, 'operator');

  return {
    ...{ database, clock, passwords, cache, hub, watch, operator },
    access: createAccess({ database, clock, passwords, cache, hub }),
    enrolment: createEnrolment(parts),
    administer: (session: Session) => createAdministration(parts, session),
    /** Administration of another process: nothing here hears of it but through the database. */
    elsewhere: () => createAdministration({ ...parts, changed: async () => {} }, 'operator'),

    addPerson: (address: string, settings: { isAdministrator?: boolean } = {}) =>
      operator.createPerson({ address, name: address, side: 'house', password: GOOD_PASSWORD, ...settings }),

    /** What was queued, oldest first, with the link's token as the mail worker computes it. */
    async mails() {
      const rows: { template: string; account_id: string; group_id: string | null; props: string }[] =
        await database.reader('outbox').orderBy('id').select('template', 'account_id', 'group_id', 'props');
      return Promise.all(
        rows.map(async ({ template, account_id, group_id, props }) => {
          const fields: Record<string, string> = JSON.parse(props);
          const row =
            fields.tokenId === undefined ? undefined : await findToken(database.reader, fields.tokenId);
          const token = row && computeToken(tokenKey, { ...row, accountId: row.account_id });
          return { template, accountId: account_id, groupId: group_id, token: token ?? '' };
        }),
      );
    },

    /** The history, oldest first, as `action account→subject`. */
    async lines() {
      return (await operator.activity({ after: 0, order: 'asc', limit: 500 })).map((row) =>
        [
          row.action,
          row.protocol,
          row.account ?? '-',
          row.subject ?? '-',
          row.reason ?? row.target ?? 'ok',
        ].join(' '),
      );
    },
  };
}

export type House = Awaited<ReturnType<typeof createHouse>>;
