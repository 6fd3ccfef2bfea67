import type { Knex } from 'knex';
import type { EntryState } from '../model.js';
import { isPrivateName, nameKey, sortKey } from '../names.js';
import type { Transaction } from './database.js';
import { insertRows, pagesOf, replacing } from './rows.js';

export type { EntryState };

/** An entry with its current version, if it has one. */
export interface EntryRecord {
  readonly id: string;
  readonly space_id: string;
  readonly parent_id: string | null;
  readonly kind: 'file' | 'directory';
  readonly name: string;
  readonly sort_key: string;
  readonly state: EntryState;
  readonly private_to: string;
  readonly owner_account_id: string | null;
  readonly version_id: string | null;
  readonly created_at: number;
  readonly modified_at: number;
  readonly blob_id: string | null;
  readonly size_bytes: number | null;
  readonly sha256: string | null;
  readonly deposited_at: number | null;
  readonly depositor_account_id: string | null;
  readonly depositor_name: string | null;
  readonly depositor_side: 'house' | 'partner' | null;
}

/** What an entry is shown by. */
export type ShownRecord = Pick<
  EntryRecord,
  | 'id'
  | 'kind'
  | 'state'
  | 'version_id'
  | 'created_at'
  | 'modified_at'
  | 'size_bytes'
  | 'sha256'
  | 'deposited_at'
  | 'depositor_account_id'
  | 'depositor_name'
  | 'depositor_side'
>;

export interface Step {
  readonly id: string;
  readonly name: string;
  readonly kind: 'file' | 'directory';
}

/** An entry's own columns. */
export const COLUMNS = [
  'id',
  'space_id',
  'parent_id',
  'kind',
  'name',
  'sort_key',
  'state',
  'private_to',
  'owner_account_id',
  'version_id',
  'created_at',
  'modified_at',
] as const;
/** Those of its current version, joined under `version`, and of who deposited it, under `depositor`. */
export const VERSION_COLUMNS = [
  'version.blob_id as blob_id',
  'version.size_bytes as size_bytes',
  'version.sha256 as sha256',
  'version.deposited_at as deposited_at',
  'version.depositor_account_id as depositor_account_id',
  'depositor.name as depositor_name',
  'depositor.side as depositor_side',
];
/** Both of a table alias `entry`, for a statement given as text, and the joins they need. */
export const WHOLE_ENTRY = [
  ...COLUMNS.map((column) => `entry.${column} AS ${column}`),
  ...VERSION_COLUMNS,
].join(', ');
export const WITH_VERSION = `LEFT JOIN versions AS version ON version.id = entry.version_id
  LEFT JOIN accounts AS depositor ON depositor.id = version.depositor_account_id`;

/** Adds an entry's own columns and those of its current version. */
export function wholeEntry(query: Knex.QueryBuilder, alias: string): Knex.QueryBuilder {
  return query
    .leftJoin('versions as version', 'version.id', `${alias}.version_id`)
    .leftJoin('accounts as depositor', 'depositor.id', 'version.depositor_account_id')
    .select([...COLUMNS.map((column) => `${alias}.${column} as ${column}`), ...VERSION_COLUMNS]);
}

/** Whoever holds a live name in a folder, seen or unseen. */
export async function findNameHolder(
  db: Knex,
  parentId: string,
  name: string,
  privateTo: string,
): Promise<EntryRecord | undefined> {
  return wholeEntry(db('entries as entry'), 'entry')
    .where('entry.parent_id', parentId)
    .where('entry.name_key', nameKey(name))
    .where('entry.private_to', privateTo)
    .whereNull('entry.deleted_at')
    .first();
}

/** The same for what an account has there, or else others see; a temporary name is its own or nobody's. */
export async function findOwnNameHolder(
  db: Knex,
  parentId: string,
  name: string,
  accountId: string,
): Promise<EntryRecord | undefined> {
  return wholeEntry(db('entries as entry'), 'entry')
    .where('entry.parent_id', parentId)
    .where('entry.name_key', nameKey(name))
    .whereIn('entry.private_to', isPrivateName(name) ? [accountId] : ['', accountId])
    .whereNull('entry.deleted_at')
    .orderBy('entry.private_to', 'desc')
    .first();
}

export async function findEntries(db: Knex, ids: readonly string[]): Promise<EntryRecord[]> {
  return wholeEntry(db('entries as entry'), 'entry')
    .whereIn('entry.id', [...ids])
    .whereNull('entry.deleted_at');
}

/** The folders above an entry, its root first, itself last. */
export async function findAncestry(db: Knex, entryId: string): Promise<Step[]> {
  const rows: readonly (Step & { depth: number })[] = await db
    .withRecursive('ancestry', (recursion) => {
      recursion
        .select('id', 'parent_id', 'name', 'kind', db.raw('0 as depth'))
        .from('entries')
        .where('id', entryId)
        .unionAll((above) => {
          above
            .select('entry.id', 'entry.parent_id', 'entry.name', 'entry.kind', db.raw('ancestry.depth + 1'))
            .from('entries as entry')
            .join('ancestry', 'ancestry.parent_id', 'entry.id');
        });
    })
    .from('ancestry')
    .orderBy('depth', 'desc');
  return rows.map(({ id, name, kind }) => ({ id, name, kind }));
}

export async function hasChildren(db: Knex, parentId: string): Promise<boolean> {
  return (await db('entries').where('parent_id', parentId).whereNull('deleted_at').first('id')) !== undefined;
}

/**
 * An entry and all that is live below it, seen or unseen, parents before children; at most `limit` rows. SQLite takes a cross
 * join in the order it is written; left to itself it reads every live entry of the appliance for each one of the tree.
 */
