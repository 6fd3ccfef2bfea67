import type { Knex } from 'knex';
import { StorageError } from '../errors.js';
import type { TransactionSettings } from './sqlite.js';

type Transaction = Knex.Transaction;

/** Units of work that wait at the same moment go out in one transaction, with one sync. */
const MAX_JOBS = 64;

/** Runs units of work on one writing connection, in the order they were asked for. */
export interface Writer {
  /**
   * Resolves when the work is committed; what the work throws rolls back this work alone.
   * @throws CommitError when the database failed at the very end: whether the disk has it is not known, so nobody tries again
   */
  run<Result>(
    work: (transaction: Transaction) => Promise<Result>,
    settings: TransactionSettings,
  ): Promise<Result>;
}

/** The commit itself failed, its sync perhaps: a second one that succeeds would prove nothing. `cause` is the driver's error. */
export class CommitError extends Error {
  constructor(cause: unknown) {
    super('The database could not commit.', { cause });
  }
}

interface Job {
  readonly isDurable: boolean;
  /** Runs the work and keeps its outcome. @throws what the work threw unless it is a refusal */
  attempt(transaction: Transaction, isAlone: boolean): Promise<void>;
  /** Tells who asked, once the transaction is committed. */
  settle(): void;
  fail(error: unknown): void;
}

/** A queue before the writing handle. */
export function createWriter(knex: Knex): Writer {
  const waiting: Job[] = [];
  let isRunning = false;

  async function pump(): Promise<void> {
    while (waiting.length > 0) await runTogether(knex, waiting.splice(0, MAX_JOBS));
    isRunning = false;
  }

  return {
    run(work, { isDurable }) {
      return new Promise((resolve, reject) => {
        waiting.push(createJob(work, isDurable, resolve, reject));
        if (isRunning) return;
        isRunning = true;
        void pump();
      });
    },
  };
}

/** Every job is settled when this resolves; it never rejects. */
async function runTogether(knex: Knex, jobs: readonly Job[]): Promise<void> {
  const isDurable = jobs.some((job) => job.isDurable);
  const isAlone = jobs.length === 1;
  let cameToCommit = false;
  try {
    const settings: TransactionSettings = { isDurable };
    await knex.transaction(async (transaction) => {
      for (const job of jobs) await job.attempt(transaction, isAlone);
      cameToCommit = true;
    }, settings);
  } catch (error) {
    if (cameToCommit) {
      // SQLite may leave the transaction open; the next BEGIN would fail for ever.
      await knex.raw('ROLLBACK').catch(() => undefined);
      return failAll(jobs, new CommitError(error));
    }
    if (isAlone) return failAll(jobs, error);
    // One of them broke the transaction for all, and nothing of it is kept: now each stands for itself.
    for (const job of jobs) await runTogether(knex, [job]);
    return;
  }
  for (const job of jobs) job.settle();
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
        const result = await (isAlone ? work(transaction) : transaction.transaction(work));
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
