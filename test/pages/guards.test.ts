import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { adminRoutes } from '../../admin-ui/index.js';
import { portalRoutes } from '../../portal/index.js';
import { systemClock } from '../../storage/index.js';
import type { Route } from '../../web/routes.js';
import { PEOPLE } from '../support/appliance.js';
import { openTestSite, type TestSite } from './site.js';

let site: TestSite;
beforeAll(async () => {
  site = await openTestSite();
});
afterAll(() => site.close());

const routes = (): readonly Route[] => {
  const context = {
    storage: site.test.storage,
    clock: systemClock,
    publicUrl: new URL(site.baseUrl),
    timeZone: 'Europe/Paris',
  };
  return [...portalRoutes(context), ...adminRoutes(context)];
};

/** A path that matches the pattern. */
const pathOf = (route: Route) => route.path.replace('*path', 'nowhere').replaceAll(/:\w+/gu, 'nowhere');

describe('before sign-in', () => {
  test('these addresses exist and no others', () => {
    const open = routes()
      .filter((route) => route.access === 'everyone')
      .map((route) => `${route.method} ${route.path}`);
    expect(open.sort()).toEqual([
      'GET /accessibilite',
      'GET /activation',
      'GET /activation/:token',
      'GET /conditions',
      'GET /connexion',
      'GET /contact',
      'GET /donnees-personnelles',
      'GET /installation',
      'GET /installation/:token',
      'GET /mentions-legales',
      'GET /mot-de-passe-oublie',
      'GET /reinitialisation',
      'GET /reinitialisation/:token',
      'POST /activation',
      'POST /connexion',
      'POST /deconnexion',
      'POST /installation',
      'POST /langue',
      'POST /mot-de-passe-oublie',
      'POST /reinitialisation',
    ]);
  });

  test('every other page leads to sign-in and back', async () => {
    for (const route of routes().filter(({ access, method }) => access !== 'everyone' && method === 'GET')) {
      const reply = await site.visitor().get(pathOf(route));
      expect([route.path, reply.status]).toEqual([route.path, 303]);
      expect(reply.headers.location).toMatch(/^\/connexion(?:\?next=%2F.*)?$/u);
    }
  });

  test('every act of others leads to sign-in and changes nothing', async () => {
    const before = await site.test.operator.activity({ limit: 500 });
    for (const route of routes().filter(({ access, method }) => access !== 'everyone' && method === 'POST')) {
      const reply = await site.visitor().post(pathOf(route), { who: PEOPLE.nadia.login });
      const expected = route.asker === 'script' ? [401, undefined] : [303, '/connexion'];
      expect([route.path, reply.status, reply.headers.location]).toEqual([route.path, ...expected]);
    }
    expect(await site.test.operator.activity({ limit: 500 })).toEqual(before);
  });
});

describe('administration', () => {
  test('does not exist for anybody else', async () => {
    const nadia = await site.signIn(PEOPLE.nadia.login);
    for (const route of routes().filter(({ access }) => access === 'administrator')) {
      const send = route.method === 'GET' ? nadia.get : nadia.post;
      const reply = await send(pathOf(route), {});
      expect([route.path, reply.status]).toEqual([route.path, 404]);
      expect(reply.text).toContain('Rien à cette adresse');
    }
  });
});

