import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { csvLine } from '../../portal/history/csv.js';
import { startOfDay } from '../../portal/history/local-day.js';
import { parsePath } from '../../storage/index.js';
import { deposit, fetchText, GROUP_NAME, OTHER_GROUP_NAME, PEOPLE } from '../support/appliance.js';
import { createFakeClock } from '../support/fake-clock.js';
import { openTestSite, type TestSite } from './site.js';
import type { Visitor } from './visitor.js';

describe('« Historique d’activité »', () => {
  const clock = createFakeClock();
  let site: TestSite;
  let claire: Visitor;
  let fileId: string;

  beforeAll(async () => {
    site = await openTestSite({ clock });
    const nadia = await site.test.workspace('nadia');
    await deposit(nadia, `/${GROUP_NAME}/présences.csv`, 'x');
    await deposit(nadia, `/${GROUP_NAME}/=SOMME(A1).csv`, 'x');
    await fetchText(await site.test.workspace('claire', 'sftp'), `/${GROUP_NAME}/présences.csv`);
    fileId = (await nadia.stat(parsePath(`/${GROUP_NAME}/présences.csv`))).id;
    clock.advance(86_400);
    claire = await site.signIn(PEOPLE.claire.login);
  });
  afterAll(async () => {
    await site.close();
  });

  const wordsOf = (html: string) =>
    html
      .replaceAll(/<[^>]*>/gu, ' ')
      .replaceAll('\u00a0', ' ')
      .replaceAll(/\s+/gu, ' ');

  test('tells in sentences who did what, by which way, under the day', async () => {
    const text = wordsOf((await claire.get('/historique')).text);
    expect(text).toContain('Vous avez retiré présences.csv');
    expect(text).toContain('par SFTP');
    expect(text).toContain('Nadia Benali a déposé présences.csv');
    expect(text).toContain('par le lecteur réseau');
    expect(text).toContain('Hier, mardi 30 juin');
    expect(text).not.toContain('connecté');
    expect(wordsOf((await claire.get('/historique?person=moi')).text)).toContain('Vous vous êtes connecté');
    expect(text).not.toContain('127.0.0.1');
  });

  test('tells it in English', async () => {
    const reader = await site.signIn(PEOPLE.claire.login);
    await reader.post('/langue', { language: 'en', next: '/' });
    const text = wordsOf((await reader.get('/historique')).text);
    expect(text).toContain('You picked up présences.csv');
    expect(text).toContain('Nadia Benali deposited présences.csv');
    const { text: table } = await reader.get('/historique/export.csv');
    expect(table).toContain('"Date","Person","Act"');
  });

  test('narrows by what the address says, and counts the filters', async () => {
    const mine = wordsOf(
      (await claire.get('/historique?person=moi&name=PR%C3%89S&from=2026-06-30&to=2026-06-30')).text,
    );
    expect(mine).toContain('Filtres · 4');
    expect(mine).toContain('Vous avez retiré présences.csv');
    expect(mine).not.toContain('a déposé présences.csv');
    const later = wordsOf((await claire.get('/historique?name=pr%C3%A9s&from=2026-07-01')).text);
    expect(later).toContain('Aucune ligne');
    const unknown = wordsOf((await claire.get('/historique?group=nowhere')).text);
    expect(unknown).toContain('ne fait pas partie de ce que vous voyez');
    for (const odd of ['from=2026-02-31', 'action=set-up', 'before=x', 'to=%00'])
      expect((await claire.get(`/historique?${odd}`)).status).toBe(200);
  });

  test('is there for one group and for one file, whose page leads to it', async () => {
    expect((await claire.get(`/fichiers/${fileId}`)).text).toContain(`/historique?file=${fileId}`);
    const text = wordsOf((await claire.get(`/historique?file=${fileId}`)).text);
    expect(text).toContain('présences.csv');
    expect(text).not.toContain('SOMME');
    const root = (await (await site.test.workspace('claire')).stat(parsePath(`/${GROUP_NAME}`))).id;
    expect((await claire.get('/historique')).text).toContain(`<option value="${root}">`);
    expect(wordsOf((await claire.get(`/historique?group=${root}`)).text)).toContain('a déposé');
  });

  test('shows strangers nothing of it', async () => {
    const odile = await site.signIn(PEOPLE.odile.login);
    for (const path of ['/historique', `/historique?file=${fileId}`, '/historique/export.csv'])
      expect((await odile.get(path)).text).not.toContain('présences');
    expect((await site.visitor().get('/historique/export.csv')).status).toBe(303);
  });

  test('leads on to older lines and back', async () => {
    const odile = await site.test.workspace('odile');
    for (let index = 0; index < 260; index += 1)
      await deposit(odile, `/${OTHER_GROUP_NAME}/${index}.csv`, 'x');
    const visitor = await site.signIn(PEOPLE.odile.login);
    const names = new Set<string>();
    let path: string | undefined = '/historique?action=deposit';
    let pages = 0;
    let text = '';
    while (path !== undefined) {
      text = (await visitor.get(path)).text;
      for (const [, name] of text.matchAll(/>(\d+\.csv)</gu)) names.add(name ?? '');
      path = /<a href="([^"]+)" rel="next"/u.exec(text)?.[1]?.replaceAll('&amp;', '&');
      pages += 1;
    }
    expect([names.size, pages]).toEqual([260, 3]);
    const back = /<a href="([^"]+)" rel="prev"/u.exec(text)?.[1]?.replaceAll('&amp;', '&') ?? '';
    expect((await visitor.get(back)).text).toContain('>100.csv<');
  });

  test('leaves as a table that no spreadsheet computes, which is told', async () => {
    const reply = await claire.get('/historique/export.csv?action=deposit');
    expect(reply.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(reply.headers['content-disposition']).toContain('attachment');
    expect([...reply.body.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    const lines = reply.text.split('\r\n');
    expect(lines[0]).toContain('"Date";"Personne"');
    expect(reply.text).toContain(`;"'=SOMME(A1).csv";`);
    expect(reply.text).toMatch(/"2026-06-30 09:00:0\d";"Nadia Benali";"a déposé";"présences\.csv"/u);
    expect(wordsOf((await claire.get('/historique?person=moi')).text)).toContain(
      'Vous avez exporté l’historique',
    );
    const before = (await site.test.operator.activity({ action: 'export' })).length;
    await claire.send({ method: 'HEAD', path: '/historique/export.csv' });
    expect((await site.test.operator.activity({ action: 'export' })).length).toBe(before);
  });
});

test.each([
  ['=1+1', `"'=1+1"`],
  ['+1', `"'+1"`],
  ['-1', `"'-1"`],
  ['@x', `"'@x"`],
  ['\t=1', `"'\t=1"`],
  ['\r=1', `"'\r=1"`],
  ['say "hi"; ok', '"say ""hi""; ok"'],
  ['a=b', '"a=b"'],
])('a cell %j is written %j', (cell, written) => {
  expect(csvLine([cell], ';')).toBe(`${written}\r\n`);
});

test('days begin where the house is, at changes of the hour too', () => {
  expect(startOfDay('2026-06-30', 'Europe/Paris')?.toISOString()).toBe('2026-06-29T22:00:00.000Z');
  expect(startOfDay('2026-03-29', 'Europe/Paris')?.toISOString()).toBe('2026-03-28T23:00:00.000Z');
  expect(startOfDay('2026-03-29', 'Europe/Paris', 1)?.toISOString()).toBe('2026-03-29T22:00:00.000Z');
  expect(startOfDay('2026-02-31', 'Europe/Paris')).toBeUndefined();
});
