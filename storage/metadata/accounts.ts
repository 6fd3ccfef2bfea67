import type { Knex } from 'knex';
import type { AccountState, AccountView, Role } from '../model.js';
import type { Transaction } from './database.js';

export interface AccountRecord extends AccountView {
  readonly epoch: number;
  readonly ownerAccountId: string | null;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly activatedAt: number | null;
  readonly lastSignInAt: number | null;
  readonly keysOnly: boolean;
  /** JSON, as account-limits.ts reads it. */
  readonly networks: string | null;
  readonly onlyGroupId: string | null;
  readonly onlyRole: Role | null;
}

export interface AccountListing extends AccountRecord {
  readonly ownerLogin: string | null;
  readonly groupCount: number;
  readonly onlyGroup: string | null;
}

export type NewAccount = Omit<AccountRecord, 'epoch' | 'lastSignInAt' | keyof AccountLimits>;

/** What a service account may do less than others; null, or false, is no limit. */
export type AccountLimits = Pick<AccountRecord, 'keysOnly' | 'networks' | 'onlyGroupId' | 'onlyRole'>;

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
  keysOnly: 'account.keys_only',
  networks: 'account.networks',
  onlyGroupId: 'account.only_group_id',
  onlyRole: 'account.only_role',
} as const;

/** SQLite has no booleans: 0 and 1 come back. */
type Stored<Row> = Omit<Row, Flag> & { readonly [flag in Flag]: boolean | number };
type Flag = 'isAdministrator' | 'keysOnly';

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
    .leftJoin('groups as only_group', 'only_group.id', 'account.only_group_id')
    .orderBy('account.login')
    .select(
      COLUMNS,
      'owner.login as ownerLogin',
      'only_group.name as onlyGroup',
      db('memberships').where('account_id', db.ref('account.id')).count('id').as('groupCount'),
    );
  const rows: readonly Stored<AccountListing>[] = await (id === undefined
    ? query
    : query.where('account.id', id));
  return rows.map(restored);
}

function restored<Row extends Stored<AccountRecord>>(row: Row): Row & { readonly [flag in Flag]: boolean } {
  return { ...row, isAdministrator: Boolean(row.isAdministrator), keysOnly: Boolean(row.keysOnly) };
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

export async function setLimits(transaction: Transaction, id: string, limits: AccountLimits): Promise<void> {
  await transaction('accounts').where('id', id).update({
    keys_only: limits.keysOnly,
    networks: limits.networks,
    only_group_id: limits.onlyGroupId,
    only_role: limits.onlyRole,
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
