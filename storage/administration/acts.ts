import type { Passwords } from '../accounts/passwords.js';
import { sessionEnded } from '../accounts/session-hub.js';
import type { Tokens } from '../accounts/tokens.js';
import { recordActivity } from '../activity.js';
import type { Clock } from '../clock.js';
import { StorageError } from '../errors.js';
import { findAccountById } from '../metadata/accounts.js';
import type { Database, Transaction } from '../metadata/database.js';
import { bumpEpoch } from '../metadata/epochs.js';
import type { ActivityAction, Session } from '../model.js';

export interface AdministrationParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly passwords: Passwords;
  readonly tokens: Tokens;
  /** Called after each act, once it is durable: what it revoked is ended before the act resolves. */
  readonly changed: () => Promise<void>;
}

/** An administrator's session, or whoever can read the master key at the console. */
export type Actor = Session | 'operator';

/** What an act's line in the history says besides who did it. */
export interface ActLine {
  readonly action: ActivityAction;
  readonly subject?: string | undefined;
  readonly group?: { readonly id: string; readonly name: string } | undefined;
  readonly target?: string | undefined;
}

/** One administrative act on its way, inside its transaction. */
export interface Act {
  readonly transaction: Transaction;
  readonly now: Date;
  record(line: ActLine): Promise<void>;
}

/** What every administrative act goes through. */
export interface Acts {
  readonly parts: AdministrationParts;
  readonly actor: Actor;
  /** @throws unauthenticated once the actor's session ended */
  assertLive(): void;
  /**
   * Runs an act in one transaction that every process is told of. The actor is checked in the same transaction.
   * @throws unauthenticated when his session ended, forbidden when he administers no more
   */
  perform<Result>(work: (act: Act) => Promise<Result>): Promise<Result>;
  /** @throws forbidden for what only the operator's console may do: nobody on the pages chooses another's password */
  assertOperator(): void;
}

export function createActs(parts: AdministrationParts, actor: Actor): Acts {
  const { database, clock, changed } = parts;
  return {
    parts,
    actor,
    assertLive() {
      if (actor !== 'operator' && actor.signal.aborted) throw sessionEnded();
    },
    async perform(work) {
      const result = await database.write(async (transaction) => {
        await assertStillAdministrator(transaction, actor);
        await bumpEpoch(transaction);
        const now = clock.now();
        return work({ transaction, now, record: (line) => record(transaction, actor, now, line) });
      });
      await changed();
      return result;
    },
    assertOperator() {
      if (actor !== 'operator')
        throw new StorageError('forbidden', 'A password is chosen by its owner.', { reason: 'own-password' });
    },
  };
}

async function assertStillAdministrator(transaction: Transaction, actor: Actor): Promise<void> {
  if (actor === 'operator') return;
  const account = await findAccountById(transaction, actor.account.id);
  if (account?.state !== 'active' || account.epoch !== actor.accountEpoch) throw sessionEnded();
  if (!account.isAdministrator) throw new StorageError('forbidden', 'This is for administrators.');
}

async function record(transaction: Transaction, actor: Actor, at: Date, line: ActLine): Promise<void> {
  const session = actor === 'operator' ? undefined : actor;
  await recordActivity(transaction, [
    {
      at,
      action: line.action,
      outcome: 'ok',
      door: session?.origin.door ?? 'command',
      accountId: session?.account.id ?? null,
      groupId: line.group?.id ?? null,
      entryId: null,
      versionId: null,
      sizeBytes: null,
      personal: {
        account: session?.account.login,
        accountName: session?.account.name,
        address: session?.origin.address,
        group: line.group?.name,
        subject: line.subject,
        target: line.target,
      },
    },
  ]);
}
