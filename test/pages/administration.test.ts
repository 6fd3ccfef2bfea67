import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parsePath } from '../../storage/index.js';
import { deposit, GROUP_NAME, PEOPLE, SERVICE_LOGIN } from '../support/appliance.js';
import { ADMINISTRATOR, openTestSite, type TestSite } from './site.js';
import type { Visitor } from './visitor.js';

const GROUP = `/administration/groupes/${encodeURIComponent(GROUP_NAME)}`;

let site: TestSite;
let marc: Visitor;
beforeAll(async () => {
  site = await openTestSite();
  marc = await site.signIn(ADMINISTRATOR.login);
});
afterAll(() => site.close());

/** Sends a form and reads the page it leads to. */
async function act(path: string, fields: Record<string, string>) {
  const reply = await marc.post(path, fields);
  expect(reply.status).toBe(303);
  return (await marc.get(reply.headers.location ?? '')).text;
}

const members = () => site.test.operator.members(GROUP_NAME);
const roleOf = async (login: string) => (await members()).find((member) => member.login === login)?.role;

describe('groups', () => {
  test('are created with a quota in gigabytes', async () => {
    const page = await act('/administration/nouveau-groupe', { name: ' Mairie : été ', quota: '1,5' });
    expect(page).toContain('Le groupe «\u00a0Mairie : été\u00a0» est créé.');
    expect(page).toContain('Personne dans ce groupe');
    const group = await site.test.operator.group('Mairie : été');
    expect([group.quotaBytes, group.directory]).toEqual([1_500_000_000, 'Mairie - été']);
    const list = await marc.get('/administration/groupes');
    expect(list.text).toContain('0\u00a0octets sur 1,5\u00a0Go');
  });

  test.each([
    ['', '', 'Cette case est vide.'],
    [GROUP_NAME, '5', 'Un groupe porte déjà ce nom.'],
    ['x'.repeat(201), '6', 'Ce nom ne convient pas'],
    ['Neuf', 'beaucoup', 'Écrivez un nombre de gigaoctets'],
    ['Neuf', '-1', 'Écrivez un nombre de gigaoctets'],
    ['Neuf', '0', 'Écrivez un nombre de gigaoctets'],
    ['Neuf', '1e9', 'Écrivez un nombre de gigaoctets'],
  ])('named %j with quota %j are refused, and nothing typed is lost', async (name, quota, sentence) => {
    const before = await site.test.operator.groups();
    const reply = await marc.post('/administration/nouveau-groupe', { name, quota });
    expect(reply.status).toBe(400);
    expect(reply.text).toContain(sentence);
    if (quota !== '') expect(reply.text).toContain(`value="${quota}"`);
    if (name !== '') expect(reply.text).toContain(`value="${name}"`);
    expect(await site.test.operator.groups()).toEqual(before);
  });

  test('have their manifests switched on and off', async () => {
    expect((await marc.get(GROUP)).text).toContain('non exigés');
    const page = await act(`${GROUP}/manifestes`, { manifests: 'on' });
    expect(page).toContain(
      `Dans «\u00a0${GROUP_NAME}\u00a0», les comptes de service déposent maintenant avec`,
    );
    expect(page).toContain('Ne plus en exiger');
    expect((await site.test.operator.group(GROUP_NAME)).manifests).toBe('on');
    const history = await marc.get('/administration/historique');
    expect(history.text).toContain('a réglé les manifestes du groupe');
    await act(`${GROUP}/manifestes`, { manifests: 'off' });
    expect((await site.test.operator.group(GROUP_NAME)).manifests).toBe('off');
    expect((await marc.post(`${GROUP}/manifestes`, { manifests: 'perhaps' })).status).toBe(400);
  });

  test('that do not exist are 404', async () => {
    for (const path of ['', '/ajouter', '/retirer?who=x'])
      expect((await marc.get(`/administration/groupes/Nulle%20part${path}`)).status).toBe(404);
  });
});

