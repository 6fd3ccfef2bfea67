import type { Knex } from 'knex';
import type { DeadProperty } from '../model.js';
import type { Transaction } from './database.js';
import { insertRows, pagesOf } from './rows.js';

export interface PropertyRecord extends DeadProperty {
  readonly entry_id: string;
}

export async function propertiesOf(db: Knex | Transaction, entryId: string): Promise<PropertyRecord[]> {
  return db('properties').where('entry_id', entryId).orderBy(['namespace', 'name']);
}

/** Those of a folder and of its children. */
export async function propertiesOfEntryAndChildren(db: Knex, entryId: string): Promise<PropertyRecord[]> {
  const children = db('entries').where('parent_id', entryId).whereNull('deleted_at').select('id');
  return db('properties')
    .where((either) => either.where('entry_id', entryId).orWhereIn('entry_id', children))
    .orderBy(['entry_id', 'namespace', 'name']);
}

export async function setProperty(transaction: Transaction, row: PropertyRecord): Promise<void> {
  await transaction('properties')
    .insert(row)
    .onConflict(['entry_id', 'namespace', 'name'])
    .merge(['value', 'language']);
}

export async function removeProperty(
  transaction: Transaction,
  row: Pick<PropertyRecord, 'entry_id' | 'namespace' | 'name'>,
): Promise<void> {
  await transaction('properties')
    .where({ entry_id: row.entry_id, namespace: row.namespace, name: row.name })
    .delete();
}

/** Takes all properties of an entry whose content gives way to another's. */
export async function removeProperties(transaction: Transaction, entryId: string): Promise<void> {
  await transaction('properties').where('entry_id', entryId).delete();
}

/** Gives an entry the properties of another in place of its own (RFC 4918, section 9.9). */
export async function moveProperties(
  transaction: Transaction,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<void> {
  await removeProperties(transaction, to);
  await transaction('properties').where('entry_id', from).update({ entry_id: to });
}

/** Copies go with their properties (RFC 4918, section 9.8.2). */
export async function copyProperties(
  transaction: Transaction,
  pairs: readonly { readonly from: string; readonly to: string }[],
): Promise<void> {
  const targets = new Map(pairs.map((pair) => [pair.from, pair.to]));
  const ids = [...targets.keys()];
  for (const page of pagesOf(ids)) {
    const rows: readonly PropertyRecord[] = await transaction('properties').whereIn('entry_id', [...page]);
    const copies = rows.map((row) => ({ ...row, entry_id: targets.get(row.entry_id) }));
    await insertRows(transaction, 'properties', copies);
  }
}
