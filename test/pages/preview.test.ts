import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parsePath } from '../../storage/index.js';
import { deposit, PEOPLE } from '../support/appliance.js';
import { IMAGES } from './images.js';
import { openTestSite, type TestSite } from './site.js';
import type { Visitor } from './visitor.js';

let site: TestSite;
let nadia: Visitor;
let count = 0;

beforeAll(async () => {
  site = await openTestSite();
  nadia = await site.signIn(PEOPLE.nadia.login);
});
afterAll(() => site.close());

/** @returns the address of the file's page */
async function put(name: string, content: Buffer | string): Promise<string> {
  const claire = await site.test.workspace('claire');
  const folder = `/${site.test.group}/${++count}`;
  await claire.createDirectory(parsePath(folder));
  await deposit(claire, `${folder}/${name}`, content);
  return `/fichiers/${(await claire.stat(parsePath(`${folder}/${name}`))).id}`;
}

const history = async () =>
  (await site.test.history()).map((row) => `${row.action} ${row.outcome} ${row.sizeBytes}`);

describe('an image', () => {
  test.each([
    ['photo.png', 'image/png', IMAGES.png(640, 480)],
    ['photo.jpg', 'image/jpeg', IMAGES.jpg(640, 480)],
    ['photo.JPEG', 'image/jpeg', IMAGES.jpg(640, 480)],
    ['photo.gif', 'image/gif', IMAGES.gif(640, 480)],
    ['photo.webp', 'image/webp', IMAGES.webp(640, 480)],
    ['photo.avif', 'image/avif', IMAGES.avif(640, 480)],
    ['wrong extension.png', 'image/jpeg', IMAGES.jpg(640, 480)],
  ])('%s is shown as %s, from an address without any rights (P1)', async (name, type, content) => {
    const address = await put(name, content);
    const page = await nadia.get(`${address}?apercu=oui`);
    expect(page.text).toContain(`src="${address}/apercu" width="640" height="480" alt="Aperçu de ${name}"`);
    const reply = await nadia.get(`${address}/apercu`);
    expect(reply.status).toBe(200);
    expect(reply.body).toEqual(content);
    expect(reply.headers).toMatchObject({
      'content-type': type,
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
      'content-disposition': expect.stringMatching(/^inline; filename="/u),
    });
  });

  test.each([
    ['a page named as one', 'a.png', '<!doctype html><script>alert(1)</script>'],
    ['a drawing that can run', 'a.jpg', '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'],
    ['a signature that a page follows', 'a.gif', 'GIF89a=1;/*<script>alert(1)</script>*/'],
    ['a document', 'a.png', '%PDF-1.7\n'],
    ['a signature alone', 'a.png', '\x89PNG\r\n\x1a\n'],
    ['no width', 'a.png', IMAGES.png(0, 480)],
  ])('is not shown when it is %s (P2)', async (_what, name, content) => {
    const address = await put(name, content);
    const reply = await nadia.get(`${address}/apercu`);
    expect([reply.status, reply.headers.location]).toEqual([303, `${address}?apercu=oui`]);
    const page = await nadia.get(`${address}?apercu=oui`);
    expect(page.text).toContain('le contenu ne correspond pas');
    expect(page.text).not.toContain(`src="${address}/apercu"`);
    const seen = (await site.test.history()).filter((row) => row.action === 'view');
    expect(seen.filter((row) => row.path?.startsWith(`/${site.test.group}/${count}/`))).toEqual([]);
  });

  test.each([
    ['png', IMAGES.png(65_535, 65_535)],
    ['png, long and thin', IMAGES.png(16_385, 1)],
    ['png, beyond a signed number', IMAGES.png(0xffff_ffff, 2)],
    ['jpg', IMAGES.jpg(65_000, 65_000)],
    ['gif', IMAGES.gif(60_000, 60_000)],
    ['gif with a small screen', IMAGES.gif(1, 1, { width: 60_000, height: 60_000 })],
    ['webp', IMAGES.webp(16_000, 16_000)],
    ['avif', IMAGES.avif(30_000, 30_000)],
  ])('that would fill the memory is told by its head: %s (P3)', async (what, content) => {
    const address = await put(`bombe.${what.slice(0, 4).replace(/\W/gu, '')}`, content);
    expect((await nadia.get(`${address}/apercu`)).status).toBe(303);
    expect((await nadia.get(`${address}?apercu=oui`)).text).toContain('cette image est trop grande');
  });
});

describe('a text', () => {
  const MIB = 1024 * 1024;

  test.each([
    ['UTF-8', Buffer.from('Été <b>à</b> Noël')],
    ['UTF-8', Buffer.from('\ufeffÉté <b>à</b> Noël')],
    ['UTF-16', Buffer.from('\ufeffÉté <b>à</b> Noël', 'utf16le')],
    ['UTF-16', Buffer.from('\ufeffÉté <b>à</b> Noël', 'utf16le').swap16()],
    ['Windows-1252', Buffer.from('Été <b>à</b> Noël', 'latin1')],
  ])('in %s is read, escaped and shown in a frame without any rights (P4)', async (encoding, content) => {
    const address = await put('lisez.md', content);
    const page = await nadia.get(`${address}?apercu=oui`);
    expect(page.text).toContain(`<iframe src="${address}/apercu" title="Aperçu de lisez.md" sandbox`);
    expect(page.headers['content-security-policy']).toMatch(/frame-ancestors 'none'; frame-src 'self'$/u);
    const reply = await nadia.get(`${address}/apercu`);
    expect(reply.text).toContain('Été &lt;b>à&lt;/b> Noël</pre>');
    expect(reply.text).not.toContain(encoding);
    expect(reply.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-disposition': 'inline',
      'content-security-policy': expect.stringMatching(
        /^default-src 'none'; style-src 'sha256-[\w+/]{43}='; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox$/u,
      ),
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
    });
  });

  test('of more than a MiB is shown up to there, whole letters, and says so (P4)', async () => {
    const address = await put('long.log', `a${'é'.repeat(MIB)}`);
    const { text } = await nadia.get(`${address}/apercu`);
    expect(text).toContain('Début du fichier\u00a0: 1\u00a0Mo');
    expect(text).not.toContain('\ufffd');
    expect(text.length).toBeLessThan(MIB);
  });

  test.each([
    ['a program', Buffer.from('\x7fELF\x02\x01\x01\0\0\0', 'latin1')],
    ['noise', Buffer.from(Array.from({ length: 1000 }, (_, index) => (index % 255) + 1))],
  ])('is not shown when it is %s (P2)', async (_what, content) => {
    const address = await put('a.txt', content);
    expect((await nadia.get(`${address}/apercu`)).status).toBe(303);
  });

  test('shows what turns or hides letters (P5)', async () => {
    const address = await put('a.txt', 'abc\u202Edef\u200B\x1b[31m');
    const { text } = await nadia.get(`${address}/apercu`);
    expect(text).toContain('abc⟨U+202E⟩def⟨U+200B⟩⟨U+001B⟩[31m');
  });

  test('of cells is a table of its first 200 rows (P4)', async () => {
    const rows = Array.from({ length: 300 }, (_, index) => `"Léo; ""l’été""\n${index}";=1+1`);
    const address = await put('a.csv', `Nom;Heures\r\n${rows.join('\r\n')}`);
    const { text } = await nadia.get(`${address}/apercu`);
    expect(text).toContain('<th scope="col" dir="auto">Nom</th><th scope="col" dir="auto">Heures</th>');
    expect(text.match(/<tr>/gu)).toHaveLength(200);
    expect(text).toContain(
      '<td dir="auto">Léo; "l’été"\n0</td><td dir="auto">=1+1</td>'.replaceAll(
        '"l’été"',
        '&quot;l’été&quot;',
      ),
    );
    expect(text).toContain('200 premières lignes');
  });

  test('of cells with a quotation mark that never closes is read as it stands', async () => {
    const { text } = await nadia.get(`${await put('a.csv', 'a;"b\nc;d')}/apercu`);
    expect(text).toContain('&quot;b</th>');
    expect(text).toContain('>d</td>');
  });

  test.each([
    ['one column', 'a\nb'],
    ['sixty columns', `${'x;'.repeat(60)}\n`],
    ['a very long cell', `a;${'x'.repeat(501)}`],
  ])('of cells with %s is plain text (P4)', async (_what, content) => {
    expect((await nadia.get(`${await put('a.csv', content)}/apercu`)).text).toContain('<pre');
  });
});

