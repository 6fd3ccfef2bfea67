import type { Knex } from 'knex';
import { StorageError } from '../errors.js';
import { CommitError, databaseFailure, notTaking } from './database-errors.js';
import { changesOf, rowsOf } from './statements.js';
import { lendTransaction, type Transaction } from './transaction.js';

/** Units of work that wait at the same moment go out in one transaction, with one sync. */
const MAX_JOBS = 64;

/** `isDurable` false: committed without a sync of its own. */
export interface TransactionSettings {
  readonly isDurable: boolean;
}

/** Runs units of work on one writing connection, in the order they were asked for. */
export interface Writer {
  /** A commit failed, and the write-ahead log could not be folded into the file since: nothing is written until it can. */
  isInDoubt(): boolean;
  /**
   * Resolves when the work is committed; what the work throws rolls back this work alone.
   * @throws CommitError when the database failed at the very end: whether the disk has it is not known, so nobody tries again;
   * no-space, unavailable (reason `database`)
   */
  run<Result>(
    work: (transaction: Transaction) => Promise<Result>,
    settings: TransactionSettings,
  ): Promise<Result>;
  /** Folds the write-ahead log into the file and empties it, as far as nobody reads it. */
  checkpoint(): Promise<void>;
}

interface Job {
  readonly isDurable: boolean;
  /** Runs the work and keeps its outcome. @throws what the work threw unless it is a refusal */
  attempt(transaction: Transaction, isAlone: boolean): Promise<void>;
  /** Tells who asked, once the transaction is committed. */
  settle(): void;
  fail(error: unknown): void;
}

/**
 * A queue before the writing handle, which has one connection and is used by nobody else. `onFault` is told of each commit that
 * fails and each mending that does.
 */
export function createWriter(knex: Knex, onFault: (error: unknown) => void): Writer {
  const waiting: Job[] = [];
  const transact = createTransactions(knex);
  let lastTurn: Promise<unknown> = Promise.resolve();
  let isRunning = false;
  let isInDoubt = false;

  async function pump(): Promise<void> {
    while (waiting.length > 0) {
      const jobs = waiting.splice(0, MAX_JOBS);
      await inTurn(async () => {
        const hindrance = isInDoubt ? await mend() : undefined;
        if (hindrance) failAll(jobs, hindrance);
        else await runTogether(jobs);
      });
    }
    isRunning = false;
  }

  function inTurn<Result>(act: () => Promise<Result>): Promise<Result> {
    const turn = lastTurn.then(act);
    lastTurn = turn.catch(() => {});
    return turn;
  }

  /** Every job is settled when this resolves; it never rejects. */
  async function runTogether(jobs: readonly Job[]): Promise<void> {
    const isAlone = jobs.length === 1;
    let cameToCommit = false;
    try {
      await transact({ isDurable: jobs.some((job) => job.isDurable) }, async (transaction) => {
        for (const job of jobs) await job.attempt(transaction, isAlone);
        cameToCommit = true;
      });
    } catch (error) {
      if (cameToCommit) return doubt(jobs, error);
      if (isAlone) return failAll(jobs, databaseFailure(error));
      // One of them broke the transaction for all, and nothing of it is kept: now each stands for itself.
      for (const job of jobs) await runTogether([job]);
      return;
    }
    for (const job of jobs) job.settle();
  }

  function doubt(jobs: readonly Job[], error: unknown): void {
    isInDoubt = true;
    onFault(error);
    failAll(jobs, new CommitError(error));
  }

  /**
   * After a failed sync the kernel may have dropped pages of the log that earlier, unsynced commits wrote: what came after them would
   * be lost with them in a power cut. The log is folded into the file, with syncs of its own, before anything else is written.
   */
  async function mend(): Promise<StorageError | undefined> {
    try {
      const [row] = await foldLog();
      if (row?.busy !== 0) throw new Error('The write-ahead log is still being read.');
      isInDoubt = false;
      return undefined;
    } catch (error) {
      onFault(error);
      return notTaking(error);
    }
  }

  const foldLog = () => rowsOf<{ busy: number }>(knex, 'PRAGMA wal_checkpoint(TRUNCATE)');

  return {
    isInDoubt: () => isInDoubt,
    run(work, { isDurable }) {
      return new Promise((resolve, reject) => {
        waiting.push(createJob(work, isDurable, resolve, reject));
        if (isRunning) return;
        isRunning = true;
        void pump();
      });
    },
    async checkpoint() {
      await inTurn(foldLog);
    },
  };
}

type Transact = (
  settings: TransactionSettings,
  work: (transaction: Transaction) => Promise<void>,
) => Promise<void>;

/**
 * Begins and commits by itself: a transaction object of knex's costs more than the statements of a deposit. BEGIN alone takes the
 * write lock at the first writing statement, which fails at once, whatever the busy timeout, if another process wrote in between;
 * BEGIN IMMEDIATE waits its turn.
 */
function createTransactions(knex: Knex): Transact {
  let syncLevel = '';
  return async ({ isDurable }, work) => {
    const level = isDurable ? 'FULL' : 'NORMAL';
    // A deposit's commit syncs the write-ahead log. Heeded from the next transaction on, and only outside of one.
    if (syncLevel !== level) await changesOf(knex, `PRAGMA synchronous = ${level}`);
    syncLevel = level;
    await changesOf(knex, 'BEGIN IMMEDIATE');
    const { transaction, end } = lendTransaction(knex);
    try {
      await work(transaction);
      end();
      await changesOf(knex, 'COMMIT');
    } catch (error) {
      end();
      // SQLite has rolled back by itself when the disk is why it failed, and may not have when COMMIT is what failed.
      await changesOf(knex, 'ROLLBACK').catch(() => undefined);
      throw error;
    }
  };
}

function failAll(jobs: readonly Job[], error: unknown): void {
  for (const job of jobs) job.fail(error);
}

function createJob<Result>(
  work: (transaction: Transaction) => Promise<Result>,
  isDurable: boolean,
  resolve: (result: Result) => void,
  reject: (error: unknown) => void,
): Job {
  let settle = () => {};
  return {
    isDurable,
    async attempt(transaction, isAlone) {
      try {
        const result = await (isAlone ? work(transaction) : inSavepoint(transaction, work));
        settle = () => resolve(result);
      } catch (error) {
        // A refusal undoes its own savepoint; after a fault of the database no one can tell what is left of the others.
        if (isAlone || !(error instanceof StorageError)) throw error;
        settle = () => reject(error);
      }
    },
    settle: () => settle(),
    fail: reject,
  };
}

async function inSavepoint<Result>(
  transaction: Transaction,
  work: (transaction: Transaction) => Promise<Result>,
): Promise<Result> {
  await changesOf(transaction, 'SAVEPOINT job');
  try {
    const result = await work(transaction);
    await changesOf(transaction, 'RELEASE job');
    return result;
  } catch (error) {
    // What is no refusal undoes all of them.
    if (!(error instanceof StorageError)) throw error;
    await changesOf(transaction, 'ROLLBACK TO job');
    await changesOf(transaction, 'RELEASE job');
    throw error;
  }
}