describe('members', () => {
  test('are invited when their address has no account', async () => {
    await site.test.takeMails();
    const page = await act(`${GROUP}/ajouter`, {
      address: 'sonia.bailly@lutins.example.org',
      name: 'Sonia Bailly',
      role: 'reader',
      side: 'partner',
    });
    expect(page).toContain('sonia.bailly@lutins.example.org est invité');
    expect(page).toContain('Invité');
    const mails = await site.test.takeMails();
    expect(mails.map(({ to, intent }) => [to.address, intent.template])).toEqual([
      ['sonia.bailly@lutins.example.org', 'invitation'],
    ]);
  });

  test('are welcomed when they have one', async () => {
    await site.test.takeMails();
    const page = await act(`${GROUP}/ajouter`, {
      address: PEOPLE.odile.login,
      name: '',
      role: 'writer',
      side: 'partner',
    });
    expect(page).toContain(`${PEOPLE.odile.login} fait maintenant partie du groupe`);
    expect((await site.test.takeMails()).map(({ intent }) => intent.template)).toEqual(['group-welcome']);
    expect(await roleOf(PEOPLE.odile.login)).toBe('writer');
  });

  test.each([
    [{ address: '', role: 'reader', side: 'partner' }, 'Cette case est vide.'],
    [{ address: 'sonia', role: 'reader', side: 'partner' }, 'Cette adresse mail n’est pas complète.'],
    [{ address: 'sonia@example.org', role: 'owner', side: 'partner' }, 'Choisissez un rôle.'],
    [{ address: 'sonia@example.org', role: 'reader', side: 'other' }, 'Choisissez un côté.'],
    [
      { address: 'sonia@example.org', name: 'a\u0007b', role: 'reader', side: 'partner' },
      'Ce nom ne convient pas',
    ],
  ])('given as %j are refused at the field', async (fields, sentence) => {
    const before = await members();
    const reply = await marc.post(`${GROUP}/ajouter`, fields);
    expect(reply.status).toBe(400);
    expect(reply.text).toContain(sentence);
    if (fields.address !== '') expect(reply.text).toContain(`value="${fields.address}"`);
    expect(await members()).toEqual(before);
  });

  test('get another role', async () => {
    const page = await act(`${GROUP}/role`, { who: PEOPLE.julien.login, role: 'writer' });
    expect(page).toContain('Le rôle de Julien Roy est changé.');
    expect(await roleOf(PEOPLE.julien.login)).toBe('writer');
    expect((await marc.post(`${GROUP}/role`, { who: PEOPLE.julien.login, role: 'god' })).status).toBe(400);
    expect((await marc.post(`${GROUP}/role`, { who: 'nobody@example.org', role: 'writer' })).status).toBe(
      404,
    );
  });

  test('are removed after one question, which changes nothing by itself', async () => {
    const { login } = PEOPLE.claire;
    const question = await marc.get(`${GROUP}/retirer?who=${encodeURIComponent(login)}`);
    expect(question.text).toContain(`Retirer Claire Moreau de «\u00a0${GROUP_NAME}\u00a0»\u00a0?`);
    expect(await roleOf(login)).toBe('writer');
    const page = await act(`${GROUP}/retirer`, { who: login });
    expect(page).toContain('Claire Moreau ne fait plus partie du groupe.');
    expect(await roleOf(login)).toBeUndefined();
    expect((await marc.post(`${GROUP}/retirer`, { who: login })).status).toBe(404);
  });

  test('show their names as text', async () => {
    const name = '<script>alert(1)</script>';
    await site.test.operator.createPerson({ address: 'x@example.org', name, side: 'partner' });
    await site.test.operator.setMember(GROUP_NAME, 'x@example.org', 'reader');
    const { text } = await marc.get(GROUP);
    expect(text).toContain('&lt;script>alert(1)');
    expect(text).not.toContain(name);
  });
});

describe('accounts', () => {
  test('are all listed, with what can be done', async () => {
    const { text } = await marc.get('/administration/comptes');
    for (const { login } of Object.values(PEOPLE)) expect(text).toContain(`who=${encodeURIComponent(login)}`);
    expect(text).toContain(SERVICE_LOGIN);
    expect(text).not.toContain(`who=${encodeURIComponent(ADMINISTRATOR.login)}`);
  });

  test('are invited', async () => {
    await site.test.takeMails();
    const fields = {
      address: 'lea.petit@caf.example.org',
      name: 'Léa Petit',
      side: 'house',
      language: 'en',
      administrator: 'yes',
    };
    expect(await act('/administration/inviter', fields)).toContain('lea.petit@caf.example.org est invité');
    expect(await site.test.operator.account(fields.address)).toMatchObject({
      name: 'Léa Petit',
      side: 'house',
      language: 'en',
      isAdministrator: true,
      state: 'invited',
    });
    const again = await marc.post('/administration/inviter', fields);
    expect(again.status).toBe(400);
    expect(again.text).toContain('Cette adresse a déjà un compte.');
    expect(again.text).toContain('value="Léa Petit"');
    expect(await act('/administration/comptes/renvoyer', { who: fields.address })).toContain(
      'Une nouvelle invitation part',
    );
    expect((await site.test.takeMails()).map(({ to, language }) => [to.address, language])).toContainEqual([
      fields.address,
      'en',
    ]);
    expect((await marc.post('/administration/comptes/renvoyer', { who: PEOPLE.nadia.login })).status).toBe(
      412,
    );
  });

  test('are suspended after one question, and resumed', async () => {
    const { login } = PEOPLE.nadia;
    const question = await marc.get(`/administration/comptes/suspendre?who=${encodeURIComponent(login)}`);
    expect(question.text).toContain('Suspendre Nadia Benali\u00a0?');
    expect(await act('/administration/comptes/suspendre', { who: login })).toContain('est suspendu');
    expect((await site.test.operator.account(login)).state).toBe('suspended');
    expect(await act('/administration/comptes/retablir', { who: login })).toContain('est rétabli');
    expect((await site.test.operator.account(login)).state).toBe('active');
  });

  test('are not suspended by themselves', async () => {
    const reply = await marc.post('/administration/comptes/suspendre', { who: ADMINISTRATOR.login });
    expect(reply.status).toBe(403);
    expect((await site.test.operator.account(ADMINISTRATOR.login)).state).toBe('active');
  });

  test('that do not exist are 404', async () => {
    for (const path of ['suspendre', 'retablir', 'renvoyer'])
      expect((await marc.post(`/administration/comptes/${path}`, { who: 'nobody@example.org' })).status).toBe(
        404,
      );
  });
});

