import type { Knex } from 'knex';
import type { HouseTextName, Language } from '../model.js';
import type { Transaction } from './database.js';

export interface HouseTextRecord {
  readonly name: HouseTextName;
  readonly version: number;
  readonly language: Language;
  /** Empty where it was withdrawn. */
  readonly body: string;
  /** Milliseconds since 1970. */
  readonly changed_at: number;
  readonly account_id: string | null;
}

/** The latest of each name and language, or of one name. */
export async function latestTexts(db: Knex, name?: HouseTextName): Promise<readonly HouseTextRecord[]> {
  const query = db<HouseTextRecord>('house_texts as text')
    .whereNotExists(
      db('house_texts as later').whereRaw(
        'later.name = text.name AND later.language = text.language AND later.version > text.version',
      ),
    )
    .orderBy(['text.name', 'text.language'])
    .select('text.*');
  return name === undefined ? query : query.where('text.name', name);
}

/** How often a text was written in either language so far. */
export async function lastTextVersion(db: Knex, name: HouseTextName): Promise<number> {
  const row = await db('house_texts').where('name', name).max('version as version').first();
  return Number(row?.version ?? 0);
}

export async function insertText(transaction: Transaction, text: HouseTextRecord): Promise<void> {
  await transaction('house_texts').insert(text);
}

/** Which version of the terms an account accepted, and when. */
export async function noteAcceptedTerms(
  transaction: Transaction,
  accountId: string,
  version: number,
  at: number,
): Promise<void> {
  await transaction('accounts')
    .where('id', accountId)
    .update({ terms_version: version, terms_accepted_at: at });
}