describe('an act', () => {
  const ACT = { method: 'POST', path: '/langue', body: 'language=en&next=%2F' } as const;
  const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

  test.each([
    ['without any sign of where it comes from', FORM],
    ['from another site', { ...FORM, 'sec-fetch-site': 'cross-site' }],
    ['from a neighbour of the same domain', { ...FORM, 'sec-fetch-site': 'same-site' }],
    ['typed into the address bar', { ...FORM, 'sec-fetch-site': 'none' }],
    ['from another origin', { ...FORM, origin: 'https://evil.example.org' }],
    ['from a hidden origin', { ...FORM, origin: 'null' }],
    ['as plain text', { 'content-type': 'text/plain', 'sec-fetch-site': 'same-origin' }],
    ['as JSON', { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' }],
    ['as multipart', { 'content-type': 'multipart/form-data; boundary=x', 'sec-fetch-site': 'same-origin' }],
    ['without a type', { 'sec-fetch-site': 'same-origin' }],
  ])('%s is refused', async (_name, headers) => {
    const reply = await site.visitor().send({ ...ACT, headers });
    expect(reply.status).toBe(403);
    expect(reply.headers['set-cookie']).toBeUndefined();
  });

  test.each([
    ['by Sec-Fetch-Site', { ...FORM, 'sec-fetch-site': 'same-origin' }],
    ['by Origin', () => ({ ...FORM, origin: site.baseUrl })],
  ])('from a page of the site is done (%s)', async (_name, headers) => {
    const given = typeof headers === 'function' ? headers() : headers;
    expect((await site.visitor().send({ ...ACT, headers: given })).status).toBe(303);
  });

  test('is refused on every address that takes one', async () => {
    const marc = await site.signIn('marc.vuillemin@caf.example.org');
    for (const route of routes().filter(({ method }) => method === 'POST')) {
      const reply = await marc.post(pathOf(route), {}, { 'sec-fetch-site': 'cross-site' });
      expect([route.path, reply.status]).toEqual([route.path, 403]);
    }
  });

  test('with another method gets 405, 501 or 404, never 5xx from us', async () => {
    for (const method of ['PUT', 'DELETE', 'PATCH', 'PROPFIND'])
      expect(
        (
          await site
            .visitor()
            .send({ method, path: '/connexion', headers: { ...FORM, 'sec-fetch-site': 'same-origin' } })
        ).status,
      ).toBe(405);
    expect((await site.visitor().get('/deconnexion')).status).toBe(405);
  });
});

describe('a form', () => {
  test.each([
    ['a field twice', 'language=en&language=fr'],
    ['an array', 'language[]=en'],
    ['a prototype', '__proto__=x&language=en'],
  ])('with %s is 400', async (_name, body) => {
    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      'sec-fetch-site': 'same-origin',
    };
    expect((await site.visitor().send({ method: 'POST', path: '/langue', body, headers })).status).toBe(400);
  });

  test('over 64 KiB is 413', async () => {
    const reply = await site.visitor().post('/langue', { language: 'en', next: 'x'.repeat(66_000) });
    expect(reply.status).toBe(413);
  });

  test('a query that a mail program added to is no fault', async () => {
    expect((await site.visitor().get('/connexion?utm_source=lettre&utm_source=mail')).status).toBe(200);
  });

  test('a query with a field twice is 400', async () => {
    expect((await site.visitor().get('/connexion?next=/a&next=/b')).status).toBe(400);
  });
});

describe('the host', () => {
  test.each([
    ['evil.example.org'],
    ['localhost.evil.example.org'],
    ['good@evil.example.org'],
    ['localhost:1'],
    ['localhost:99999'],
    ['localhost /'],
  ])('%j is not ours', async (host) => {
    const reply = await site.visitor().send({ path: '/connexion', headers: { host } });
    expect(reply.status).toBe(421);
    expect(reply.text).not.toContain('evil');
  });

  test('goes by the name it listens on', async () => {
    for (const name of ['localhost', '127.0.0.1', 'LOCALHOST'])
      expect(
        (await site.visitor().send({ path: '/connexion', headers: { host: `${name}:${site.port}` } })).status,
      ).toBe(200);
  });

  test('X-Forwarded-Host changes nothing', async () => {
    const reply = await site.visitor().get('/connexion', { 'x-forwarded-host': 'evil.example.org' });
    expect(reply.status).toBe(200);
    expect(reply.text).not.toContain('evil');
  });

  test('an empty one is not ours', async () => {
    expect(await raw('GET /connexion HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 421 /u,
    );
  });

  test('two of them are refused', async () => {
    const text = await raw(
      `GET /connexion HTTP/1.1\r\nHost: localhost:${site.port}\r\nHost: evil.example.org\r\nConnection: close\r\n\r\n`,
    );
    expect(text).toMatch(/^HTTP\/1\.1 4\d\d /u);
  });

  test('an absolute address in the request line does not pass', async () => {
    const text = await raw(
      `GET http://evil.example.org/connexion HTTP/1.1\r\nHost: localhost:${site.port}\r\nConnection: close\r\n\r\n`,
    );
    expect(text).toMatch(/^HTTP\/1\.1 400 /u);
  });
});

function raw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(site.port, '127.0.0.1', () => socket.end(text));
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('latin1')));
    socket.on('error', reject);
  });
}

