import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createFakeClock, type FakeClock } from '../support/fake-clock.js';
import { openTestSite, type TestSite } from './site.js';
import type { Visitor } from './visitor.js';

const PASSWORD = 'Tilleul-violet-42';
const WEEK_SECONDS = 7 * 24 * 3600;

let site: TestSite;
let clock: FakeClock;
beforeAll(async () => {
  clock = createFakeClock();
  site = await openTestSite({ clock });
});
afterAll(() => site.close());

let sonia = '';
let sonias = 0;
beforeEach(() => {
  sonias += 1;
  sonia = `sonia.bailly.${sonias}@lutins.example.org`;
});

/** The secret of the newest mail of that kind to Sonia. */
async function tokenOf(template: 'invitation' | 'password-reset'): Promise<string> {
  const mails = await site.test.takeMails();
  const mail = mails.findLast(({ to, intent }) => to.address === sonia && intent.template === template);
  if (mail?.intent.template !== 'invitation' && mail?.intent.template !== 'password-reset')
    throw new Error(`No ${template} was queued.`);
  return mail.intent.token;
}

async function invite(): Promise<string> {
  await site.test.operator.createPerson({ address: sonia, name: 'Sonia Bailly', side: 'partner' });
  return tokenOf('invitation');
}

const choose = (visitor: Visitor, path: string, password: string, confirmation = password) =>
  visitor.post(path, { password, confirmation });

const stateOf = async (who: string) => (await site.test.operator.account(who)).state;

describe('the link of an invitation', () => {
  test('moves its secret out of the address', async () => {
    const visitor = site.visitor();
    const token = await invite();
    const reply = await visitor.get(`/activation/${token}`);
    expect(reply.status).toBe(303);
    expect(reply.headers.location).toBe('/activation');
    expect(reply.headers['referrer-policy']).toBe('no-referrer');
    expect(reply.headers['set-cookie']).toEqual([
      `peps-lien=${token}; Path=/activation; HttpOnly; SameSite=Lax; Max-Age=3600`,
    ]);
    const page = await visitor.get('/activation');
    expect(page.status).toBe(200);
    expect(page.text).toContain('Bienvenue Sonia.');
    expect(page.text).toContain(sonia);
    expect(page.text).not.toContain(token);
  });

  test('may be opened fifty times by anybody and still works', async () => {
    const token = await invite();
    for (let time = 0; time < 25; time += 1) {
      const scanner = site.visitor();
      await scanner.get(`/activation/${token}`);
      await scanner.get('/activation');
      await scanner.send({ method: 'HEAD', path: `/activation/${token}` });
      await scanner.send({ method: 'HEAD', path: '/activation' });
    }
    expect(await stateOf(sonia)).toBe('invited');
    const visitor = site.visitor();
    await visitor.get(`/activation/${token}`);
    const reply = await choose(visitor, '/activation', PASSWORD);
    expect([reply.status, reply.headers.location]).toEqual([303, '/']);
    expect(await stateOf(sonia)).toBe('active');
    const home = await visitor.get('/');
    expect(home.text).toContain('Bonjour Sonia');
    expect(home.text).toContain('Votre mot de passe est enregistré.');
    expect(visitor.cookie('peps-lien')).toBeUndefined();
  });

  test.each([
    ['Tilleul-42', 'Tilleul-42', 'Il faut 12 caractères au moins.'],
    ['tilleul-violet-42', 'tilleul-violet-42', 'Il faut une minuscule'],
    [PASSWORD, 'Tilleul-violet-43', 'Les deux mots de passe ne sont pas les mêmes.'],
    ['', '', 'Cette case est vide.'],
    ['Bonjour-peps-1', 'Bonjour-peps-1', 'contient votre adresse'],
  ])('refuses %j confirmed by %j', async (password, confirmation, sentence) => {
    const visitor = site.visitor();
    await visitor.get(`/activation/${await invite()}`);
    const reply = await choose(visitor, '/activation', password, confirmation);
    expect(reply.status).toBe(400);
    expect(reply.text).toContain(sentence);
    expect(reply.text).toContain('aria-invalid="true"');
    if (password !== '') expect(reply.text).not.toContain(`value="${password}"`);
    expect(await stateOf(sonia)).toBe('invited');
  });

  test('used twice, says so and points to sign-in', async () => {
    const token = await invite();
    const visitor = site.visitor();
    await visitor.get(`/activation/${token}`);
    await choose(visitor, '/activation', PASSWORD);
    const second = site.visitor();
    await second.get(`/activation/${token}`);
    const page = await second.get('/activation');
    expect(page.status).toBe(410);
    expect(page.text).toContain('Ce lien a déjà servi');
    expect(page.text).toContain('href="/connexion"');
    const reply = await choose(second, '/activation', 'Un-autre-mot-2026!');
    expect(reply.status).toBe(410);
    await expect(
      site.test.storage.signIn(sonia, 'Un-autre-mot-2026!', { door: 'web', address: '' }),
    ).rejects.toThrow();
  });

  test('past its week offers a new one, which comes by mail', async () => {
    const token = await invite();
    clock.advance(WEEK_SECONDS + 1);
    const visitor = site.visitor();
    await visitor.get(`/activation/${token}`);
    const page = await visitor.get('/activation');
    expect(page.status).toBe(410);
    expect(page.text).toContain('Ce lien n’est plus valable');
    expect(page.text).toContain('name="renew"');
    const reply = await visitor.post('/activation', { renew: 'yes' });
    expect(reply.status).toBe(200);
    expect(reply.text).toContain('Regardez vos mails');
    await visitor.get(`/activation/${await tokenOf('invitation')}`);
    expect((await choose(visitor, '/activation', PASSWORD)).status).toBe(303);
  });

  test('unknown, mangled or missing is a calm 404, and asking for a new one tells nothing', async () => {
    const visitor = site.visitor();
    for (const path of [
      '/activation',
      '/activation/nothing',
      '/activation/a%3Bb%22c',
      `/activation/${'a'.repeat(400)}`,
    ]) {
      await visitor.get(path);
      const page = await visitor.get('/activation');
      expect([path, page.status]).toEqual([path, 404]);
      expect(page.text).toContain('Ce lien n’est pas complet');
      expect((await visitor.post('/activation', { renew: 'yes' })).text).toContain('Regardez vos mails');
    }
  });
});

