import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { highlight } from '../../portal/search/highlight.js';
import { parsePath, type Workspace } from '../../storage/index.js';
import { deposit, GROUP_NAME, OTHER_GROUP_NAME, PEOPLE } from '../support/appliance.js';
import { openTestSite, type TestSite } from './site.js';
import type { Visitor } from './visitor.js';

/** Looking for names in a group. */
let site: TestSite;
let nadia: Visitor;
let claire: Workspace;

beforeAll(async () => {
  site = await openTestSite();
  nadia = await site.signIn(PEOPLE.nadia.login);
  claire = await site.test.workspace('claire');
  await claire.createDirectory(parsePath(`/${GROUP_NAME}/Présences`));
  for (const name of ['Crèche mai 2026.csv', 'Présences/creches 05.txt', 'a_b%c.txt', 'abc.txt', 'Œuvre.pdf'])
    await deposit(claire, `/${GROUP_NAME}/${name}`, 'x');
  const odile = await site.test.workspace('odile');
  await deposit(odile, `/${OTHER_GROUP_NAME}/Crèche ailleurs.txt`, 'x');
});
afterAll(() => site.close());

const find = async (text: string, who = claire) =>
  (await who.search(parsePath(`/${GROUP_NAME}`), text)).entries.map(({ path }) =>
    path.segments.slice(1).join('/'),
  );
const page = (text: string, group = GROUP_NAME) =>
  nadia.get(`/recherche?dans=${encodeURIComponent(`/${group}`)}&q=${encodeURIComponent(text)}`);

describe('a search', () => {
  test.each([
    ['creche', ['Crèche mai 2026.csv', 'Présences/creches 05.txt']],
    ['CRÈCHE', ['Crèche mai 2026.csv', 'Présences/creches 05.txt']],
    ['mai 2', ['Crèche mai 2026.csv']],
    ['026.', ['Crèche mai 2026.csv']],
    ['05', ['Présences/creches 05.txt']],
    ['presences', ['Présences']],
    ['_b%', ['a_b%c.txt']],
    ['%%', []],
    ['ailleurs', []],
  ])('for %j finds %j', async (text, names) => expect((await find(text)).sort()).toEqual(names));

  test('finds neither what is gone nor what is not one’s to see', async () => {
    await deposit(claire, `/${GROUP_NAME}/éphémère.txt`, 'x');
    await deposit(claire, `/${GROUP_NAME}/~$éphémère.docx`, 'x');
    const other = await site.test.workspace('nadia');
    expect(await find('ephemere', other)).toEqual(['éphémère.txt']);
    await claire.remove(parsePath(`/${GROUP_NAME}/éphémère.txt`));
    expect(await find('ephemere', other)).toEqual([]);
  });

  test('shows where each lies, the part that was looked for, and what to do when there is nothing', async () => {
    const found = await page('creche');
    expect(found.text).toContain('<mark>Crèche</mark> mai 2026.csv');
    expect(found.text).toContain(`${GROUP_NAME} / Présences</a>`);
    expect(found.text).toMatch(/2\srésultats/u);
    expect((await page('introuvable')).text).toContain('Aucun fichier ni dossier de ce nom');
  });

  test('that is too short or too long is told so; one elsewhere is not found; hostile text is text', async () => {
    for (const text of ['', 'a', ' a ', 'x'.repeat(101)]) {
      const reply = await page(text);
      expect([reply.status, reply.text]).toEqual([400, expect.stringContaining('de 2 à 100 caractères')]);
    }
    expect((await page('creche', OTHER_GROUP_NAME)).status).toBe(404);
    expect((await page('<script>')).text).not.toContain('<script>»');
    expect((await page('"><img>')).text).not.toContain('"><img>');
  });
});

test.each([
  ['Crèche.csv', 'CREC', ['', 'Crèc', 'he.csv']],
  ['mai 2026', '2026', ['mai ', '2026', '']],
  ['rien', 'x', ['rien', '', '']],
])('%j shows where %j stands', (name, text, parts) => expect(highlight(name, text)).toEqual(parts));