export async function findSubtree(db: Knex, entryId: string, limit: number): Promise<EntryRecord[]> {
  const query = db
    .withRecursive('subtree', (recursion) => {
      recursion
        .select('id', db.raw('0 as depth'))
        .from('entries')
        .where('id', entryId)
        .unionAll((below) => {
          below
            .select('entry.id', db.raw('subtree.depth + 1'))
            .from('subtree')
            .crossJoin(db.ref('entries').as('entry'))
            .whereRaw('entry.parent_id = subtree.id')
            .whereNull('entry.deleted_at');
        });
    })
    .from('subtree')
    .crossJoin(db.ref('entries').as('entry'))
    .whereRaw('entry.id = subtree.id')
    .orderBy(['subtree.depth', 'entry.sort_key'])
    .limit(limit);
  return wholeEntry(query, 'entry');
}

export interface NewEntry {
  readonly id: string;
  readonly spaceId: string;
  readonly parentId: string;
  readonly kind: 'file' | 'directory';
  readonly name: string;
  readonly state: EntryState;
  readonly privateTo: string;
  readonly ownerAccountId: string;
  readonly versionId: string | null;
  readonly at: number;
  readonly modifiedAt: number;
}

export async function insertEntries(transaction: Transaction, entries: readonly NewEntry[]): Promise<void> {
  await insertRows(
    transaction,
    'entries',
    entries.map((entry) => ({
      id: entry.id,
      space_id: entry.spaceId,
      parent_id: entry.parentId,
      kind: entry.kind,
      ...nameColumns(entry.name),
      state: entry.state,
      private_to: entry.privateTo,
      owner_account_id: entry.ownerAccountId,
      version_id: entry.versionId,
      created_at: entry.at,
      modified_at: entry.modifiedAt,
    })),
  );
}

/** Makes the files, or changes those whose ids are there already, ended ones too; `record` holds what shall stand. */
export async function saveFiles(transaction: Transaction, records: readonly EntryRecord[]): Promise<void> {
  const changed = ['state', 'private_to', 'owner_account_id', 'version_id', 'modified_at', 'deleted_at'];
  await insertRows(
    transaction,
    'entries',
    records.map((record) => ({
      ...Object.fromEntries(COLUMNS.map((column) => [column, record[column]])),
      ...nameColumns(record.name),
      deleted_at: null,
    })),
    replacing('id', changed),
  );
}

export interface EntryChange {
  readonly parentId?: string;
  readonly name?: string;
  readonly state?: EntryState;
  readonly privateTo?: string;
  readonly ownerAccountId?: string;
  readonly versionId?: string;
  readonly modifiedAt?: number;
}

export async function updateEntry(transaction: Transaction, id: string, change: EntryChange): Promise<void> {
  const columns = {
    parent_id: change.parentId,
    ...(change.name === undefined ? {} : nameColumns(change.name)),
    state: change.state,
    private_to: change.privateTo,
    owner_account_id: change.ownerAccountId,
    version_id: change.versionId,
    modified_at: change.modifiedAt,
  };
  await transaction('entries')
    .where('id', id)
    .update(Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined)));
}

/** Takes entries out of every listing; their rows stay for the history. */
export async function endEntries(
  transaction: Transaction,
  ids: readonly string[],
  at: number,
): Promise<void> {
  for (const page of pagesOf(ids))
    await transaction('entries')
      .whereIn('id', [...page])
      .update({ deleted_at: at });
}

/** Brings an ended entry back into its place. */
export async function reviveEntry(transaction: Transaction, id: string): Promise<void> {
  await transaction('entries').where('id', id).update({ deleted_at: null });
}

/** Placeholders made before `before` whose last lock ended before that, too. */
export async function findStaleReserved(db: Knex, before: number, limit: number): Promise<EntryRecord[]> {
  return (
    wholeEntry(db('entries as entry'), 'entry')
      .where('entry.state', 'reserved')
      .whereNull('entry.deleted_at')
      // Not modified_at: that is the file's own date, which the client sets.
      .where('version.deposited_at', '<', before)
      .whereNotExists(
        db('locks').whereRaw('locks.entry_id = entry.id').where('locks.expires_at', '>', before),
      )
      .limit(limit)
  );
}

/** Publishes a placeholder that still is one. @returns false when its bytes came or it went meanwhile */
export async function publishReserved(
  transaction: Transaction,
  entry: Pick<EntryRecord, 'id' | 'version_id'>,
): Promise<boolean> {
  const changed = await transaction('entries')
    .where({ id: entry.id, version_id: entry.version_id, state: 'reserved' })
    .whereNull('deleted_at')
    .update({ state: 'published' });
  return changed === 1;
}

/** A page, by id, of the files that got the temporary name they still bear within the window (milliseconds since 1970). */
export async function findUnfinished(
  db: Knex,
  window: { readonly after: number; readonly before: number },
  page: { readonly afterId: string; readonly limit: number },
): Promise<EntryRecord[]> {
  return (
    db
      .select('*')
      .from(
        wholeEntry(db('entries as entry'), 'entry')
          .whereNot('entry.private_to', '')
          .where('entry.state', 'published')
          .where('entry.kind', 'file')
          .whereNull('entry.deleted_at')
          .where('version.size_bytes', '>', 0)
          .where('entry.id', '>', page.afterId)
          .as('left_over'),
      )
      // Deposited under that name; or renamed to it, as Office does with what it replaces: then the entry is as old as the name.
      .whereRaw('CASE WHEN created_at > deposited_at THEN created_at ELSE deposited_at END BETWEEN ? AND ?', [
        window.after + 1,
        window.before,
      ])
      .orderBy('id')
      .limit(page.limit)
  );
}

function nameColumns(name: string) {
  return { name, name_key: nameKey(name), sort_key: sortKey(name) };
}
