import { StorageError } from './errors.js';
import type { Foundations } from './foundations.js';
import type { Transaction } from './metadata/database.js';
import { CommitError } from './metadata/database-errors.js';
import { nameKey } from './names.js';
import { formatPath, lastSegment, parentOf } from './paths.js';
import { type Publication, type Published, publishTogether } from './publication.js';
import { createRecipients } from './recipients.js';

/** The one way a deposit is published. Shared by all sessions, so that deposits that wait together go out together. */
export interface Deposits {
  /**
   * Resolves when entry, version, quota, activity and mail are durable, all or none.
   * @throws what admission throws, no-space (reason `quota`), aborted when the upload was ended meanwhile,
   * precondition-failed (reason `base-changed`), CommitError when nobody can tell whether the disk has it
   */
  publish(publication: Publication): Promise<Published>;
}

/** As many go into one transaction at most. */
const MAX_TOGETHER = 64;

interface Waiting {
  readonly publication: Publication;
  /** Two of the same name in one folder are published one after the other. */
  readonly key: string;
  resolve(published: Published): void;
  reject(error: unknown): void;
}

/** A queue that is emptied as fast as the disk commits: whoever comes during one commit shares the next. */
export function createDeposits(
  foundations: Pick<Foundations, 'database' | 'quietWindow' | 'clock'>,
): Deposits {
  const { database } = foundations;
  const recipients = createRecipients();
  let waiting: Waiting[] = [];
  let isRunning = false;

  async function pump(): Promise<void> {
    while (waiting.length > 0) {
      const { batch, rest } = takeBatch(waiting);
      waiting = rest;
      await publishBatch(batch);
    }
    isRunning = false;
  }

  /** Settles every one of them; never rejects. */
  async function publishBatch(batch: readonly Waiting[]): Promise<void> {
    const publications = batch.map((one) => one.publication);
    const publish = (transaction: Transaction) =>
      publishTogether(transaction, { ...foundations, recipients }, publications);
    try {
      const outcomes = await database.write(publish);
      for (const [index, one] of batch.entries()) settle(one, outcomes[index]);
    } catch (error) {
      if (batch.length === 1 || error instanceof CommitError) for (const one of batch) one.reject(error);
      // A constraint of one of them undid all: each stands for itself now.
      else for (const one of batch) await publishBatch([one]);
    }
  }

  return {
    publish(publication) {
      return new Promise((resolve, reject) => {
        const { path } = publication;
        const key = `${formatPath(parentOf(path))}/${nameKey(lastSegment(path))}`;
        waiting.push({ publication, key, resolve, reject });
        if (isRunning) return;
        isRunning = true;
        void pump();
      });
    },
  };
}

function takeBatch(waiting: readonly Waiting[]): { batch: Waiting[]; rest: Waiting[] } {
  const keys = new Set<string>();
  const batch: Waiting[] = [];
  const rest: Waiting[] = [];
  for (const one of waiting) {
    const isFirst = !keys.has(one.key);
    keys.add(one.key);
    if (isFirst && batch.length < MAX_TOGETHER) batch.push(one);
    else rest.push(one);
  }
  return { batch, rest };
}

function settle(one: Waiting, outcome: Published | StorageError | undefined): void {
  if (outcome && !(outcome instanceof StorageError)) one.resolve(outcome);
  else one.reject(outcome ?? new Error('A deposit had no outcome.'));
}
