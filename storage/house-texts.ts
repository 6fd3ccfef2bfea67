import type { Connection } from './metadata/database.js';
import { type HouseTextRecord, lastTextVersion, latestTexts } from './metadata/house-texts.js';
import type { HouseText, HouseTextName, Language } from './model.js';

/** What stands at the foot of every page, in this order; and the terms one accepts when one's account begins. */
export const HOUSE_TEXT_NAMES = [
  'legal-notice',
  'personal-data',
  'accessibility',
  'contact',
  'terms',
] as const satisfies readonly HouseTextName[];

/** What a form of 64 KiB holds even if every character takes six bytes on its way. */
export const MAX_HOUSE_TEXT_CHARACTERS = 10_000;

/** As the house wrote it in that language, else in the other one; undefined where it wrote nothing. */
export async function readHouseText(
  db: Connection,
  name: HouseTextName,
  language: Language,
): Promise<HouseText | undefined> {
  const written = (await latestTexts(db, name)).filter(({ body }) => body !== '');
  const text = written.find((one) => one.language === language) ?? written[0];
  return text && toHouseText(text);
}

/** All that is written, in either language. */
export async function readHouseTexts(db: Connection): Promise<readonly HouseText[]> {
  return (await latestTexts(db)).filter(({ body }) => body !== '').map(toHouseText);
}

/** The version of the terms that somebody who begins an account must accept; undefined where there are none. */
export async function termsToAccept(db: Connection): Promise<number | undefined> {
  const isWritten = (await latestTexts(db, 'terms')).some(({ body }) => body !== '');
  return isWritten ? lastTextVersion(db, 'terms') : undefined;
}

function toHouseText({ name, language, version, body, changed_at }: HouseTextRecord): HouseText {
  return { name, language, version, body, changedAt: new Date(changed_at) };
}
