import type { Knex } from 'knex';
import type { Transaction } from './database.js';

const ID = 'installation';
const FIRST_HOUSE_NAME = 'PEPS';

export interface InstallationRecord {
  readonly houseName: string;
  /** Milliseconds since 1970; null until the first administrator can sign in, never null again. */
  readonly setUpAt: number | null;
}

export async function readInstallation(db: Knex): Promise<InstallationRecord> {
  const row: InstallationRecord | undefined = await db('installation')
    .where('id', ID)
    .first({ houseName: 'house_name', setUpAt: 'set_up_at' });
  return row ?? { houseName: FIRST_HOUSE_NAME, setUpAt: null };
}

/** Ends the set-up for ever: the first administrator can sign in. A later call changes nothing. */
export async function markSetUp(transaction: Transaction, setUpAt: number): Promise<void> {
  await ensureRow(transaction, setUpAt);
  await transaction('installation').where('id', ID).whereNull('set_up_at').update({ set_up_at: setUpAt });
}

/** How the house is called on pages and in mails. */
export async function setHouseName(transaction: Transaction, houseName: string, now: number): Promise<void> {
  await ensureRow(transaction, now);
  await transaction('installation').where('id', ID).update({ house_name: houseName });
}

async function ensureRow(transaction: Transaction, createdAt: number): Promise<void> {
  await transaction('installation')
    .insert({ id: ID, house_name: FIRST_HOUSE_NAME, created_at: createdAt })
    .onConflict('id')
    .ignore();
}
