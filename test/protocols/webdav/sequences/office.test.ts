import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openStage, type Player, type Stage } from './player.js';

const DATES =
  '<D:propertyupdate xmlns:D="DAV:" xmlns:Z="urn:schemas-microsoft-com:"><D:set><D:prop><Z:Win32FileAttributes>00000022</Z:Win32FileAttributes></D:prop></D:set></D:propertyupdate>';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.door.stop());

const by = (token: string) => ({ If: `(${token})` });
const seenBy = async (folder: string) =>
  (await stage.door.send('claire', 'PROPFIND', folder, { headers: { Depth: '1' } })).text;

describe('Office on the drive', () => {
  let office: Player;
  beforeEach(async () => {
    office = await stage.enter({ 'User-Agent': 'Microsoft-WebDAV-MiniRedir/10.0.19045', translate: 'f' });
    await office.say('PUT', 'rapport.docx', 201, { body: 'version 1' });
    await office.told();
  });

  const unlock = (name: string, token: string) =>
    office.say('UNLOCK', name, 204, { headers: { 'Lock-Token': token } });

  /** An empty file, a lock, its bytes. */
  async function write(name: string, body: string): Promise<void> {
    await office.say('PUT', name, 201, { body: '' });
    const token = await office.lock(name, 200);
    await office.say('HEAD', name, 200);
    await office.say('PUT', name, 204, { headers: by(token), body });
    await office.say('PROPPATCH', name, 207, { headers: by(token), body: DATES });
    await unlock(name, token);
  }

  test('Word locks, marks the document as open, saves through a temporary file moved over it, and tidies up (W25, W39)', async () => {
    await office.say('GET', 'rapport.docx', 200);
    await office.sayUnknown('OPTIONS', office.folder, 200, {
      headers: { 'User-Agent': 'Microsoft Office Word 2014' },
    });
    const document = await office.lock('rapport.docx', 200);
    await write('~%24pport.docx', 'x'.repeat(162));
    await write('~WRD0001.tmp', 'version 2');
    await unlock('rapport.docx', document);
    const token = await office.lock('~WRD0001.tmp', 200);
    const headers = { ...by(token), Destination: office.addressOf('rapport.docx'), Overwrite: 'T' };
    await office.say('MOVE', '~WRD0001.tmp', 204, { headers });
    await unlock('rapport.docx', await office.lock('rapport.docx', 200));
    expect(await seenBy(office.folder)).not.toMatch(/~WRD|~%24/u);
    await office.say('DELETE', '~%24pport.docx', 204);
    expect(await office.told()).toEqual([
      'download rapport.docx',
      'deposit rapport.docx replaced',
      'mail rapport.docx',
    ]);
    expect((await stage.door.send('claire', 'GET', `${office.folder}/rapport.docx`)).text).toBe('version 2');
  });

  test('Word as it saves on a disk: the old document aside, the new one in its place, the old one gone (W39)', async () => {
    await write('~WRD0001.tmp', 'version 2');
    const to = (name: string) => ({ headers: { Destination: office.addressOf(name), Overwrite: 'F' } });
    await office.say('MOVE', 'rapport.docx', 201, to('~WRL0002.tmp'));
    await office.say('MOVE', '~WRD0001.tmp', 201, to('rapport.docx'));
    await office.say('DELETE', '~WRL0002.tmp', 204);
    expect(await office.told()).toEqual(['deposit rapport.docx replaced', 'mail rapport.docx']);
  });

  test('Excel writes eight hexadecimal digits, deletes the document and renames (W39)', async () => {
    await write('4E81A200', 'version 2');
    await office.say('DELETE', 'rapport.docx', 204);
    const headers = { Destination: office.addressOf('rapport.docx'), Overwrite: 'F' };
    await office.say('MOVE', '4E81A200', 201, { headers });
    expect(await office.told()).toEqual(['deposit rapport.docx replaced', 'mail rapport.docx']);
  });
});

describe('Office by the address', () => {
  test('Word asks what the server can, opens under a lock, and saves in place (W8, W9, W24)', async () => {
    const word = await stage.enter({ 'X-Office-Major-Version': '16', 'User-Agent': 'Microsoft Office Word' });
    await word.say('PUT', 'avis.docx', 201, { body: 'version 1' });
    await word.told();
    const bearer = { headers: { Authorization: 'Bearer' } };
    const protocol = { 'User-Agent': 'Microsoft Office Protocol Discovery' };
    const { headers: can } = await word.sayUnknown('OPTIONS', word.folder, 200, { headers: protocol });
    expect(can).toMatchObject({ dav: '1, 2', 'ms-author-via': 'DAV' });
    const { headers: asked } = await word.sayUnknown('HEAD', 'avis.docx', 401, bearer);
    expect(asked['www-authenticate']).toMatch(/^Basic /u);
    await word.say('HEAD', 'avis.docx', 200, {
      headers: { 'User-Agent': 'Microsoft Office Existence Discovery' },
    });
    await word.sayUnknown('GET', '/_vti_inf.html', 404);
    await word.sayUnknown('POST', '/_vti_bin/shtml.exe/_vti_rpc', 404);
    const token = await word.lock('avis.docx', 200);
    await word.say('GET', 'avis.docx', 200, { headers: { Depth: '0', 'Content-Type': 'text/xml' } });
    await word.say('PROPFIND', 'avis.docx', 207, { headers: { Depth: '0', Brief: 't' } });
    await word.say('LOCK', 'avis.docx', 200, { headers: { ...by(token), Timeout: 'Second-3600' } });
    await word.say('PUT', 'avis.docx', 204, { headers: by(token), body: 'version 2' });
    await word.say('UNLOCK', 'avis.docx', 204, { headers: { 'Lock-Token': token } });
    expect(await word.told()).toEqual(['download avis.docx', 'deposit avis.docx replaced', 'mail avis.docx']);
  });
});
