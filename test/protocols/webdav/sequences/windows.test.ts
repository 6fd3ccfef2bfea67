import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openStage, type Player, type Stage } from './player.js';

const MINI_REDIRECTOR = { 'User-Agent': 'Microsoft-WebDAV-MiniRedir/10.0.19045', translate: 'f' };
const DATE = 'Tue, 14 Nov 2023 22:13:20 GMT';
const DATES = `<?xml version="1.0" encoding="utf-8" ?><D:propertyupdate xmlns:D="DAV:" xmlns:Z="urn:schemas-microsoft-com:"><D:set><D:prop><Z:Win32CreationTime>${DATE}</Z:Win32CreationTime><Z:Win32LastAccessTime>${DATE}</Z:Win32LastAccessTime><Z:Win32LastModifiedTime>${DATE}</Z:Win32LastModifiedTime><Z:Win32FileAttributes>00000020</Z:Win32FileAttributes></D:prop></D:set></D:propertyupdate>`;

let stage: Stage;
let windows: Player;
beforeAll(async () => {
  stage = await openStage();
});
beforeEach(async () => {
  windows = await stage.enter(MINI_REDIRECTOR);
});
afterAll(() => stage.door.stop());

const depth = (Depth: string) => ({ headers: { Depth }, body: '' });
const by = (token: string) => ({ If: `(${token})` });

/** What Explorer sends for one file; `open` is what the first PUT hears. */
async function copyOnto(name: string, body: string): Promise<void> {
  await windows.say('PROPFIND', name, 404, depth('0'));
  await windows.say('PUT', name, 201, { body: '' });
  const token = await windows.lock(name, 200);
  await windows.say('PROPPATCH', name, 207, { headers: by(token), body: DATES });
  await windows.say('HEAD', name, 200);
  await windows.say('PUT', name, 204, { headers: by(token), body });
  await windows.say('PROPPATCH', name, 207, { headers: by(token), body: DATES });
  await windows.say('UNLOCK', name, 204, { headers: { 'Lock-Token': token } });
}

describe('Windows Explorer', () => {
  test('maps the drive: it asks the root, then each folder above the share, first without credentials (W1, W2, W6)', async () => {
    await windows.sayUnknown('OPTIONS', '/', 200, { headers: { 'User-Agent': 'DavClnt' } });
    const base = stage.door.base;
    for (const path of ['/dav', base, `${base}/`, windows.folder]) {
      await windows.sayUnknown('OPTIONS', path, 401);
      await windows.say('OPTIONS', path, 200);
    }
    for (const path of ['/', '/dav', base, windows.folder]) {
      await windows.sayUnknown('PROPFIND', path, 401, depth('0'));
      const { text } = await windows.say('PROPFIND', path, 207, depth('0'));
      expect(text).toContain('<D:resourcetype><D:collection/></D:resourcetype>');
    }
    for (const name of ['desktop.ini', 'AutoRun.inf', 'Thumbs.db', 'folder.jpg'])
      await windows.say('PROPFIND', name, 404, depth('0'));
    expect(await windows.told()).toEqual([]);
  });

  test('copies a file onto the drive: one deposit, dated as at home, told when it is there (W22, W28, W29)', async () => {
    const name = 'Avis%20d%C3%A9finitif.pdf';
    await copyOnto(name, 'content');
    expect(await windows.told()).toEqual(['deposit Avis définitif.pdf', 'mail Avis définitif.pdf']);
    const found = await stage.door.send('claire', 'HEAD', `${windows.folder}/${name}`);
    expect(found.headers['last-modified']).toBe(DATE);
  });

  test('makes a folder under one name and renames it at once (W28, W32)', async () => {
    await windows.say('PROPFIND', 'Nouveau%20dossier', 404, depth('0'));
    await windows.say('MKCOL', 'Nouveau%20dossier', 201);
    await windows.say('PROPFIND', 'Nouveau%20dossier', 207, depth('0'));
    await windows.say('PROPPATCH', 'Nouveau%20dossier', 207, { body: DATES });
    const headers = { Destination: windows.addressOf('Ao%C3%BBt'), Overwrite: 'F' };
    await windows.say('MOVE', 'Nouveau%20dossier', 201, { headers });
    await windows.say('PROPFIND', 'Ao%C3%BBt', 207, depth('1'));
    expect(await windows.told()).toEqual(['create-directory Nouveau dossier', 'move Nouveau dossier → Août']);
  });

  test('copies over a file under a lock: one line, one item (W22, W24)', async () => {
    await copyOnto('a.xlsx', 'version 1');
    await windows.told();
    const token = await windows.lock('a.xlsx', 200);
    await windows.say('PUT', 'a.xlsx', 204, { headers: by(token), body: 'version 2' });
    await windows.say('PROPPATCH', 'a.xlsx', 207, { headers: by(token), body: DATES });
    await windows.say('UNLOCK', 'a.xlsx', 204, { headers: { 'Lock-Token': token } });
    expect(await windows.told()).toEqual(['deposit a.xlsx replaced', 'mail a.xlsx']);
  });

  test('copies over a file as it did before: it empties, deletes and sends anew (W24, W26)', async () => {
    await copyOnto('a.xlsx', 'version 1');
    await windows.told();
    const token = await windows.lock('a.xlsx', 200);
    await windows.say('PUT', 'a.xlsx', 204, { headers: by(token), body: '' });
    await windows.say('DELETE', 'a.xlsx', 204, { headers: by(token) });
    await windows.say('PUT', 'a.xlsx', 201, { body: 'version 2' });
    expect(await windows.told()).toEqual(['deposit a.xlsx replaced', 'mail a.xlsx']);
    expect((await stage.door.send('claire', 'GET', `${windows.folder}/a.xlsx`)).text).toBe('version 2');
  });

  test('renames, also to another case, and is asked before it replaces (W32)', async () => {
    await copyOnto('a.txt', 'a');
    await copyOnto('c.txt', 'c');
    await windows.told();
    const to = (name: string) => ({ headers: { Destination: windows.addressOf(name), Overwrite: 'F' } });
    await windows.say('MOVE', 'a.txt', 201, to('A.txt'));
    await windows.say('MOVE', 'A.txt', 201, to('b.txt'));
    await windows.say('MOVE', 'b.txt', 412, to('c.txt'));
    expect(await windows.told()).toEqual(['move a.txt → A.txt', 'move A.txt → b.txt']);
  });

  test('deletes a file, and a folder with what it holds (W3)', async () => {
    await windows.say('MKCOL', 'd', 201);
    for (const name of ['d/a.txt', 'd/b.txt', 'c.txt']) await windows.say('PUT', name, 201, { body: name });
    await windows.told();
    await windows.say('PROPFIND', 'c.txt', 207, depth('0'));
    await windows.say('DELETE', 'c.txt', 204);
    await windows.say('PROPFIND', 'c.txt', 404, depth('0'));
    await windows.say('PROPFIND', 'd', 207, depth('1'));
    await windows.say('DELETE', 'd/a.txt', 204);
    await windows.say('DELETE', 'd', 204);
    await windows.say('PROPFIND', 'd', 404, depth('0'));
    expect(await windows.told()).toEqual(['delete c.txt', 'delete d/a.txt', 'delete d', 'delete d/b.txt']);
  });
});
