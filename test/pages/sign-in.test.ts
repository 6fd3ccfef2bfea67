import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PEOPLE } from '../support/appliance.js';
import { openTestSite, type TestSite } from './site.js';

let site: TestSite;
beforeAll(async () => {
  site = await openTestSite();
});
afterAll(() => site.close());

const signIn = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
  site.visitor().post('/connexion', fields, headers);

describe('signing in', () => {
  test('leads to where the link led', async () => {
    const visitor = site.visitor();
    const asked = await visitor.get('/groupes/Cr%C3%A8che%20Les%20Lutins?page=1');
    expect(asked.headers.location).toBe(
      '/connexion?next=%2Fgroupes%2FCr%25C3%25A8che%2520Les%2520Lutins%3Fpage%3D1',
    );
    const form = await visitor.get(asked.headers.location ?? '');
    const [, next = ''] =
      /action="\/connexion"><input[^>]*name="next" value="([^"]*)"/u.exec(form.text) ?? [];
    const { login } = PEOPLE.nadia;
    const reply = await visitor.post('/connexion', { login, password: site.test.password, next });
    expect(reply.status).toBe(303);
    expect(reply.headers.location).toBe('/groupes/Cr%C3%A8che%20Les%20Lutins?page=1');
    expect((await visitor.get(reply.headers.location ?? '')).text).toContain('<h1>Crèche Les Lutins</h1>');
  });

  test.each(['//evil.example.org', '/\\evil.example.org', 'https://evil.example.org'])(
    'never leads to %s',
    async (next) => {
      const { login } = PEOPLE.nadia;
      const reply = await signIn({ login, password: site.test.password, next });
      expect(reply.headers.location).toBe('/');
    },
  );

  test('says the same of a wrong password, an unknown address and an account that waits', async () => {
    await site.test.operator.createPerson({
      address: 'lea.petit@example.org',
      name: 'Léa Petit',
      side: 'partner',
    });
    const replies = [];
    for (const login of [PEOPLE.claire.login, 'nobody@example.org', 'lea.petit@example.org'])
      replies.push(await signIn({ login, password: 'Faux-mot-de-passe-1' }));
    const told = replies.map((reply) => ({
      status: reply.status,
      text: reply.text.replaceAll(/value="[^"]*@example\.org"|value="[^"]*@caf\.example\.org"/gu, ''),
    }));
    expect(told[0]?.status).toBe(401);
    expect(told[0]?.text).toContain('Cette adresse et ce mot de passe ne vont pas ensemble.');
    expect(told[1]).toEqual(told[0]);
    expect(told[2]).toEqual(told[0]);
  });

  test('keeps the address that was typed, escaped, and never the password', async () => {
    const reply = await signIn({
      login: '"><script>alert(1)</script>',
      password: 'Secret-tapé-par-erreur-1',
    });
    expect(reply.text).toContain('value="&quot;>&lt;script>');
    expect(reply.text).not.toContain('<script');
    expect(reply.text).not.toContain('Secret-tap');
  });

  test('asks for patience after too many attempts, with the minutes', async () => {
    const { login } = PEOPLE.julien;
    let reply = await signIn({ login, password: 'x' });
    for (let attempt = 0; attempt < 8 && reply.status === 401; attempt += 1)
      reply = await signIn({ login, password: 'x' });
    expect(reply.status).toBe(429);
    expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0);
    expect(reply.text).toMatch(/Réessayez dans \d+\u00a0minutes?\./u);
    expect((await signIn({ login, password: site.test.password })).status).toBe(429);
  });

  test('gives a session of its own: one that was planted before is worth nothing', async () => {
    const visitor = site.visitor();
    visitor.setCookie('peps', 'planted-by-somebody-else');
    const { login } = PEOPLE.nadia;
    await visitor.post('/connexion', { login, password: site.test.password });
    expect(visitor.cookie('peps')).toMatch(/^[\w-]{43}$/u);
    const planted = site.visitor();
    planted.setCookie('peps', 'planted-by-somebody-else');
    expect((await planted.get('/')).status).toBe(303);
  });

  test('ends the session that was open in the same browser', async () => {
    const visitor = await site.signIn(PEOPLE.nadia.login);
    const before = visitor.cookie('peps') ?? '';
    await visitor.post('/connexion', { login: PEOPLE.claire.login, password: site.test.password });
    const former = site.visitor();
    former.setCookie('peps', before);
    expect((await former.get('/')).status).toBe(303);
    expect((await visitor.get('/')).text).toContain('Bonjour Claire');
  });

  test('a service account has no pages', async () => {
    const reply = await signIn({ login: 'batch-droits', password: site.test.password });
    expect(reply.status).toBe(401);
  });
});

