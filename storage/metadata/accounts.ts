import type { Knex } from 'knex';
import type { AccountState, AccountView } from '../model.js';
import type { Transaction } from './database.js';

export interface AccountRecord extends AccountView {
  readonly epoch: number;
  readonly ownerAccountId: string | null;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly activatedAt: number | null;
  readonly lastSignInAt: number | null;
}

export interface AccountListing extends AccountRecord {
  readonly ownerLogin: string | null;
  readonly groupCount: number;
}

export type NewAccount = Omit<AccountRecord, 'epoch' | 'lastSignInAt'>;

interface AccountChange {
  readonly state?: AccountState;
  readonly activatedAt?: number;
  readonly lastSignInAt?: number;
}

const COLUMNS = {
  id: 'account.id',
  kind: 'account.kind',
  login: 'account.login',
  name: 'account.name',
  side: 'account.side',
  state: 'account.state',
  isAdministrator: 'account.is_administrator',
  language: 'account.language',
  epoch: 'account.epoch',
  ownerAccountId: 'account.owner_account_id',
  createdAt: 'account.created_at',
  activatedAt: 'account.activated_at',
  lastSignInAt: 'account.last_sign_in_at',
} as const;

/** SQLite has no booleans: 0 and 1 come back. */
type Stored<Row> = Omit<Row, 'isAdministrator'> & { readonly isAdministrator: boolean | number };

export async function insertAccount(transaction: Transaction, account: NewAccount): Promise<void> {
  await transaction('accounts').insert({
    id: account.id,
    kind: account.kind,
    login: account.login,
    name: account.name,
    side: account.side,
    state: account.state,
    is_administrator: account.isAdministrator,
    language: account.language,
    owner_account_id: account.ownerAccountId,
    created_at: account.createdAt,
    activated_at: account.activatedAt,
  });
}

/** By login, or by any address of the account in its canonical form (addresses.ts, `addressKey`). */
export async function findAccount(
  db: Knex,
  login: string,
  addressKey: string,
): Promise<AccountRecord | undefined> {
  const row: Stored<AccountRecord> | undefined = await db('accounts as account')
    .where('account.login', login)
    .orWhereIn('account.id', db('addresses').where('address_key', addressKey).select('account_id'))
    .first(COLUMNS);
  return row && restored(row);
}

export async function findAccountById(db: Knex, id: string): Promise<AccountRecord | undefined> {
  const row: Stored<AccountRecord> | undefined = await db('accounts as account')
    .where('account.id', id)
    .first(COLUMNS);
  return row && restored(row);
}

/** All accounts by login, or the one with that id, with what a list shows of them. */
export async function listAccounts(db: Knex, id?: string): Promise<readonly AccountListing[]> {
  const query = db('accounts as account')
    .leftJoin('accounts as owner', 'owner.id', 'account.owner_account_id')
    .orderBy('account.login')
    .select(
      COLUMNS,
      'owner.login as ownerLogin',
      db('memberships').where('account_id', db.ref('account.id')).count('id').as('groupCount'),
    );
  const rows: readonly Stored<AccountListing>[] = await (id === undefined
    ? query
    : query.where('account.id', id));
  return rows.map(restored);
}

function restored<Row extends Stored<AccountRecord>>(row: Row): Row & { readonly isAdministrator: boolean } {
  return { ...row, isAdministrator: Boolean(row.isAdministrator) };
}

export async function updateAccount(
  transaction: Transaction,
  id: string,
  change: AccountChange,
): Promise<void> {
  await transaction('accounts')
    .where('id', id)
    .update({
      ...(change.state !== undefined && { state: change.state }),
      ...(change.activatedAt !== undefined && { activated_at: change.activatedAt }),
      ...(change.lastSignInAt !== undefined && { last_sign_in_at: change.lastSignInAt }),
    });
}

/** Ends what the account has open: sessions carry the epoch they began with. */
export async function bumpAccountEpoch(transaction: Transaction, id: string): Promise<void> {
  await transaction('accounts').where('id', id).increment('epoch', 1);
}

/** Epoch and state of some accounts; unknown ids are left out. */
export async function accountStandings(
  db: Knex,
  ids: readonly string[],
): Promise<ReadonlyMap<string, { readonly epoch: number; readonly state: AccountState }>> {
  const standings = new Map<string, { epoch: number; state: AccountState }>();
  for (let start = 0; start < ids.length; start += IDS_PER_QUERY) {
    const rows: readonly { id: string; epoch: number; state: AccountState }[] = await db('accounts')
      .whereIn('id', ids.slice(start, start + IDS_PER_QUERY))
      .select('id', 'epoch', 'state');
    for (const { id, epoch, state } of rows) standings.set(id, { epoch, state });
  }
  return standings;
}

const IDS_PER_QUERY = 500;