describe('the log', () => {
  test.each([
    ['GET', '/activation/Hush-1', {}],
    ['GET', '/installation/Hush-1', {}],
    ['GET', '/reinitialisation/Hush-1', { host: 'evil.example.org' }],
    ['POST', '/activation/Hush-1', {}],
    ['GET', '//activation/Hush-1', {}],
    ['GET', '//activation//Hush-1', {}],
    ['GET', '/ACTIVATION/Hush-1/Hush-2', {}],
    ['GET', '/activation%2FHush-1', {}],
  ])('%s %s keeps no secret', async (method, path, headers) => {
    const before = site.lines.length;
    await site.visitor().send({ method, path, headers });
    await expect.poll(() => site.lines.length).toBeGreaterThan(before);
    const said = JSON.stringify(site.lines.slice(before));
    expect(said).toContain('/…');
    expect(said).not.toContain('Hush');
  });
});

describe('a forgotten password', () => {
  beforeEach(async () => {
    const visitor = site.visitor();
    await visitor.get(`/activation/${await invite()}`);
    await choose(visitor, '/activation', PASSWORD);
    await site.test.takeMails();
  });

  test('is replaced through a mail, and the old one is void', async () => {
    const visitor = site.visitor();
    const sent = await visitor.post('/mot-de-passe-oublie', { address: sonia });
    expect(sent.text).toContain('Regardez vos mails');
    const arrival = await visitor.get(`/reinitialisation/${await tokenOf('password-reset')}`);
    expect(arrival.headers.location).toBe('/reinitialisation');
    expect((await visitor.get('/reinitialisation')).text).toContain('Bonjour Sonia.');
    const reply = await choose(visitor, '/reinitialisation', 'Orme-clair-2026');
    expect([reply.status, reply.headers.location]).toEqual([303, '/']);
    const old = await site.visitor().post('/connexion', { login: sonia, password: PASSWORD });
    expect(old.status).toBe(401);
    const fresh = await site.visitor().post('/connexion', { login: sonia, password: 'Orme-clair-2026' });
    expect(fresh.status).toBe(303);
  });

  test('answers the same for an address nobody has, and sends nothing', async () => {
    const known = await site.visitor().post('/mot-de-passe-oublie', { address: sonia });
    await site.test.takeMails();
    const unknown = await site.visitor().post('/mot-de-passe-oublie', { address: 'nobody@example.org' });
    expect([unknown.status, unknown.text]).toEqual([known.status, known.text]);
    expect(await site.test.takeMails()).toEqual([]);
  });

  test('wants an address', async () => {
    const reply = await site.visitor().post('/mot-de-passe-oublie', { address: 'sonia' });
    expect(reply.status).toBe(400);
    expect(reply.text).toContain('value="sonia"');
    expect(reply.text).toContain('Cette adresse mail n’est pas complète.');
  });

  test('the link is worth an hour', async () => {
    const visitor = site.visitor();
    await visitor.post('/mot-de-passe-oublie', { address: sonia });
    const token = await tokenOf('password-reset');
    clock.advance(3601);
    await visitor.get(`/reinitialisation/${token}`);
    const page = await visitor.get('/reinitialisation');
    expect(page.status).toBe(410);
    expect(page.text).toContain('href="/mot-de-passe-oublie"');
    expect((await choose(visitor, '/reinitialisation', 'Orme-clair-2026')).status).toBe(410);
  });
});