describe('signing out', () => {
  test('ends the session on the server', async () => {
    const visitor = await site.signIn(PEOPLE.nadia.login);
    const secret = visitor.cookie('peps') ?? '';
    const reply = await visitor.post('/deconnexion', {});
    expect(reply.headers.location).toBe('/connexion');
    expect(reply.headers['clear-site-data']).toBe('"cache", "storage"');
    expect(visitor.cookie('peps')).toBeUndefined();
    expect((await visitor.get('/connexion')).text).toContain('Vous êtes déconnecté.');
    expect((await visitor.get('/connexion')).text).not.toContain('Vous êtes déconnecté.');
    visitor.setCookie('peps', secret);
    expect((await visitor.get('/')).status).toBe(303);
  });
});

describe('a suspended account', () => {
  test('is out at its next request', async () => {
    const visitor = await site.signIn(PEOPLE.odile.login);
    expect((await visitor.get('/')).status).toBe(200);
    await site.test.operator.suspend(PEOPLE.odile.login);
    await expect.poll(async () => (await visitor.get('/')).status, { timeout: 5000 }).toBe(303);
  });
});

describe('the language', () => {
  test('is switched in the browser, and the page stays', async () => {
    const visitor = site.visitor();
    expect((await visitor.get('/connexion', { 'accept-language': 'en' })).text).toContain('<html lang="en">');
    const reply = await visitor.post('/langue', { language: 'fr', next: '/connexion?next=%2Fgroupes' });
    expect(reply.headers.location).toBe('/connexion?next=%2Fgroupes');
    expect((await visitor.get('/connexion', { 'accept-language': 'en' })).text).toContain('<html lang="fr">');
    expect((await visitor.post('/langue', { language: 'de', next: '/' })).status).toBe(400);
  });

  test('is the account’s where nothing was chosen', async () => {
    const password = site.test.password;
    await site.test.operator.createPerson({
      address: 'joan.doe@example.org',
      name: 'Joan Doe',
      side: 'house',
      language: 'en',
      password,
    });
    const visitor = await site.signIn('joan.doe@example.org');
    expect((await visitor.get('/', { 'accept-language': 'fr' })).text).toContain('Hello Joan');
  });
});

describe('the log', () => {
  test('has one line per request and no secret in any', async () => {
    const from = site.lines.length;
    const visitor = await site.signIn(PEOPLE.nadia.login);
    await visitor.get('/groupes?page=2');
    await visitor.get('/activation/a-very-secret-token');
    await visitor.get('/inconnu');
    const lines = site.lines.slice(from);
    expect(
      lines.map(({ fields }) => [fields.door, fields.act, fields.path, fields.status, fields.account]),
    ).toEqual([
      ['web', 'sign-in', '/connexion', 303, undefined],
      ['web', 'groups', '/groupes', 200, PEOPLE.nadia.login],
      ['web', 'activation-link', '/activation/…', 303, PEOPLE.nadia.login],
      ['web', 'unknown', '/inconnu', 404, undefined],
    ]);
    const text = JSON.stringify(site.lines);
    for (const secret of [site.test.password, visitor.cookie('peps') ?? '-', 'a-very-secret-token'])
      expect(text).not.toContain(secret);
  });
});
