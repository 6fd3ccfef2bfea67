import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { HOUSE_TEXT_PATHS } from '../../web/house-text-paths.js';
import { PEOPLE } from '../support/appliance.js';
import { ADMINISTRATOR, openTestSite, type TestSite } from './site.js';
import type { Visitor } from './visitor.js';

/** The foot of every page, the house's own texts, and the terms that are accepted at activation. */
const PASSWORD = 'Tilleul-violet-42';
const PATHS = Object.values(HOUSE_TEXT_PATHS);
const address = (name: string, language = 'fr') => `/administration/textes/${name}/${language}`;

let site: TestSite;
let marc: Visitor;
beforeAll(async () => {
  site = await openTestSite();
  marc = await site.signIn(ADMINISTRATOR.login);
});
afterAll(() => site.close());
beforeEach(async () => {
  for (const name of Object.keys(HOUSE_TEXT_PATHS))
    for (const language of ['fr', 'en']) await marc.post(address(name, language), { body: '' });
});

const write = (name: string, body: string, language = 'fr') => marc.post(address(name, language), { body });

describe('every page', () => {
  test('ends with where the law and visitors look, and each of these answers, signed in or not', async () => {
    const nadia = await site.signIn(PEOPLE.nadia.login);
    const inFoot = PATHS.filter((path) => path !== HOUSE_TEXT_PATHS.terms);
    for (const [who, path] of [
      [site.visitor(), '/connexion'],
      [site.visitor(), '/activation'],
      [nadia, '/'],
      [nadia, '/nulle-part'],
      [marc, '/administration/groupes'],
    ] as const) {
      const { text } = await who.get(path);
      const foot = text.slice(text.indexOf('<footer'));
      for (const one of inFoot) expect(foot).toContain(`href="${one}"`);
    }
    for (const path of PATHS)
      for (const who of [site.visitor(), nadia])
        expect([path, (await who.get(path)).status]).toEqual([path, 200]);
  });
});

describe('a text of the house', () => {
  test('is read by everybody in the language he reads, else in the other one, said to be that', async () => {
    await write('legal-notice', '# Éditeur\n\nCAF de Sainte-Colombe\n12 rue des Tilleuls\n\n- un\n- deux');
    const visitor = site.visitor();
    const french = await visitor.get('/mentions-legales');
    expect(french.text).toContain('<h2>Éditeur</h2><p>CAF de Sainte-Colombe<br/>12 rue des Tilleuls</p>');
    expect(french.text).toContain('<li>un</li><li>deux</li>');
    await visitor.post('/langue', { language: 'en', next: '/' });
    expect((await visitor.get('/mentions-legales')).text).toContain('lang="fr"><h2>Éditeur');
    await write('legal-notice', 'The editor', 'en');
    expect((await visitor.get('/mentions-legales')).text).toContain('lang="en"><p>The editor</p>');
    await write('legal-notice', '');
    await write('legal-notice', '', 'en');
    expect((await visitor.get('/mentions-legales')).text).toContain('has not published its legal notice yet');
  });

  test('is text: markup is shown, addresses of the web and of mail become links, nothing else', async () => {
    await write(
      'contact',
      `<b>x</b> javascript:alert(1) https://caf.example.org/a?b=1. aide@caf.example.org "`,
    );
    const { text } = await site.visitor().get('/contact');
    expect(text).toContain('&lt;b>x&lt;/b> javascript:alert(1) ');
    expect(text).toContain('<a href="https://caf.example.org/a?b=1">https://caf.example.org/a?b=1</a>.');
    expect(text).toContain('<a href="mailto:aide@caf.example.org">aide@caf.example.org</a>');
    expect(text).not.toContain('href="javascript');
  });

  test('is written by administrators alone; each change is a version and a line, the same again is none', async () => {
    const before = (await site.test.operator.activity({ action: 'text-change' })).length;
    expect((await write('contact', 'Un')).status).toBe(303);
    await write('contact', 'Un\r\n');
    await write('contact', 'Deux');
    const lines = await site.test.operator.activity({ action: 'text-change' });
    expect(lines).toHaveLength(before + 2);
    expect(lines[0]).toMatchObject({ subject: 'contact (fr)', accountName: ADMINISTRATOR.name });
    expect((await marc.get(address('contact'))).text).toContain('>Deux</textarea>');
    expect((await marc.get('/administration/textes')).text).toContain(`href="${address('terms', 'en')}"`);
    const nadia = await site.signIn(PEOPLE.nadia.login);
    expect((await nadia.post(address('contact'), { body: 'x' })).status).toBe(404);
    expect((await marc.get(address('nothing'))).status).toBe(404);
  });

  test('keeps to 10,000 characters: beyond, what was typed stays on the page and nothing is published', async () => {
    const refused = await write('contact', 'é'.repeat(10_001));
    expect(refused.status).toBe(400);
    expect(refused.text).toContain('plus de 10 000 caractères');
    expect(refused.text).toContain('é'.repeat(10_001));
    expect((await write('contact', 'é'.repeat(10_000))).status).toBe(303);
  });

  test('comes back into its form as it was written, hidden characters included', async () => {
    const text = 'a\u202Eb\u200Bc';
    await write('contact', text);
    expect((await marc.get(address('contact'))).text).toContain(`>${text}</textarea>`);
    expect((await site.visitor().get('/contact')).text).toContain('⟨U+202E⟩');
  });
});

describe('terms', () => {
  let people = 0;
  const invited = async () => {
    const login = `sonia.${++people}@lutins.example.org`;
    await site.test.operator.createPerson({ address: login, name: 'Sonia Bailly', side: 'partner' });
    const mail = (await site.test.takeMails()).findLast(({ to }) => to.address === login);
    if (mail?.intent.template !== 'invitation') throw new Error('No invitation was queued.');
    const visitor = site.visitor();
    await visitor.get(`/activation/${mail.intent.token}`);
    return { login, visitor };
  };
  const activate = (visitor: Visitor, fields: Record<string, string> = {}) =>
    visitor.post('/activation', { password: PASSWORD, confirmation: PASSWORD, ...fields });
  const stateOf = async (login: string) => (await site.test.operator.account(login)).state;

  test('that are not set are not asked for', async () => {
    const { login, visitor } = await invited();
    expect((await visitor.get('/activation')).text).not.toContain('name="terms"');
    expect((await activate(visitor)).status).toBe(303);
    expect(await stateOf(login)).toBe('active');
  });

  test('that are set are accepted in their version, or the account does not begin', async () => {
    await write('terms', 'Soyez courtois.');
    const { login, visitor } = await invited();
    const page = await visitor.get('/activation');
    const [, version = ''] = /name="terms" value="(\d+)"/u.exec(page.text) ?? [];
    expect(page.text).toContain('href="/conditions"');
    const refused = await activate(visitor);
    expect([refused.status, refused.text]).toEqual([
      400,
      expect.stringContaining('Acceptez les conditions d’utilisation'),
    ]);
    await write('terms', 'Soyez très courtois.');
    expect((await activate(visitor, { terms: version })).status).toBe(400);
    expect(await stateOf(login)).toBe('invited');
    const newer = String(Number(version) + 1);
    expect((await activate(visitor, { terms: newer })).status).toBe(303);
    expect(await stateOf(login)).toBe('active');
    const [line] = await site.test.operator.activity({ action: 'account-activate' });
    expect(line).toMatchObject({ subject: login, target: newer });
  });
});
