import { StorageError } from './errors.js';
import { CommitError } from './metadata/database-errors.js';

/** A queue that is emptied as fast as the disk commits: whoever comes during one commit shares the next. */
export interface Batches<Item, Outcome> {
  /** Resolves when the item's batch is committed. @throws its own refusal, or what its batch failed with */
  submit(item: Item): Promise<Outcome>;
}

export interface BatchOptions<Item, Outcome> {
  /** As many go into one transaction at most. */
  readonly maxItems: number;
  /** Items of one key are committed one after the other; without it all may go together. */
  keyOf?(item: Item): string;
  /** One transaction for all of them. @returns outcomes in their order; a StorageError refuses its own item alone */
  commit(items: readonly Item[]): Promise<readonly (Outcome | StorageError)[]>;
}

interface Waiting<Item, Outcome> {
  readonly item: Item;
  settle(outcome: Outcome | StorageError): void;
  fail(error: unknown): void;
}

/** An empty queue. */
export function createBatches<Item, Outcome>(options: BatchOptions<Item, Outcome>): Batches<Item, Outcome> {
  let waiting: Waiting<Item, Outcome>[] = [];
  let isRunning = false;

  async function pump(): Promise<void> {
    while (waiting.length > 0) {
      const { batch, rest } = takeBatch(waiting, options);
      waiting = rest;
      await commit(batch);
    }
    isRunning = false;
  }

  /** Settles every one of them; never rejects. */
  async function commit(batch: readonly Waiting<Item, Outcome>[]): Promise<void> {
    try {
      const outcomes = await options.commit(batch.map(({ item }) => item));
      for (const [index, one] of batch.entries()) one.settle(outcomes[index] ?? noOutcome());
    } catch (error) {
      if (batch.length === 1 || error instanceof CommitError) for (const one of batch) one.fail(error);
      // One of them undid all: each stands for itself now.
      else for (const one of batch) await commit([one]);
    }
  }

  return {
    submit(item) {
      return new Promise((resolve, reject) => {
        const settle = (outcome: Outcome | StorageError) =>
          outcome instanceof StorageError ? reject(outcome) : resolve(outcome);
        waiting.push({ item, settle, fail: reject });
        if (isRunning) return;
        isRunning = true;
        void pump();
      });
    },
  };
}

function takeBatch<Item, Outcome>(
  waiting: readonly Waiting<Item, Outcome>[],
  { maxItems, keyOf }: BatchOptions<Item, Outcome>,
) {
  const keys = new Set<unknown>();
  const batch: Waiting<Item, Outcome>[] = [];
  const rest: Waiting<Item, Outcome>[] = [];
  for (const one of waiting) {
    const key = keyOf ? keyOf(one.item) : one;
    const isFirst = !keys.has(key);
    keys.add(key);
    if (isFirst && batch.length < maxItems) batch.push(one);
    else rest.push(one);
  }
  return { batch, rest };
}

function noOutcome(): StorageError {
  return new StorageError('aborted', 'The batch had no outcome for this.');
}
