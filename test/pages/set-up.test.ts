import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createFakeClock, type FakeClock } from '../support/fake-clock.js';
import { openTestSite, type TestSite } from './site.js';

const FIRST = {
  'house-name': 'CAF du Jura',
  name: 'Marc Vuillemin',
  address: 'marc.vuillemin@caf.example.org',
  password: 'Grand-sapin-bleu-7',
  confirmation: 'Grand-sapin-bleu-7',
};

const SECRET = new Set(['password', 'confirmation']);
const WRONG = [
  ['house-name', '', 'Cette case est vide.'],
  ['name', ' ', 'Cette case est vide.'],
  ['address', 'marc', 'Cette adresse mail n’est pas complète.'],
  ['password', 'court', 'Les deux mots de passe'],
] as const;

let site: TestSite;
let clock: FakeClock;
beforeEach(async () => {
  clock = createFakeClock();
  site = await openTestSite({ clock, hasAdministrator: false });
});
afterEach(() => site.close());

async function arrive() {
  const token = await site.test.storage.enrolment.issueSetUpToken();
  if (token === null) throw new Error('The house has its administrator already.');
  const visitor = site.visitor();
  await visitor.get(`/installation/${token}`);
  return { visitor, token };
}

describe('setting up', () => {
  test('makes the first administrator, who lands on the groups', async () => {
    const { visitor } = await arrive();
    expect((await visitor.get('/installation')).text).toContain('Nom de votre organisme');
    const reply = await visitor.post('/installation', FIRST);
    expect([reply.status, reply.headers.location]).toEqual([303, '/administration/groupes']);
    const page = await visitor.get('/administration/groupes');
    expect(page.text).toContain('PEPS est prêt pour CAF du Jura.');
    expect(page.text).toContain('<title>Groupes · CAF du Jura · PEPS</title>');
  });

  test('is gone for ever afterwards, however it is spelled', async () => {
    const { visitor, token } = await arrive();
    await visitor.post('/installation', FIRST);
    const late = site.visitor();
    for (const path of [
      '/installation',
      `/installation/${token}`,
      `/installation/${token}/`,
      '/%69nstallation',
      '//installation',
      '/installation;/',
      '/x/../installation',
      '/INSTALLATION',
    ])
      expect([path, (await late.get(path)).status]).toEqual([path, 404]);
    late.setCookie('peps-lien', token);
    expect((await late.post('/installation', { ...FIRST, address: 'other@example.org' })).status).toBe(404);
  });

  test('tells what is wrong at its field, and keeps the rest', async () => {
    const { visitor } = await arrive();
    for (const [field, value, sentence] of WRONG) {
      const reply = await visitor.post('/installation', { ...FIRST, [field]: value });
      expect([field, reply.status]).toEqual([field, 400]);
      expect(reply.text).toContain(sentence);
      const kept = Object.entries(FIRST).filter(([name]) => name !== field && !SECRET.has(name));
      for (const [, text] of kept) expect(reply.text).toContain(`value="${text}"`);
      expect(reply.text).not.toContain(FIRST.password);
    }
    expect(await site.test.storage.enrolment.isSetUp()).toBe(false);
  });

  test('a link that was replaced points to the console, not to a mail', async () => {
    const visitor = site.visitor();
    await visitor.get('/installation/replaced');
    const page = await visitor.get('/installation');
    expect(page.status).toBe(404);
    expect(page.text).toContain('console');
    expect(page.text).not.toContain('depuis le mail');
  });

  test('an old link says how to come by a new one', async () => {
    const { visitor } = await arrive();
    clock.advance(3601);
    const page = await visitor.get('/installation');
    expect(page.status).toBe(410);
    expect(page.text).toContain('Redémarrez PEPS');
    expect((await visitor.post('/installation', FIRST)).status).toBe(410);
    expect(await site.test.storage.enrolment.isSetUp()).toBe(false);
  });
});
