import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deviceOf } from '../../portal/account/device.js';
import { parsePath } from '../../storage/index.js';
import { GROUP_NAME, PEOPLE } from '../support/appliance.js';
import { openTestSite, type TestSite } from './site.js';
import type { Visitor } from './visitor.js';

const PATH = '/mon-compte';
const NEXT = 'Un-autre-mot-de-passe-assez-long-42';

/** « Mon compte »: password, devices, keys, access. */
let site: TestSite;
let nadia: Visitor;
let scratch: string;

beforeAll(async () => {
  site = await openTestSite();
  nadia = await site.signIn(PEOPLE.nadia.login);
  scratch = await mkdtemp(join(tmpdir(), 'peps-keys-'));
});
afterAll(async () => {
  await site.close();
  await rm(scratch, { recursive: true });
});

async function newKey(name: string, ...type: string[]): Promise<string> {
  const file = join(scratch, name);
  execFileSync('ssh-keygen', ['-q', '-N', '', '-C', name, '-f', file, ...type]);
  return (await readFile(`${file}.pub`, 'utf8')).trim();
}
const lastAct = async () => (await site.test.operator.activity({ order: 'desc', limit: 1 }))[0];
const ids = (text: string) =>
  [...text.matchAll(/name="session" value="([0-9a-f]{64})"/gu)].map(([, id]) => id ?? '');

describe('SSH keys', () => {
  test('are added and removed by their owner, with a line in the history', async () => {
    const key = await newKey('poste', '-t', 'ed25519');
    const added = await nadia.post(`${PATH}/cles`, { key });
    expect([added.status, added.headers.location]).toEqual([303, PATH]);
    const { text } = await nadia.get(PATH);
    const [fingerprint = ''] = /SHA256:[\w+/]{43}/u.exec(text) ?? [];
    expect(await lastAct()).toMatchObject({
      action: 'account-key-add',
      target: fingerprint,
      account: PEOPLE.nadia.login,
    });
    expect(text).toContain('<b>poste</b>');
    const blob = Buffer.from(key.split(' ')[1] ?? '', 'base64');
    expect(await site.test.storage.acceptsKey(PEOPLE.nadia.login, blob)).toBe(true);
    const job = await site.test.storage.authenticate(
      { kind: 'ssh-key', login: PEOPLE.nadia.login, publicKey: blob },
      { door: 'sftp', address: '127.0.0.1' },
    );
    expect((await nadia.post(`${PATH}/cles/retirer`, { fingerprint })).status).toBe(303);
    expect([job.signal.aborted, (await nadia.get(PATH)).status]).toEqual([true, 200]);
    expect(await site.test.storage.acceptsKey(PEOPLE.nadia.login, blob)).toBe(false);
    expect((await nadia.post(`${PATH}/cles/retirer`, { fingerprint })).status).toBe(404);
  });

  test('that are weak, private, cut, with options or there already are refused with the reason; nothing changes', async () => {
    const good = await newKey('bon', '-t', 'ed25519');
    await nadia.post(`${PATH}/cles`, { key: good });
    const weak = await newKey('faible', '-t', 'rsa', '-b', '2048');
    const secret = await readFile(join(scratch, 'bon'), 'utf8');
    for (const key of [weak, secret, good.slice(0, 40), `command="id" ${good}`, '', '<script>']) {
      const reply = await nadia.post(`${PATH}/cles`, { key });
      expect([reply.status, reply.text]).toEqual([
        400,
        expect.stringContaining('Ce n’est pas une clé publique'),
      ]);
    }
    const again = await nadia.post(`${PATH}/cles`, { key: good });
    expect([again.status, again.text]).toEqual([400, expect.stringContaining('déjà la vôtre')]);
    expect((await nadia.get(PATH)).text.match(/name="fingerprint"/gu)).toHaveLength(1);
  });

  test('are at most twenty', async () => {
    const blob = (index: number) => {
      const type = Buffer.from('ssh-ed25519');
      const size = (length: number) => Buffer.from([0, 0, 0, length]);
      return Buffer.concat([size(type.length), type, size(32), Buffer.alloc(32, index)]).toString('base64');
    };
    for (let index = 1; index < 20; index++)
      expect((await nadia.post(`${PATH}/cles`, { key: `ssh-ed25519 ${blob(index)}` })).status).toBe(303);
    const reply = await nadia.post(`${PATH}/cles`, { key: `ssh-ed25519 ${blob(20)}` });
    expect([reply.status, reply.text]).toEqual([400, expect.stringContaining('déjà 20 clés')]);
  });
});

