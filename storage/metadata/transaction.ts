import type { Knex } from 'knex';

declare const inTransaction: unique symbol;

/** A handle whose statements are part of one transaction. */
export type Transaction = Knex & { readonly [inTransaction]: true };

/** Marks a handle of knex's own transaction. */
export function asTransaction(knex: Knex): Transaction {
  return knex as Transaction;
}

/** A writing handle as it is lent to a unit of work. */
export interface LentTransaction {
  readonly transaction: Transaction;
  /** What is asked of it from here on throws: it would become part of somebody else's transaction. */
  end(): void;
}

/** Lends a handle that has one connection, on which a transaction was begun. */
export function lendTransaction(knex: Knex): LentTransaction {
  let isOver = false;
  const assertOpen = () => {
    if (isOver) throw new Error('This transaction is over.');
  };
  const transaction = new Proxy(knex, {
    apply(target, self, values) {
      assertOpen();
      return Reflect.apply(target, self, values);
    },
    get(target, key) {
      assertOpen();
      return Reflect.get(target, key);
    },
  });
  return {
    transaction: asTransaction(transaction),
    end() {
      isOver = true;
    },
  };
}
