import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestDoor, type TestDoor } from './support.js';

let door: TestDoor;
beforeAll(async () => {
  door = await openTestDoor({ publicUrl: 'https://depots.example.org/' });
  for (const name of ['one.txt', 'two.txt', 'three.txt', 'four.txt', 'five.txt'])
    await door.send('claire', 'PUT', `${door.base}/${name}`, { body: name });
  for (const name of ['from', 'from/deep', 'full', 'gone'])
    await door.send('claire', 'MKCOL', `${door.base}/${name}`);
  for (const name of ['from/a.txt', 'from/deep/b.txt', 'full/c.txt', 'gone/d.txt'])
    await door.send('claire', 'PUT', `${door.base}/${name}`, { body: name });
});
afterAll(() => door.stop());

const status = async (path: string) => (await door.send('claire', 'HEAD', `${door.base}/${path}`)).status;

describe('MKCOL', () => {
  const make = async (path: string, sent = {}, person: 'claire' | 'julien' | 'odile' = 'claire') =>
    (await door.send(person, 'MKCOL', path, sent)).status;

  test('makes a folder, with a slash or without (W3)', async () => {
    expect(await make(`${door.base}/Nouveau%20dossier`)).toBe(201);
    expect(await make(`${door.base}/other/`)).toBe(201);
    expect(await status('Nouveau%20dossier/')).toBe(200);
  });

  test('refusals', async () => {
    expect(await make(`${door.base}/full`)).toBe(405);
    expect(await make(`${door.base}/one.txt`)).toBe(405);
    expect(await make(`${door.base}`)).toBe(405);
    expect(await make('/dav/')).toBe(405);
    expect(await make('/dav/new-group')).toBe(403);
    expect(await make(`${door.base}/none/x`)).toBe(409);
    expect(await make(`${door.base}/x`, { body: '<x/>' })).toBe(415);
    expect(await make(`${door.base}/x`, {}, 'julien')).toBe(403);
    expect(await make(`${door.base}/x`, {}, 'odile')).toBe(404);
    expect(await make(`${door.base}/CON`)).toBe(400);
    expect(await make(`${door.base}/x`, { headers: { 'If-Match': '*' } })).toBe(412);
  });
});

describe('DELETE', () => {
  const remove = async (path: string, headers = {}, person: 'claire' | 'julien' | 'odile' = 'claire') =>
    (await door.send(person, 'DELETE', path, { headers })).status;

  test('a folder goes with all it holds, asked with a slash or without (W3)', async () => {
    expect(await remove(`${door.base}/gone`, { Depth: '0' })).toBe(400);
    expect(await remove(`${door.base}/gone/`, { Depth: 'infinity' })).toBe(204);
    expect(await status('gone/d.txt')).toBe(404);
    expect(await remove(`${door.base}/gone`)).toBe(404);
  });

  test('refusals', async () => {
    expect(await remove(`${door.base}/one.txt`, { 'If-Match': '"other"' })).toBe(412);
    expect(await remove(`${door.base}/one.txt`, {}, 'julien')).toBe(403);
    expect(await remove(`${door.base}/one.txt`, {}, 'odile')).toBe(404);
    expect(await remove(`${door.base}/one.txt#fragment`)).toBe(400);
    expect(await remove(door.base)).toBe(403);
    expect(await remove('/dav/')).toBe(403);
    expect(await status('one.txt')).toBe(200);
  });
});

