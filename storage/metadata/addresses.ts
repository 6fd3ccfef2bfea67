import type { Knex } from 'knex';
import type { Transaction } from './database.js';

export interface NewAddress {
  readonly id: string;
  readonly accountId: string;
  /** As people write it, lower-cased. */
  readonly address: string;
  /** The canonical form, unique over all accounts. */
  readonly addressKey: string;
}

/** The main address of an account: mail goes there, and it is the login. */
export async function insertMainAddress(transaction: Transaction, address: NewAddress): Promise<void> {
  await transaction('addresses').insert({
    id: address.id,
    account_id: address.accountId,
    address: address.address,
    address_key: address.addressKey,
    is_main: true,
  });
}

/** Where an account's mail goes; null for a service account. */
export async function mainAddress(db: Knex, accountId: string): Promise<string | null> {
  const row = await db('addresses').where({ account_id: accountId, is_main: true }).first('address');
  return row?.address ?? null;
}
