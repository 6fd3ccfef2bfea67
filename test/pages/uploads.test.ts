import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { GROUP_NAME, PEOPLE } from '../support/appliance.js';
import { openTestSite, type TestSite } from './site.js';
import type { Reply, Visitor } from './visitor.js';

/** Resumable uploads from the browser: the tus protocol, and what a script asks before it sends. */
const MIB = 1024 * 1024;
let site: TestSite;
let nadia: Visitor;
let folder: string;
let count = 0;

beforeAll(async () => {
  site = await openTestSite();
  nadia = await site.signIn(PEOPLE.nadia.login);
});
beforeEach(() => {
  folder = `${GROUP_NAME}`;
  count += 1;
});
afterAll(() => site.close());

const TUS = { 'tus-resumable': '1.0.0', 'sec-fetch-site': 'same-origin' };
const name = (stem: string) => `${stem}-${count}.bin`;
const base64 = (text: string) => Buffer.from(text, 'utf8').toString('base64');
const metadataOf = (fields: Record<string, string>) =>
  Object.entries(fields)
    .map(([key, value]) => `${key} ${base64(value)}`)
    .join(',');
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest();
const digestOf = (bytes: Buffer) => `sha-256=:${sha256(bytes).toString('base64')}:`;

function begin(path: string, sizeBytes: number, more: Record<string, string> = {}, who = nadia) {
  return who.send({
    method: 'POST',
    path: '/depots/envois',
    headers: {
      ...TUS,
      'upload-length': String(sizeBytes),
      'upload-metadata': metadataOf({ path: `${folder}/${path}`, ...more }),
    },
  });
}

function patch(
  address: string,
  offset: number,
  bytes: Buffer,
  headers: Record<string, string> = {},
  who = nadia,
) {
  return who.send({
    method: 'PATCH',
    path: address,
    headers: {
      ...TUS,
      'content-type': 'application/offset+octet-stream',
      'content-length': String(bytes.length),
      'upload-offset': String(offset),
      ...headers,
    },
    body: bytes,
  });
}

const head = (address: string, who = nadia) => who.send({ method: 'HEAD', path: address, headers: TUS });
const addressOf = (reply: Reply) => String(reply.headers.location);
const explained = (reply: Reply) => JSON.parse(reply.text) as { code: string; sentence: string };
const lines = async (file: string) =>
  (await site.test.history())
    .filter((row) => row.path === `/${folder}/${file}`)
    .map((row) => `${row.action} ${row.outcome} ${row.reason ?? row.sizeBytes}`);