describe('the history', () => {
  test('tells a file that was deleted and sent anew as replaced, in one line', async () => {
    const nadia = await site.test.workspace('nadia');
    const path = `/${site.test.group}/Présences juin.xlsx`;
    await deposit(nadia, path, 'one');
    await nadia.remove(parsePath(path));
    await deposit(nadia, path, 'two');
    const { text } = await marc.get('/administration/historique');
    const [, ...lines] = text
      .replaceAll(/<[^>]*>/gu, ' ')
      .replaceAll(/\s+/gu, ' ')
      .split('Nadia Benali');
    const about = lines.filter((line) => line.includes('Présences juin.xlsx'));
    expect(about.map((line) => line.split('Présences')[0]?.trim())).toEqual(['a remplacé', 'a déposé']);
  });

  beforeAll(async () => {
    await deposit(await site.test.workspace('nadia', 'sftp'), `/${site.test.group}/Présences.csv`, 'x');
  });

  test('is told in sentences', async () => {
    const { text } = await marc.get('/administration/historique');
    expect(text).toMatch(/<b>Nadia Benali<\/b> a déposé <b title="[^"]*">Présences\.csv<\/b>/u);
    expect(text).toContain('par SFTP');
    expect(text).toMatch(/a réglé le rôle de <b>batch-droits<\/b>/u);
    expect(text).toContain('Écriture');
  });

  test('is filtered by group, account and act', async () => {
    const path = '/administration/historique?';
    const query = (fields: Record<string, string>) => path + new URLSearchParams(fields);
    const deposits = await marc.get(
      query({ group: GROUP_NAME, account: PEOPLE.nadia.login, action: 'deposit' }),
    );
    expect(deposits.text).toContain('Présences.csv');
    expect(deposits.text).not.toContain('a réglé le rôle');
    expect(deposits.text).toContain('Filtres · 3');
    const none = await marc.get(query({ action: 'delete' }));
    expect(none.text).toContain('Aucune ligne');
    const unknown = await marc.get(query({ account: 'nobody@example.org' }));
    expect(unknown.status).toBe(200);
    expect(unknown.text).toContain('Aucune ligne');
    for (const odd of ['before=x', 'before=-1', 'action=constructor', 'action=%00'])
      expect((await marc.get(path + odd)).status).toBe(200);
  });

  test('pages by key, from the newest to the first line', async () => {
    for (let index = 0; index < 60; index += 1)
      await site.test.operator.setMember(
        GROUP_NAME,
        PEOPLE.julien.login,
        index % 2 === 0 ? 'writer' : 'reader',
      );
    const total = (await site.test.operator.activity({ limit: 500, isFolded: true })).length;
    let shown = 0;
    let next: string | undefined = '/administration/historique';
    while (next !== undefined) {
      const { text } = await marc.get(next);
      shown += text.match(/<li><span class="sign/gu)?.length ?? 0;
      next = /<a href="([^"]*)" rel="next">/u.exec(text)?.[1]?.replaceAll('&amp;', '&');
    }
    expect(shown).toBe(total);
  });
});

describe('the mail queue', () => {
  test('shows what a server refused, in its words, and sends it again', async () => {
    await site.test.operator.createPerson({ address: 'lea.petit@example.org', name: 'Léa', side: 'partner' });
    const [mail] = await site.test.storage.outbox.claim(10, new Date('2100-01-01'));
    await site.test.storage.outbox.markFailed(mail?.id ?? '', '550 5.1.1 <b>User unknown</b>', null);
    const page = await marc.get('/administration/courrier');
    expect(page.text).toContain('<h1>1\u00a0mail n’est pas parti</h1>');
    expect(page.text).toContain('550 5.1.1 &lt;b>User unknown');
    expect((await marc.get('/administration/courrier?state=sent')).text).not.toContain('550 5.1.1');
    const after = await act('/administration/courrier/relancer', {
      id: mail?.id ?? '',
      to: 'lea.petit@example.org',
    });
    expect(after).toContain('repart tout de suite');
    expect(after).toContain('En attente');
    expect((await marc.post('/administration/courrier/relancer', { id: 'nothing' })).status).toBe(404);
  });
});