describe('COPY and MOVE', () => {
  const transfer = async (
    method: 'COPY' | 'MOVE',
    from: string,
    to: string,
    headers = {},
    person: 'claire' | 'julien' = 'claire',
  ) =>
    (
      await door.send(person, method, `${door.base}/${from}`, {
        headers: { Destination: to.includes('//') || to === '' ? to : `${door.base}/${to}`, ...headers },
      })
    ).status;

  test('to a free name 201, over another 204, over another that must stay 412 (W32)', async () => {
    expect(await transfer('COPY', 'one.txt', 'copy.txt')).toBe(201);
    expect(await transfer('COPY', 'two.txt', 'copy.txt', { Overwrite: 'F' })).toBe(412);
    expect(await transfer('COPY', 'two.txt', 'copy.txt')).toBe(204);
    expect((await door.send('claire', 'GET', `${door.base}/copy.txt`)).text).toBe('two.txt');
    expect(await transfer('MOVE', 'copy.txt', 'moved.txt', { Overwrite: 'T' })).toBe(201);
    expect(await transfer('MOVE', 'moved.txt', 'three.txt', { Overwrite: 'F' })).toBe(412);
    expect(await transfer('MOVE', 'moved.txt', 'three.txt')).toBe(204);
    expect(await status('moved.txt')).toBe(404);
  });

  test('a folder goes with all it holds, or as Depth 0 without', async () => {
    expect(await transfer('COPY', 'from', 'whole/')).toBe(201);
    expect(await status('whole/deep/b.txt')).toBe(200);
    expect(await transfer('COPY', 'from/', 'shallow', { Depth: '0' })).toBe(201);
    expect([await status('shallow'), await status('shallow/a.txt')]).toEqual([200, 404]);
    expect(await transfer('MOVE', 'whole/', 'renamed', { Depth: 'infinity' })).toBe(201);
    expect([await status('whole'), await status('renamed/deep/b.txt')]).toEqual([404, 200]);
  });

  test('another case of the same name is a rename (W32)', async () => {
    expect(await transfer('MOVE', 'four.txt', 'FOUR.txt', { Overwrite: 'F' })).toBe(201);
    expect([await status('four.txt'), await status('FOUR.txt')]).toEqual([404, 200]);
  });

  test('a destination by URL counts when it is this host’s, by its own name or its public one (W32, W33)', async () => {
    const here = `127.0.0.1:${door.port}`;
    expect(await transfer('COPY', 'two.txt', `http://${here}${door.base}/u1`)).toBe(201);
    expect(await transfer('COPY', 'two.txt', `https://${here.toUpperCase()}${door.base}/u2`)).toBe(201);
    expect(await transfer('COPY', 'two.txt', `https://depots.example.org${door.base}/u3`)).toBe(201);
    expect(await transfer('COPY', 'two.txt', `https://depots.example.org:443${door.base}/u4`)).toBe(201);
    expect(await transfer('COPY', 'two.txt', `https://elsewhere.example.org${door.base}/u5`)).toBe(502);
    expect(
      await transfer('COPY', 'two.txt', `https://depots.example.org.evil.example.org${door.base}/u5`),
    ).toBe(502);
    expect(
      await transfer('COPY', 'two.txt', `https://depots.example.org@evil.example.org${door.base}/u5`),
    ).toBe(502);
    expect(await transfer('COPY', 'two.txt', `ftp://${here}${door.base}/u5`)).toBe(502);
    expect(await transfer('COPY', 'two.txt', `http://${here}/pages/u5`)).toBe(502);
    expect(await transfer('COPY', 'two.txt', `//${here}${door.base}/u5`)).toBe(400);
  });

  test('refusals', async () => {
    expect(await transfer('COPY', 'two.txt', '')).toBe(400);
    expect(await transfer('COPY', 'two.txt', 'x%2Fy')).toBe(400);
    expect(await transfer('COPY', 'two.txt', '../x')).toBe(400);
    expect(await transfer('COPY', 'two.txt', 'x', { Overwrite: 'perhaps' })).toBe(400);
    expect(await transfer('COPY', 'two.txt', 'x', { Depth: '1' })).toBe(400);
    expect(await transfer('MOVE', 'two.txt', 'x', { Depth: '1' })).toBe(400);
    expect(await transfer('MOVE', 'two.txt', 'two.txt')).toBe(403);
    expect(await transfer('MOVE', 'full', 'full/')).toBe(403);
    expect(await transfer('MOVE', 'full', 'full/inside')).toBe(403);
    expect(await transfer('COPY', 'none', 'x')).toBe(404);
    expect(await transfer('COPY', 'two.txt', 'none/x')).toBe(409);
    expect(await transfer('COPY', 'two.txt', 'x', {}, 'julien')).toBe(403);
    expect(await transfer('MOVE', '', 'x')).toBe(403);
    const elsewhere = { Destination: '/dav/Mairie%20de%20Sainte-Colombe/x' };
    expect((await door.send('claire', 'COPY', `${door.base}/two.txt`, { headers: elsewhere })).status).toBe(
      404,
    );
  });
});
