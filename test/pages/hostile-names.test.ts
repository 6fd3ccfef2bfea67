import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isStorageError, parsePath } from '../../storage/index.js';
import { visibleName, visiblePage } from '../../web/visible.js';
import { deposit, GROUP_NAME, PEOPLE } from '../support/appliance.js';
import { ADMINISTRATOR, openTestSite, type TestSite } from './site.js';

const HIDDEN = ['\u00ad', '\u061c', '\u200b', '\u200e', '\u200f', '\u2060', '\u3164', '\ufeff', '\u{e0041}'];
const NAMES = [
  ...HIDDEN.map((character) => `a${character}b.txt`),
  `'-alert(1)-'.txt`,
  'a&lt;script&gt;alert(1)&lt;&#47;script&gt;.txt',
  '{{7+7}}.txt',
  'javascript#alert(1).txt',
  '%22%3E%3Cscript%3E.txt',
  `${'é'.repeat(125)}.txta`,
  `Z${'\u0310\u0346\u0353'.repeat(30)}.txt`,
  'חוזה (1).pdf',
  "o'Brien; filename=evil.exe.txt",
];
const WRITTEN =
  /<script|<img|<svg onload|[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\u3164\ufeff]|\u{e0041}/u;

let site: TestSite;
let folder: string;
const addresses: string[] = [];

beforeAll(async () => {
  site = await openTestSite();
  folder = `/${site.test.group}/Noms`;
  const claire = await site.test.workspace('claire');
  await claire.createDirectory(parsePath(folder));
  for (const name of NAMES) {
    await deposit(claire, `${folder}/${name}`, 'x');
    addresses.push(`/fichiers/${(await claire.stat(parsePath(`${folder}/${name}`))).id}`);
  }
});
afterAll(() => site.close());

describe('a hostile name', () => {
  test('is text on the list, on home, on its page and in the history, and hides nothing there (P9)', async () => {
    const nadia = await site.signIn(PEOPLE.nadia.login);
    const marc = await site.signIn(ADMINISTRATOR.login);
    const pages = [
      await nadia.get('/'),
      await nadia.get(`/groupes${folder.split('/').map(encodeURIComponent).join('/')}`),
      ...(await Promise.all(addresses.map((address) => nadia.get(`${address}?apercu=oui`)))),
      ...(await Promise.all(addresses.slice(0, -5).map((address) => nadia.get(`${address}/apercu`)))),
      await marc.get('/administration/historique'),
    ];
    for (const { status, text } of pages) {
      expect(status).toBe(200);
      expect(WRITTEN.exec(text.replaceAll(/<script type="module" src="\/assets\/[^"]*"/gu, ''))).toBeNull();
    }
    expect(pages[1]?.text).toContain('a⟨U+200F⟩b.txt');
    expect(pages[1]?.text).toContain('>a⟨U+FEFF⟩b.txt<');
  });

  test.each(NAMES)('%j is one header line with both spellings when it is downloaded (P10)', async (name) => {
    const nadia = await site.signIn(PEOPLE.nadia.login);
    const { headers } = await nadia.get(`${addresses[NAMES.indexOf(name)]}/telecharger`);
    const [, plain, encoded = ''] =
      /^attachment; filename="([ !#-[\]-~]*)"; filename\*=UTF-8''([\w.!#$&+^`|~%-]*)$/u.exec(
        headers['content-disposition'] ?? '',
      ) ?? [];
    expect(plain).toBeDefined();
    expect(decodeURIComponent(encoded)).toBe(name.normalize('NFC'));
  });

  test.each([
    'a<script>.txt',
    'a".txt',
    'a\u202Efdp.exe',
    'a\u2066b.txt',
    'a\r\nX-Evil: 1.txt',
    'a\0b',
    'é'.repeat(128),
  ])('%j is refused at the door', async (name) => {
    const claire = await site.test.workspace('claire');
    const refusal = deposit(claire, `${folder}/${name}`, 'x').catch((error: unknown) => error);
    expect(isStorageError(await refusal, 'invalid-path')).toBe(true);
  });

  test('of a person or a group is text wherever it stands (P9)', async () => {
    const name = '"><svg onload=alert(1)>\u202E';
    await site.test.operator
      .createPerson({ address: 'x@example.org', name, side: 'partner' })
      .then(() => site.test.operator.setMember(GROUP_NAME, 'x@example.org', 'reader'))
      .catch((error: unknown) => expect(isStorageError(error, 'invalid-input')).toBe(true));
    const marc = await site.signIn(ADMINISTRATOR.login);
    for (const path of ['comptes', `groupes/${encodeURIComponent(GROUP_NAME)}`, 'historique', 'courrier'])
      expect(WRITTEN.exec((await marc.get(`/administration/${path}`)).text)).toBeNull();
  });
});

test('what a form sends back keeps its letters; what is read shows them', () => {
  expect(visiblePage('<b title="a\u202Eb">\u200F</b>\n<input value="a\u202Eb">')).toBe(
    '<b title="a⟨U+202E⟩b">⟨U+200F⟩</b>\n<input value="a\u202Eb">',
  );
  expect(visibleName('فارسی‌ها 👩‍👩‍👧 l’été.txt')).toBe('فارسی‌ها 👩‍👩‍👧 l’été.txt');
});
