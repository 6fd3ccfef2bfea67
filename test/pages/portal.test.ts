import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parsePath } from '../../storage/index.js';
import { deposit, OTHER_GROUP_NAME, PEOPLE } from '../support/appliance.js';
import { openTestSite, type TestSite } from './site.js';
import type { Visitor } from './visitor.js';

const CONTENT = 'Nom;Heures\nLéo;12\n';
const NASTY = `"><img src=x onerror=alert(1)> '&amp;.html`.replaceAll(/[<>"]/gu, '_');

let site: TestSite;
let nadia: Visitor;
let fileId: string;
let group: string;

beforeAll(async () => {
  site = await openTestSite();
  group = `/${site.test.group}`;
  const claire = await site.test.workspace('claire');
  await claire.createDirectory(parsePath(`${group}/Juin 2026`));
  await deposit(claire, `${group}/Juin 2026/Présences été.csv`, CONTENT);
  await deposit(claire, `${group}/A lire.txt`, '');
  await deposit(claire, `${group}/vide.txt`, '');
  await deposit(await site.test.workspace('nadia'), `${group}/${NASTY}`, 'x');
  await deposit(await site.test.workspace('odile'), `/${OTHER_GROUP_NAME}/secret.pdf`, 'secret');
  const entry = await claire.stat(parsePath(`${group}/Juin 2026/Présences été.csv`));
  fileId = entry.id;
  nadia = await site.signIn(PEOPLE.nadia.login);
});
afterAll(() => site.close());

const encoded = (path: string) => path.split('/').map(encodeURIComponent).join('/');

describe('home', () => {
  test('shows one’s groups and what came last', async () => {
    const { text } = await nadia.get('/');
    expect(text).toContain('Bonjour Nadia');
    expect(text).toContain(`href="/fichiers/${fileId}"`);
    expect(text).toContain(`href="/groupes${encoded(group)}"`);
    expect(text).not.toContain(OTHER_GROUP_NAME);
    expect(text).not.toContain('secret.pdf');
    expect(text).not.toContain('/administration');
  });

  test('tells whoever has no group what to expect', async () => {
    const marc = await site.signIn('marc.vuillemin@caf.example.org');
    const { text } = await marc.get('/');
    expect(text).toContain('Vous n’êtes membre d’aucun groupe');
    expect(text).toContain('href="/administration"');
  });
});

describe('a group', () => {
  test('lists folders first, then files, with who and how large', async () => {
    const { text } = await nadia.get(`/groupes${encoded(group)}`);
    expect(text).toContain('1\u00a0dossier · 3\u00a0fichiers');
    expect(text.indexOf('Juin 2026')).toBeLessThan(text.indexOf('A lire.txt'));
    expect(text).toContain('0\u00a0octets');
    expect(text).toContain('Vous');
  });

  test('leads from a file’s path to its page', async () => {
    const reply = await nadia.get(`/groupes${encoded(`${group}/Juin 2026/Présences été.csv`)}`);
    expect(reply.headers.location).toBe(`/fichiers/${fileId}`);
  });

  test.each([
    ['another group', `/groupes/${encodeURIComponent(OTHER_GROUP_NAME)}`, 404],
    ['a group nobody has', '/groupes/Nulle%20part', 404],
    ['a way out', '/groupes/..%2f..%2fetc', 400],
    ['dots', '/groupes/%2e%2e/%2e%2e', 400],
    ['a broken encoding', '/groupes/%E0%A4%A', 400],
    ['a NUL', '/groupes/a%00b', 400],
  ])('%s', async (_name, path, status) => {
    const reply = await nadia.get(path);
    expect(reply.status).toBe(status);
    expect(reply.text).toContain('Référence à donner à l’aide');
  });

  test('escapes names', async () => {
    const { text } = await nadia.get(`/groupes${encoded(group)}`);
    expect(text).not.toContain(NASTY);
    expect(text).toContain('&amp;amp;');
  });
});

describe('a file', () => {
  test('has a page with its sender, size and fingerprint', async () => {
    const { text } = await nadia.get(`/fichiers/${fileId}`);
    expect(text).toContain('<h1>Présences été.csv</h1>');
    expect(text).toContain('tableur');
    expect(text).toContain(createHash('sha256').update(CONTENT).digest('hex'));
    expect(text).toContain(`href="/fichiers/${fileId}/telecharger"`);
    expect(text).toContain('Télécharger · 19\u00a0octets');
    // The house's people go by the house's name for partners.
    expect(text).not.toContain('Claire Moreau');
  });

  test.each(['', '/telecharger'])('does not exist for whoever is not in its group (%s)', async (below) => {
    const odile = await site.signIn(PEOPLE.odile.login);
    const reply = await odile.get(`/fichiers/${fileId}${below}`);
    const unknown = await odile.get(`/fichiers/01970000-0000-7000-8000-000000000000${below}`);
    expect(reply.status).toBe(404);
    const plain = (text: string) =>
      text.replaceAll(/P-[0-9A-F]{6}/gu, '').replaceAll(/\/fichiers\/[^"]*/gu, '');
    expect(plain(reply.text)).toBe(plain(unknown.text));
    expect(reply.headers['content-disposition']).toBeUndefined();
  });

  test('follows a rename', async () => {
    const claire = await site.test.workspace('claire');
    await deposit(claire, `${group}/avant.txt`, 'x');
    const { id } = await claire.stat(parsePath(`${group}/avant.txt`));
    await claire.move(parsePath(`${group}/avant.txt`), parsePath(`${group}/après.txt`), { overwrite: false });
    expect((await nadia.get(`/fichiers/${id}`)).text).toContain('<h1>après.txt</h1>');
    await claire.remove(parsePath(`${group}/après.txt`));
    expect((await nadia.get(`/fichiers/${id}`)).status).toBe(404);
  });
});

describe('a download', () => {
  const digest = `sha-256=:${createHash('sha256').update(CONTENT).digest('base64')}:`;
  const fetchIt = (headers: Record<string, string> = {}) =>
    nadia.get(`/fichiers/${fileId}/telecharger`, headers);

  test('is the file, to be saved, never shown', async () => {
    const reply = await fetchIt();
    expect(reply.status).toBe(200);
    expect(reply.text).toBe(CONTENT);
    expect(reply.headers).toMatchObject({
      'content-length': '19',
      'content-disposition': `attachment; filename="Pr_sences _t_.csv"; filename*=UTF-8''Pr%C3%A9sences%20%C3%A9t%C3%A9.csv`,
      'x-content-type-options': 'nosniff',
      'content-security-policy': "sandbox; default-src 'none'",
      'accept-ranges': 'bytes',
      'repr-digest': digest,
    });
  });

  test('is a line in the history once the client showed that it got it', async () => {
    const before = (await site.test.history()).length;
    await fetchIt();
    await expect
      .poll(async () =>
        (await site.test.history()).slice(before).map(({ action, protocol }) => [action, protocol]),
      )
      .toEqual([['download', 'web']]);
  });

  test('of a part is that part', async () => {
    const reply = await fetchIt({ range: 'bytes=4-9' });
    expect([reply.status, reply.text, reply.headers['content-range']]).toEqual([
      206,
      CONTENT.slice(4, 10),
      'bytes 4-9/19',
    ]);
    expect((await fetchIt({ range: 'bytes=19-' })).status).toBe(416);
    const { etag = '' } = reply.headers;
    expect((await fetchIt({ range: 'bytes=0-3', 'if-range': etag })).status).toBe(206);
    expect((await fetchIt({ range: 'bytes=0-3', 'if-range': '"other"' })).status).toBe(200);
    expect((await fetchIt({ 'if-none-match': etag })).status).toBe(304);
  });

  test('asked about with HEAD is not one', async () => {
    const claire = await site.test.workspace('claire');
    await deposit(claire, `${group}/en-tête.txt`, 'x');
    const { id: entryId } = await claire.stat(parsePath(`${group}/en-tête.txt`));
    const reply = await nadia.send({ method: 'HEAD', path: `/fichiers/${entryId}/telecharger` });
    expect([reply.status, reply.headers['content-length'], reply.body.length]).toEqual([200, '1', 0]);
    await nadia.get('/');
    const acts = (await site.test.operator.activity({ entryId })).map(({ action }) => action);
    expect(acts).toEqual(['deposit']);
  });

  test('of an empty file is empty', async () => {
    const { id } = await (await site.test.workspace('claire')).stat(parsePath(`${group}/vide.txt`));
    const reply = await nadia.get(`/fichiers/${id}/telecharger`);
    expect([reply.status, reply.headers['content-length']]).toEqual([200, '0']);
  });

  test('of a folder is refused with a sentence', async () => {
    const { id } = await (await site.test.workspace('claire')).stat(parsePath(`${group}/Juin 2026`));
    const reply = await nadia.get(`/fichiers/${id}/telecharger`);
    expect(reply.status).toBe(405);
    expect(reply.text).toContain('C’est un dossier');
    expect((await nadia.get(`/fichiers/${id}`)).headers.location).toBe(
      `/groupes${encoded(`${group}/Juin 2026`)}`,
    );
  });
});

test('pages of a member are read, never changing: every link twice leaves the history as it was', async () => {
  const seen = new Set<string>();
  const crawl = async (path: string): Promise<void> => {
    // What is taken along is recorded: a file, or the history as a table.
    const isTaken = path.includes('/telecharger') || path.includes('/export.csv');
    if (seen.has(path) || isTaken || seen.size > 60) return;
    seen.add(path);
    const { text } = await nadia.get(path);
    await nadia.get(path);
    for (const [, link = ''] of text.matchAll(/<a [^>]*href="(\/[^"#]*)"/gu))
      await crawl(link.replaceAll('&amp;', '&'));
  };
  const before = await site.test.operator.activity({ limit: 500 });
  await crawl('/');
  expect(seen.size).toBeGreaterThan(5);
  expect(await site.test.operator.activity({ limit: 500 })).toEqual(before);
});

describe('the list of a folder', () => {
  test('is sorted as the headings’ links say, and the choice is kept', async () => {
    const claire = await site.test.workspace('claire');
    await claire.createDirectory(parsePath(`${group}/Trié`));
    for (const [name, size] of [
      ['a.txt', 1],
      ['b.txt', 300],
      ['c.txt', 20],
    ] as const)
      await deposit(claire, `${group}/Trié/${name}`, 'x'.repeat(size));
    const address = `/groupes${encoded(`${group}/Trié`)}`;
    const visitor = await site.signIn(PEOPLE.nadia.login);
    const shown = async (query = '') => {
      const { text } = await visitor.get(address + query);
      return [...text.matchAll(/>([abc])\.txt</gu)].map(([, name]) => name).join('');
    };
    expect(await shown()).toBe('abc');
    const { text } = await visitor.get(address);
    expect(text).toContain('aria-sort="ascending"');
    expect(text).toContain('href="?tri=taille-desc"');
    expect([await shown('?tri=taille-desc'), await shown(), await shown('?tri=nom-desc')]).toEqual([
      'bca',
      'bca',
      'cba',
    ]);
    expect(await shown('?tri=__proto__')).toBe('abc');
  });
});

// Last, because it fills the history.
describe('a folder of 501 files', () => {
  test('comes in pages of 500', async () => {
    const claire = await site.test.workspace('claire');
    await claire.createDirectory(parsePath(`${group}/Beaucoup`));
    const names = Array.from({ length: 501 }, (_, index) => `${group}/Beaucoup/f${index + 1}.txt`);
    for (let start = 0; start < names.length; start += 64)
      await Promise.all(names.slice(start, start + 64).map((name) => deposit(claire, name, 'x')));
    const address = `/groupes${encoded(`${group}/Beaucoup`)}`;
    const first = await nadia.get(address);
    expect(first.text.match(/<tr/gu)).toHaveLength(501);
    expect(first.text).toContain('?page=2');
    expect(gzipSync(first.body, { level: 9 }).length).toBeLessThan(25_000);
    const second = await nadia.get(`${address}?page=2`);
    expect(second.text.match(/<tr/gu)).toHaveLength(2);
    expect(second.text).toContain('f501.txt');
    expect(second.text).toContain('501 à 501 sur 501');
    for (const page of ['0', '-1', 'x', '9'.repeat(30)])
      expect((await nadia.get(`${address}?page=${page}`)).status).toBe(200);
  }, 60_000);
});