describe('anything else', () => {
  test.each([
    'a.html',
    'a.svg',
    'a.pdf',
    'a.xhtml',
    'a.js',
    'a.css',
    'a.xml',
    'a.mht',
    'a.swf',
    'sans extension',
  ])('%s is only ever downloaded (P6)', async (name) => {
    const address = await put(name, '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>');
    expect((await nadia.get(`${address}/apercu`)).status).toBe(303);
    expect((await nadia.get(`${address}?apercu=oui`)).text).not.toContain('id="apercu"');
    const { headers } = await nadia.get(`${address}/telecharger`);
    expect(headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-disposition': expect.stringMatching(/^attachment; /u),
      'content-security-policy': "sandbox; default-src 'none'",
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
    });
  });

  test('nothing at all has no preview', async () => {
    const address = await put('vide.png', '');
    expect((await nadia.get(`${address}/apercu`)).status).toBe(303);
    expect((await nadia.get(address)).text).not.toContain('apercu');
  });

  test('of another group does not exist (P7)', async () => {
    const address = await put('a.txt', 'x');
    const odile = await site.signIn(PEOPLE.odile.login);
    expect((await odile.get(`${address}/apercu`)).status).toBe(404);
    expect((await odile.get(`${address}?apercu=oui`)).status).toBe(404);
  });
});

describe('the history', () => {
  test('says that it was viewed, once it was shown, and never that it was downloaded (P8)', async () => {
    const address = await put('a.txt', 'vingt-deux lettres ici');
    const before = (await history()).length;
    await nadia.get(address);
    await nadia.get(`${address}?apercu=oui`);
    await nadia.send({ method: 'HEAD', path: `${address}/apercu` });
    expect((await history()).slice(before)).toEqual([]);
    await nadia.get(`${address}/apercu`);
    await expect.poll(async () => (await history()).slice(before)).toEqual(['view ok 22']);
    const marc = await site.signIn('marc.vuillemin@caf.example.org');
    expect((await marc.get('/administration/historique?action=view')).text).toContain('a consulté');
  });
});