describe('headers', () => {
  const PAGE_HEADERS = {
    'content-security-policy':
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy':
      'accelerometer=(), camera=(), clipboard-write=(self), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()',
    'cache-control': 'no-store',
  };

  test('stand on every answer: pages, redirects, failures', async () => {
    const marc = await site.signIn('marc.vuillemin@caf.example.org');
    for (const route of routes())
      for (const visitor of [site.visitor(), marc]) {
        const send = route.method === 'GET' ? visitor.get : visitor.post;
        const { headers } = await send(pathOf(route), {});
        expect({ path: route.path, ...headers }).toMatchObject({
          ...PAGE_HEADERS,
          'referrer-policy': expect.stringMatching(
            route.path.includes(':token') ? /^(no-referrer|same-origin)$/u : /^same-origin$/u,
          ),
        });
        expect(Object.keys(headers)).not.toContain('x-powered-by');
        expect(Object.keys(headers)).not.toContain('access-control-allow-origin');
        expect(Object.keys(headers)).not.toContain('server');
      }
  });

  test('another site’s script gets no permission to read', async () => {
    for (const origin of ['https://evil.example.org', 'null']) {
      const { headers } = await site.visitor().get('/connexion', { origin });
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  });

  test('a style sheet may be kept for a year and comes compressed', async () => {
    const page = await site.visitor().get('/connexion');
    const [, address = ''] = /href="(\/assets\/style-[0-9a-f]{10}\.css)"/u.exec(page.text) ?? [];
    const reply = await site.visitor().get(address, { 'accept-encoding': 'br' });
    expect(reply.status).toBe(200);
    expect(reply.headers).toMatchObject({
      'content-type': 'text/css; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
      'content-encoding': 'br',
      'x-content-type-options': 'nosniff',
    });
    expect((await site.visitor().get('/assets/../package.json')).status).toBe(404);
    expect((await site.visitor().get('/assets/constructor')).status).toBe(404);
  });
});

describe('behind TLS', () => {
  let secure: TestSite;
  beforeAll(async () => {
    secure = await openTestSite({ publicUrl: 'https://peps.example.org' });
  });
  afterAll(() => secure.close());

  test('the cookie is bound to the host, the browser to TLS', async () => {
    const headers = { host: 'peps.example.org' };
    const visitor = secure.visitor();
    const fields = { login: PEOPLE.nadia.login, password: secure.test.password };
    const reply = await visitor.post('/connexion', fields, headers);
    expect(reply.status).toBe(303);
    expect(reply.headers['set-cookie']).toEqual([
      expect.stringMatching(/^__Host-peps=[\w.-]{22,}; Path=\/; HttpOnly; SameSite=Lax; Secure$/u),
    ]);
    expect(reply.headers['strict-transport-security']).toBe('max-age=63072000');
    expect(reply.headers['referrer-policy']).toBe('no-referrer');
    expect((await visitor.get('/', headers)).status).toBe(200);
  });

  test('an act from the same name without TLS is refused, one from this machine is done', async () => {
    const act = (host: string) =>
      secure.visitor().send({
        method: 'POST',
        path: '/langue',
        body: 'language=en&next=%2F',
        headers: {
          host,
          origin: `http://${host}`,
          'content-type': 'application/x-www-form-urlencoded',
        },
      });
    expect((await act('peps.example.org')).status).toBe(403);
    expect((await act(`localhost:${secure.port}`)).status).toBe(303);
  });

  test('the default port may be named', async () => {
    const visitor = secure.visitor();
    expect((await visitor.get('/connexion', { host: 'peps.example.org:443' })).status).toBe(200);
    expect((await visitor.get('/connexion', { host: 'peps.example.org:80' })).status).toBe(421);
  });
});

test('a client that goes away in the middle of a form harms nobody', async () => {
  await new Promise<void>((resolve) => {
    const request = httpRequest({
      host: '127.0.0.1',
      port: site.port,
      method: 'POST',
      path: '/langue',
      headers: {
        host: `localhost:${site.port}`,
        'content-type': 'application/x-www-form-urlencoded',
        'content-length': '100',
        'sec-fetch-site': 'same-origin',
      },
    });
    request.on('error', () => resolve());
    request.write('language=en');
    setTimeout(() => request.destroy(), 50);
  });
  expect((await site.visitor().get('/connexion')).status).toBe(200);
});
