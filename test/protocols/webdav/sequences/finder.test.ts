import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openStage, type Player, type Stage } from './player.js';

const find = (...names: readonly string[]) => ({
  headers: { Depth: '0' },
  body: `<?xml version="1.0" encoding="utf-8"?><D:propfind xmlns:D="DAV:"><D:prop>${names.map((name) => `<D:${name}/>`).join('')}</D:prop></D:propfind>`,
});
const STAT = find('getlastmodified', 'getcontentlength', 'creationdate', 'resourcetype');
const QUOTA = find('quota-available-bytes', 'quota-used-bytes', 'quota', 'quotaused');

let stage: Stage;
let finder: Player;
beforeAll(async () => {
  stage = await openStage();
});
beforeEach(async () => {
  finder = await stage.enter({ 'User-Agent': 'WebDAVFS/3.0.0 (03008000) Darwin/21.6.0 (x86_64)' });
});
afterAll(() => stage.door.stop());

/** Empty first, then the bytes under a lock in chunks whose number is announced beside. */
async function write(name: string, body: string): Promise<void> {
  await finder.say('PROPFIND', name, 404, STAT);
  await finder.say('PUT', name, 201, { body: '' });
  const token = await finder.lock(name, 200, { Depth: '0', Timeout: 'Second-600' });
  const by = { If: `(${token})` };
  const chunked = { 'Transfer-Encoding': 'chunked', 'X-Expected-Entity-Length': String(body.length) };
  await finder.say('PUT', name, 204, { headers: { ...by, ...chunked }, body });
  await finder.say('LOCK', name, 200, { headers: { ...by, Timeout: 'Second-600' } });
  await finder.say('PROPFIND', name, 207, STAT);
  await finder.say('UNLOCK', name, 204, { headers: { 'Lock-Token': token } });
}

describe('Finder', () => {
  test('mounts and looks around (W4, W18, W20)', async () => {
    expect((await finder.say('OPTIONS', finder.folder, 200)).headers.dav).toBe('1, 2');
    await finder.say('PROPFIND', finder.folder, 207, STAT);
    const { text } = await finder.say('PROPFIND', finder.folder, 207, QUOTA);
    expect(text).toMatch(/<D:quota-available-bytes>\d+</u);
    expect(text).toContain('<D:quota/><D:quotaused/></D:prop><D:status>HTTP/1.1 404 Not Found');
    for (const name of ['.hidden', '._.', '.DS_Store', '.metadata_never_index', 'Contents'])
      await finder.say('PROPFIND', name, 404, STAT);
    expect(await finder.told()).toEqual([]);
  });

  test('copies a file with its resource fork: others see and hear of the file alone (W34, W39, W40)', async () => {
    const name = 'e%CC%81te%CC%81.key';
    await write(name, 'content');
    await write(`._${name}`, 'resource fork');
    await write('.DS_Store', 'window positions');
    expect(await finder.told()).toEqual(['deposit été.key', 'mail été.key']);
    const { text } = await stage.door.send('claire', 'PROPFIND', finder.folder, { headers: { Depth: '1' } });
    expect([...text.matchAll(/<D:href>([^<]*)/gu)].map(([, href]) => href?.split('/').at(-1))).toEqual([
      '',
      '%C3%A9t%C3%A9.key',
    ]);
    await finder.say('GET', `._${name}`, 200);
  });

  test('deletes a folder once a listing shows it alone, after the hidden files in it (W39)', async () => {
    await finder.say('MKCOL', 'd', 201);
    for (const name of ['a.txt', '._a.txt', '.DS_Store']) await write(`d/${name}`, name);
    await finder.told();
    const listing = { headers: { Depth: '1' }, body: STAT.body };
    const listed = async () =>
      [...(await finder.say('PROPFIND', 'd', 207, listing)).text.matchAll(/<D:href>([^<]*)/gu)].length;
    expect(await listed()).toBe(4);
    for (const name of ['._a.txt', 'a.txt', '.DS_Store']) await finder.say('DELETE', `d/${name}`, 204);
    expect(await listed()).toBe(1);
    await finder.say('DELETE', 'd', 204);
    expect(await finder.told()).toEqual(['delete d/a.txt', 'delete d']);
  });

  test('saves over a document: the lock, the bytes, one line (W34)', async () => {
    await write('a.pages', 'version 1');
    await finder.told();
    const token = await finder.lock('a.pages', 200, { Depth: '0', Timeout: 'Second-600' });
    const headers = { If: `(${token})`, 'Transfer-Encoding': 'chunked', 'X-Expected-Entity-Length': '9' };
    await finder.say('PUT', 'a.pages', 204, { headers, body: 'version 2' });
    await finder.say('UNLOCK', 'a.pages', 204, { headers: { 'Lock-Token': token } });
    expect(await finder.told()).toEqual(['deposit a.pages replaced', 'mail a.pages']);
  });
});