describe('an upload', () => {
  test('in two steps is published by its last byte, once, with its digest', async () => {
    const bytes = randomBytes(2 * MIB + 5);
    const begun = await begin(name('two'), bytes.length);
    expect(begun.status).toBe(201);
    const address = addressOf(begun);
    const first = await patch(address, 0, bytes.subarray(0, MIB));
    expect([first.status, first.headers['upload-offset']]).toEqual([204, String(MIB)]);
    expect(await lines(name('two'))).toEqual([]);
    const last = await patch(address, MIB, bytes.subarray(MIB), { 'repr-digest': digestOf(bytes) });
    expect([last.status, last.headers['repr-digest']]).toEqual([204, digestOf(bytes)]);
    expect(await lines(name('two'))).toEqual([`deposit ok ${bytes.length}`]);
    const page = await nadia.get(`${last.headers['content-location']}/telecharger`);
    expect(sha256(page.body)).toEqual(sha256(bytes));
  });

  test('that is asked about after its end is told as complete, and not deposited twice', async () => {
    const bytes = randomBytes(1000);
    const begun = await begin(name('again'), bytes.length);
    await patch(addressOf(begun), 0, bytes);
    const asked = await head(addressOf(begun));
    expect([asked.status, asked.headers['upload-offset']]).toEqual([200, '1000']);
    expect(asked.headers['repr-digest']).toBe(digestOf(bytes));
    expect(await lines(name('again'))).toEqual(['deposit ok 1000']);
  });

  test('whose bytes are not what the page read is not published', async () => {
    const bytes = randomBytes(3000);
    const begun = await begin(name('digest'), bytes.length);
    const reply = await patch(addressOf(begun), 0, bytes, { 'repr-digest': digestOf(randomBytes(9)) });
    expect([reply.status, explained(reply).code]).toEqual([400, 'invalid-input']);
    expect(explained(reply).sentence).toContain('renvoyez-le');
    expect(await lines(name('digest'))).toEqual(['deposit refused digest']);
    expect((await head(addressOf(begun))).status).toBe(404);
  });

  test('whose promised digest cannot be read is refused before a byte is taken, and may go on', async () => {
    const bytes = randomBytes(100);
    const begun = await begin(name('malformed'), bytes.length);
    const reply = await patch(addressOf(begun), 0, bytes, { 'repr-digest': 'sha-256=:AAAA:' });
    expect([reply.status, explained(reply).code]).toEqual([400, 'invalid-input']);
    expect((await head(addressOf(begun))).headers['upload-offset']).toBe('0');
    expect((await patch(addressOf(begun), 0, bytes)).status).toBe(204);
  });

  test('at another offset than it has come to is refused and stays as it was', async () => {
    const bytes = randomBytes(5000);
    const begun = await begin(name('offset'), bytes.length);
    await patch(addressOf(begun), 0, bytes.subarray(0, 2000));
    expect((await patch(addressOf(begun), 1000, bytes.subarray(1000))).status).toBe(409);
    expect((await head(addressOf(begun))).headers['upload-offset']).toBe('2000');
    expect((await patch(addressOf(begun), 2000, bytes.subarray(2000))).status).toBe(204);
  });

  test('of nothing is a deposit, too', async () => {
    expect((await begin(name('empty'), 0)).status).toBe(201);
    expect(await lines(name('empty'))).toEqual(['deposit ok 0']);
  });

  test('that is given up leaves nothing but its line', async () => {
    const begun = await begin(name('given-up'), 2 * MIB);
    await patch(addressOf(begun), 0, randomBytes(MIB));
    expect((await nadia.send({ method: 'DELETE', path: addressOf(begun), headers: TUS })).status).toBe(204);
    expect((await head(addressOf(begun))).status).toBe(404);
    expect(await lines(name('given-up'))).toEqual(['deposit aborted discarded']);
  });

  test('belongs to whoever began it: for others it is not there', async () => {
    const claire = await site.signIn(PEOPLE.claire.login);
    const begun = await begin(name('mine'), 100);
    expect((await head(addressOf(begun), claire)).status).toBe(404);
    expect((await patch(addressOf(begun), 0, randomBytes(100), {}, claire)).status).toBe(404);
    expect((await claire.send({ method: 'DELETE', path: addressOf(begun), headers: TUS })).status).toBe(404);
    expect((await patch(addressOf(begun), 0, randomBytes(100))).status).toBe(204);
  });

  test('onto a taken name is told; replaced or kept beside it where that was chosen', async () => {
    const send = async (clash?: string) => {
      const begun = await begin('relevé.txt', 3, clash === undefined ? {} : { clash });
      return begun.status === 201
        ? (await patch(addressOf(begun), 0, Buffer.from('abc'))).status
        : begun.status;
    };
    expect([await send(), await send(), await send('replace'), await send('keep-both')]).toEqual([
      204, 409, 204, 204,
    ]);
    const there = (await site.test.history()).filter(
      (row) => row.outcome === 'ok' && row.path?.includes('relevé'),
    );
    expect(there.map((row) => row.path?.split('/').at(-1)).sort()).toEqual([
      'relevé (2).txt',
      'relevé.txt',
      'relevé.txt',
    ]);
  });

  test.each([
    ['outside of every group', { path: '/brouillon.txt' }, 403],
    ['in a group of others', { path: '/Nulle part/a.txt' }, 404],
    ['with a name Windows cannot show', { path: `/${GROUP_NAME}/a:b.txt` }, 400],
    ['without a path', { path: '' }, 400],
    ['upwards', { path: `/${GROUP_NAME}/../a.txt` }, 400],
  ])('%s is refused with a sentence', async (_name, fields, status) => {
    const reply = await nadia.send({
      method: 'POST',
      path: '/depots/envois',
      headers: { ...TUS, 'upload-length': '3', 'upload-metadata': metadataOf(fields) },
    });
    expect(reply.status).toBe(status);
    expect(explained(reply).sentence.length).toBeGreaterThan(10);
  });

  test('from another site, or signed out, is refused', async () => {
    const headers = { ...TUS, 'upload-length': '3', 'upload-metadata': metadataOf({ path: 'x' }) };
    const elsewhere = { ...headers, 'sec-fetch-site': 'cross-site' };
    expect((await nadia.send({ method: 'POST', path: '/depots/envois', headers: elsewhere })).status).toBe(
      403,
    );
    const stranger = await site.visitor().send({ method: 'POST', path: '/depots/envois', headers });
    expect([stranger.status, explained(stranger).code]).toEqual([401, 'unauthenticated']);
  });

  test('lets no other site read its answers', async () => {
    const reply = await head('/depots/envois/nothing');
    expect(reply.headers['access-control-allow-origin']).toBeUndefined();
  });
});

describe('before it sends, a script hears', () => {
  const ask = (files: { path: string; sizeBytes: number }[]) =>
    nadia.send({
      method: 'POST',
      path: '/depots/verification',
      headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
      body: JSON.stringify({ directory: `/${GROUP_NAME}`, files }),
    });

  test('which names are taken, which are refused and why', async () => {
    const begun = await begin(name('taken'), 0);
    expect(begun.status).toBe(201);
    const reply = await ask([
      { path: name('taken'), sizeBytes: 3 },
      { path: 'neuf/a.txt', sizeBytes: 3 },
      { path: 'neuf/CON', sizeBytes: 3 },
      { path: 'Thumbs.db', sizeBytes: 3 },
    ]);
    const { verdicts } = JSON.parse(reply.text) as { verdicts: { kind: string; sentence?: string }[] };
    expect(verdicts.map(({ kind }) => kind)).toEqual(['taken', 'free', 'refused', 'refused']);
    expect(verdicts[2]?.sentence).toContain('Windows');
    expect(verdicts[3]?.sentence).toContain('provisoire');
  });

  test('that what it asked is no question', async () => {
    const reply = await ask([{ path: 'a', sizeBytes: -1 }]);
    expect([reply.status, explained(reply).code]).toEqual([400, 'invalid-input']);
  });

  test('how many folders were made, and that a second time none was', async () => {
    const make = () =>
      nadia.send({
        method: 'POST',
        path: '/depots/dossiers',
        headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
        body: JSON.stringify({ directory: `/${GROUP_NAME}`, folders: ['été/vide', 'été/juin/relevés'] }),
      });
    expect(JSON.parse((await make()).text)).toEqual({ made: 4 });
    expect(JSON.parse((await make()).text)).toEqual({ made: 0 });
  });
});