describe('devices', () => {
  test('are listed with what they are; one or all others are signed out', async () => {
    const phone = site.visitor();
    const agent = { 'user-agent': 'Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0' };
    await phone.post('/connexion', { login: PEOPLE.nadia.login, password: site.test.password }, agent);
    const { text } = await nadia.get(PATH);
    expect(text).toContain('Firefox, Android');
    expect(text).toContain('(celui-ci)');
    const [id = ''] = ids(text);
    expect((await nadia.post(`${PATH}/sessions`, { session: id })).status).toBe(303);
    expect((await phone.get('/')).headers.location).toMatch(/^\/connexion/u);
    expect((await nadia.post(`${PATH}/sessions`, { session: id })).status).toBe(404);
    const others = [await site.signIn(PEOPLE.nadia.login), await site.signIn(PEOPLE.nadia.login)];
    await nadia.post(`${PATH}/sessions`, {});
    for (const other of others) expect((await other.get('/')).status).toBe(303);
    expect((await nadia.get(PATH)).status).toBe(200);
  });

  test('of others cannot be ended', async () => {
    const claire = await site.signIn(PEOPLE.claire.login);
    await site.signIn(PEOPLE.claire.login);
    const [id = ''] = ids((await claire.get(PATH)).text);
    expect((await nadia.post(`${PATH}/sessions`, { session: id })).status).toBe(404);
    expect(ids((await claire.get(PATH)).text)).toEqual([id]);
  });

  test.each([
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0',
      'Edge, Windows',
    ],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 15_0) AppleWebKit/605 Version/18 Safari/605', 'Safari, macOS'],
    ['curl/8', undefined],
    [null, undefined],
  ])('%j is %j', (agent, words) => expect(deviceOf(agent)).toBe(words));
});

describe('the password', () => {
  test('is changed by who knows it: this browser stays, all else ends, a mail says so', async () => {
    const other = await site.signIn(PEOPLE.nadia.login);
    const drive = await site.test.workspace('nadia');
    await site.test.takeMails();
    const fields = { current: site.test.password, password: NEXT, confirmation: NEXT };
    const reply = await nadia.post(`${PATH}/mot-de-passe`, fields);
    expect([reply.status, reply.headers.location]).toEqual([303, PATH]);
    expect((await nadia.get(PATH)).text).toContain('Votre mot de passe est changé');
    expect((await other.get('/')).status).toBe(303);
    await expect(drive.stat(parsePath(`/${GROUP_NAME}`))).rejects.toMatchObject({ code: 'unauthenticated' });
    expect((await site.test.takeMails()).map(({ intent }) => intent.template)).toEqual(['password-changed']);
    const former = await site
      .visitor()
      .post('/connexion', { login: PEOPLE.nadia.login, password: site.test.password });
    expect(former.status).not.toBe(303);
  });

  test.each([
    [
      'a wrong current one',
      { current: 'faux', password: `${NEXT}x`, confirmation: `${NEXT}x` },
      'pas votre mot de passe actuel',
    ],
    ['two that differ', { current: NEXT, password: `${NEXT}x`, confirmation: NEXT }, 'ne sont pas les mêmes'],
    ['a weak one', { current: NEXT, password: 'court', confirmation: 'court' }, '12 caractères au moins'],
    ['nothing', { current: '', password: '', confirmation: '' }, 'Cette case est vide'],
  ])('stays as it was after %s', async (_, fields, said) => {
    const reply = await nadia.post(`${PATH}/mot-de-passe`, fields);
    expect([reply.status, reply.text]).toEqual([400, expect.stringContaining(said)]);
    const entered = await site.visitor().post('/connexion', { login: PEOPLE.nadia.login, password: NEXT });
    expect(entered.status).toBe(303);
  });

  test('cannot be guessed here: failures count as at the door', async () => {
    const wrong = { current: 'faux', password: `${NEXT}x`, confirmation: `${NEXT}x` };
    const statuses: number[] = [];
    for (let tries = 0; tries < 12; tries++)
      statuses.push((await nadia.post(`${PATH}/mot-de-passe`, wrong)).status);
    expect(statuses.at(-1)).toBe(429);
  });
});

test('nothing of it is done from another site, or without a session', async () => {
  const claire = await site.signIn(PEOPLE.claire.login);
  for (const path of ['mot-de-passe', 'sessions', 'cles', 'cles/retirer']) {
    expect((await claire.post(`${PATH}/${path}`, {}, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await site.visitor().post(`${PATH}/${path}`, {})).headers.location).toMatch(/^\/connexion/u);
  }
});
