import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { wordsFor } from '../../web/i18n/words.js';

const FRENCH = fileURLToPath(new URL('../../web/i18n/fr/', import.meta.url));

describe('the French catalogue', () => {
  test('has no breaking space before : ; ? ! % » or after «', async () => {
    const faults: string[] = [];
    for (const file of await readdir(FRENCH))
      for (const line of (await readFile(FRENCH + file, 'utf8')).split('\n')) {
        if (/^\s*(?:\/?\*|\/\/)/u.test(line)) continue;
        for (const [text] of line.matchAll(/'(?:[^'\\]|\\.)*'|`[^`]*`/gu)) {
          const prose = text.replaceAll(/\$\{[^}]*\}/gu, 'x');
          if (/ [:;?!%»]|« /u.test(prose)) faults.push(`${file}: ${text}`);
        }
      }
    expect(faults).toEqual([]);
  });

  test('uses typographic apostrophes', async () => {
    for (const file of await readdir(FRENCH))
      expect(await readFile(FRENCH + file, 'utf8')).not.toMatch(/\p{L}\\'\p{L}/u);
  });
});

describe('the English catalogue', () => {
  test('leaves nothing in French', () => {
    const same: string[] = [];
    compare(wordsFor('fr'), wordsFor('en'), '', same);
    expect(same.sort()).toEqual(SAME_IN_BOTH);
  });
});

/** Names, and words the two languages share. */
const SAME_IN_BOTH = [
  'activity.acts.account-activate.name',
  'activity.acts.account-suspend.name',
  'activity.acts.copy.name',
  'activity.acts.invitation-send.name',
  'activity.appliance',
  'administration.accounts.acts',
  'administration.mail.acts',
  'administration.mail.templates.invitation',
  'drive.systems.linux',
  'drive.systems.mac',
  'drive.systems.windows',
  'driveAssistant.no',
  'history.columns.0',
  'kit.languages.en',
  'kit.languages.fr',
  'kit.menu',
  'kit.pages',
  'kit.product',
  'kit.sides.house',
  'portal.file.kinds.archive',
  'portal.file.kinds.document',
  'portal.file.kinds.image',
  'portal.navigation.administration',
];

function compare(french: object, english: object, path: string, same: string[]): void {
  for (const [key, value] of Object.entries(french)) {
    const other: unknown = Reflect.get(english, key);
    const here = path === '' ? key : `${path}.${key}`;
    if (typeof value === 'string' && value === other) same.push(here);
    if (typeof value === 'object' && value !== null && typeof other === 'object' && other !== null)
      compare(value, other, here, same);
  }
}
