import { setMaxListeners } from 'node:events';
import { StorageError } from '../errors.js';
import type { AccountState } from '../model.js';

/** Where an account stands in the database. */
export interface AccountStanding {
  readonly epoch: number;
  readonly state: AccountState;
}

/** Who is signed in, and the one way in which revocation travels back: an aborted signal. */
export interface SessionHub {
  /** One signal for all sessions of an account and epoch; aborted already for an epoch known to be over. */
  signalFor(accountId: string, epoch: number): AbortSignal;
  /**
   * Ends the sessions of accounts whose epoch moved on or that are no longer active; absent accounts are left alone. The signals'
   * reason is StorageError `unauthenticated`.
   */
  refresh(standings: ReadonlyMap<string, AccountStanding>): void;
  /** Ids of the accounts that have been signed in. */
  accounts(): readonly string[];
}

interface Watched {
  readonly epoch: number;
  readonly controller: AbortController;
}

export function createSessionHub(): SessionHub {
  const watched = new Map<string, Watched>();

  function start(accountId: string, epoch: number): AbortSignal {
    const former = watched.get(accountId);
    const controller = newController();
    // The epoch stays known: a sign-in that read the account just before cannot bring the former one back.
    watched.set(accountId, { epoch, controller });
    former?.controller.abort(sessionEnded());
    return controller.signal;
  }

  return {
    signalFor(accountId, epoch) {
      const current = watched.get(accountId);
      if (current?.epoch === epoch) return current.controller.signal;
      return current && current.epoch > epoch ? AbortSignal.abort(sessionEnded()) : start(accountId, epoch);
    },
    refresh(standings) {
      for (const [accountId, { epoch, state }] of standings) {
        const current = watched.get(accountId);
        if (current && (current.epoch !== epoch || state !== 'active')) start(accountId, epoch);
      }
    },
    accounts: () => [...watched.keys()],
  };
}

function newController(): AbortController {
  const controller = new AbortController();
  // Every socket and transfer of the account listens: hundreds are ordinary.
  setMaxListeners(0, controller.signal);
  return controller;
}

/** What whoever acts in a session that is over is told. */
export function sessionEnded(): StorageError {
  return new StorageError('unauthenticated', 'The session has ended.');
}
