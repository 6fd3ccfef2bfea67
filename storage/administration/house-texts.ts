import type { Administration } from '../administration.js';
import { StorageError } from '../errors.js';
import { MAX_HOUSE_TEXT_CHARACTERS, readHouseTexts } from '../house-texts.js';
import { insertText, lastTextVersion, latestTexts } from '../metadata/house-texts.js';
import type { Acts } from './acts.js';

/** What the house says of itself. Nothing written is ever lost: a change is a further version. */
export function createHouseTexts({
  parts,
  actor,
  assertLive,
  perform,
}: Acts): Pick<Administration, 'houseTexts' | 'setHouseText'> {
  return {
    async houseTexts() {
      assertLive();
      return readHouseTexts(parts.database.reader);
    },

    async setHouseText(name, language, body) {
      const text = body.replaceAll(/\r\n?/gu, '\n').trim();
      if ([...text].length > MAX_HOUSE_TEXT_CHARACTERS)
        throw new StorageError('invalid-input', 'The text has more than 10,000 characters.', {
          reason: 'text-length',
        });
      await perform(async ({ transaction, now, record }) => {
        const before = (await latestTexts(transaction, name)).find((one) => one.language === language);
        if ((before?.body ?? '') === text) return;
        const version = (await lastTextVersion(transaction, name)) + 1;
        await insertText(transaction, {
          ...{ name, version, language, body: text },
          changed_at: now.getTime(),
          account_id: actor === 'operator' ? null : actor.account.id,
        });
        await record({ action: 'text-change', subject: `${name} (${language})`, target: String(version) });
      });
    },
  };
}
