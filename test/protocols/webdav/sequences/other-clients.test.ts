import { afterAll, beforeAll, expect, test } from 'vitest';
import { LOCK_INFO, openStage, type Stage } from './player.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.door.stop());

const propfind = (Depth: string, body = '') => ({ headers: { Depth }, body });
const named = (...properties: readonly string[]) =>
  `<?xml version="1.0" encoding="utf-8" ?><propfind xmlns="DAV:"><prop>${properties.join('')}</prop></propfind>`;

test('gvfs asks the folders upwards, writes beside and in place by ETag, and renames (W3, W20, W36)', async () => {
  const gvfs = await stage.enter({ 'User-Agent': 'gvfs/1.50.3', 'Apply-To-Redirect-Ref': 'T' });
  const asked = named(
    ...['creationdate', 'displayname', 'getcontentlength', 'getcontenttype', 'getetag'].map((n) => `<${n}/>`),
    '<getlastmodified/><resourcetype/>',
  );
  for (const path of [gvfs.folder, stage.door.base, '/dav', '/']) {
    await gvfs.say('OPTIONS', path, 200);
    await gvfs.say('PROPFIND', path, 207, propfind('0', asked));
  }
  await gvfs.say('PROPFIND', 'notes.txt', 404, propfind('0', asked));
  await gvfs.say('PUT', 'notes.txt', 201, { headers: { 'If-None-Match': '*' }, body: 'version 1' });
  expect(await gvfs.told()).toEqual(['deposit notes.txt', 'mail notes.txt']);
  const etag = String((await gvfs.say('HEAD', 'notes.txt', 200)).headers.etag);
  await gvfs.say('PUT', 'notes.txt', 204, { headers: { 'If-Match': etag }, body: 'version 2' });
  await gvfs.say('PUT', 'notes.txt', 412, { headers: { 'If-Match': etag }, body: 'version 3' });
  const headers = { Destination: gvfs.addressOf('renamed.txt'), Overwrite: 'F' };
  await gvfs.say('MOVE', 'notes.txt', 201, { headers });
  expect(await gvfs.told()).toEqual([
    'deposit notes.txt replaced',
    'move notes.txt → renamed.txt',
    'mail renamed.txt',
  ]);
});

test('davfs2 locks a free name, writes under a tagged condition, and saves over by its ETag (W4, W24, W27)', async () => {
  const davfs = await stage.enter({ 'User-Agent': 'davfs2/1.6.1 neon/0.32.5' });
  await davfs.say('OPTIONS', davfs.folder, 200);
  const asked =
    '<?xml version="1.0" encoding="utf-8"?><propfind xmlns="DAV:"><prop><getetag xmlns="DAV:"/><getcontentlength xmlns="DAV:"/><creationdate xmlns="DAV:"/><getlastmodified xmlns="DAV:"/><resourcetype xmlns="DAV:"/><executable xmlns="http://apache.org/dav/props/"/></prop></propfind>';
  await davfs.say('PROPFIND', `${davfs.folder}/`, 207, propfind('1', asked));
  const token = await davfs.lock('a.csv', 201, { Depth: '0' });
  const tagged = { If: `<${davfs.addressOf('a.csv')}> (${token})` };
  await davfs.say('HEAD', 'a.csv', 200);
  await davfs.say('PUT', 'a.csv', 204, { headers: tagged, body: 'version 1' });
  await davfs.say('UNLOCK', 'a.csv', 204, { headers: { 'Lock-Token': token } });
  expect(await davfs.told()).toEqual(['deposit a.csv', 'mail a.csv']);
  const again = await davfs.lock('a.csv', 200, { Depth: '0' });
  const etag = String((await davfs.say('HEAD', 'a.csv', 200)).headers.etag);
  const both = { If: `<${davfs.addressOf('a.csv')}> (${again})`, 'If-Match': etag };
  await davfs.say('PUT', 'a.csv', 204, { headers: both, body: 'version 2' });
  await davfs.say('UNLOCK', 'a.csv', 204, { headers: { 'Lock-Token': again } });
  expect(await davfs.told()).toEqual(['deposit a.csv replaced', 'mail a.csv']);
});

test('Cyberduck sends after a 100, and keeps dates of its own (W18, W44)', async () => {
  const duck = await stage.enter({ 'User-Agent': 'Cyberduck/8.6.0.39818 (Mac OS X/13.4)' });
  await duck.say('HEAD', `${duck.folder}/`, 200);
  const asked =
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><propfind xmlns="DAV:" xmlns:S="SAR:"><prop><getcontentlength/><getetag/><resourcetype/><getlastmodified/><S:modified/></prop></propfind>';
  await duck.say('PROPFIND', `${duck.folder}/`, 207, propfind('1', asked));
  const headers = { Expect: '100-continue', 'Content-Type': 'application/octet-stream' };
  await duck.say('PUT', 'photo.jpg', 201, { headers, body: 'pixels' });
  const dated =
    '<propertyupdate xmlns="DAV:" xmlns:S="SAR:"><set><prop><S:modified>2023-11-14T22:13:20Z</S:modified></prop></set></propertyupdate>';
  await duck.say('PROPPATCH', 'photo.jpg', 207, { body: dated });
  expect((await duck.say('PROPFIND', 'photo.jpg', 207, propfind('0', asked))).text).toMatch(
    />2023-11-14T22:13:20Z</u,
  );
  expect(await duck.told()).toEqual(['deposit photo.jpg', 'mail photo.jpg']);
});

test('WinSCP lists by names and by all, and renames over (W10, W32)', async () => {
  const winscp = await stage.enter({ 'User-Agent': 'WinSCP/5.21.8 neon/0.32.4' });
  await winscp.say('OPTIONS', `${winscp.folder}/`, 200);
  for (const what of ['allprop', 'propname'])
    await winscp.say(
      'PROPFIND',
      `${winscp.folder}/`,
      207,
      propfind('1', `<?xml version="1.0" encoding="utf-8"?><propfind xmlns="DAV:"><${what}/></propfind>`),
    );
  await winscp.say('PUT', 'a.csv', 201, { body: 'version 1' });
  await winscp.say('PUT', 'a.csv.filepart', 201, { body: 'version 2' });
  const headers = { Destination: winscp.addressOf('a.csv'), Overwrite: 'T' };
  expect(await winscp.told()).toEqual(['deposit a.csv', 'mail a.csv']);
  await winscp.say('MOVE', 'a.csv.filepart', 204, { headers });
  expect(await winscp.told()).toEqual(['deposit a.csv replaced', 'mail a.csv']);
});

test('KDE asks for folders without a slash, sends through .part, and copies with Depth infinity (W3, W13, W32)', async () => {
  const kde = await stage.enter({ 'User-Agent': 'Mozilla/5.0 (X11; Linux) KIO/5.103 kioworker' });
  await kde.say('PROPFIND', kde.folder, 207, propfind('1', named('<resourcetype/>', '<getcontentlength/>')));
  await kde.say('PUT', 'bilan.ods.part', 201, { body: 'content' });
  const to = (name: string) => ({
    headers: { Destination: kde.addressOf(name), Overwrite: 'F', Depth: 'infinity' },
  });
  await kde.say('MOVE', 'bilan.ods.part', 201, to('bilan.ods'));
  expect(await kde.told()).toEqual(['deposit bilan.ods', 'mail bilan.ods']);
  await kde.say('MKCOL', 'Archives', 201);
  await kde.say('COPY', 'bilan.ods', 201, to('Archives/bilan.ods'));
  await kde.say('MOVE', 'Archives', 201, to('Anciens'));
  await kde.say('PROPFIND', 'Anciens/bilan.ods', 207, propfind('0'));
  expect(await kde.told()).toEqual([
    'create-directory Archives',
    'copy bilan.ods → Archives/bilan.ods',
    'move Archives → Anciens',
    'move Archives/bilan.ods → Anciens/bilan.ods',
  ]);
});

test('rclone finds without a body, makes folders twice, moves them whole, reads ranges (W3, W10, W20, W29)', async () => {
  const rclone = await stage.enter({ 'User-Agent': 'rclone/v1.60.1-DEV' });
  await rclone.say('PROPFIND', `${rclone.folder}/`, 207, { headers: { Depth: '1' } });
  await rclone.say('MKCOL', 'sauvegarde/', 201);
  await rclone.say('MKCOL', 'sauvegarde/', 405);
  await rclone.say('MKCOL', 'absent/sous/', 409);
  await rclone.say('PUT', 'sauvegarde/a.bin', 201, {
    headers: { 'X-OC-Mtime': '1700000000' },
    body: '0123456789',
  });
  const dated =
    '<D:propertyupdate xmlns:D="DAV:"><D:set><D:prop><lastmodified xmlns="DAV:">1700000000</lastmodified></D:prop></D:set></D:propertyupdate>';
  await rclone.say('PROPPATCH', 'sauvegarde/a.bin', 207, { body: dated });
  const headers = { Destination: `${rclone.addressOf('ailleurs')}/`, Overwrite: 'T' };
  await rclone.say('MOVE', 'sauvegarde/', 201, { headers });
  const part = await rclone.say('GET', 'ailleurs/a.bin', 206, { headers: { Range: 'bytes=4-6' } });
  expect(part.text).toBe('456');
  expect(part.headers['last-modified']).toBe('Tue, 14 Nov 2023 22:13:20 GMT');
  const quota = named('<quota-available-bytes/>', '<quota-used-bytes/>');
  await rclone.say('PROPFIND', `${rclone.folder}/`, 207, propfind('0', quota));
  await rclone.say('DELETE', 'ailleurs/', 204);
  const told = (await rclone.told()).filter((line) => !line.startsWith('read'));
  expect(told).toEqual([
    'create-directory sauvegarde',
    'deposit sauvegarde/a.bin',
    'move sauvegarde → ailleurs',
    'move sauvegarde/a.bin → ailleurs/a.bin',
    'delete ailleurs',
    'delete ailleurs/a.bin',
  ]);
});

test('a shared lock is two people’s, and neither keeps the other from reading (W23, W31)', async () => {
  const one = await stage.enter({ 'User-Agent': 'cadaver/0.24' });
  await one.say('PUT', 'a.txt', 201, { body: 'x' });
  const shared = { body: LOCK_INFO.replace('exclusive', 'shared'), headers: { Depth: '0' } };
  await one.say('LOCK', 'a.txt', 200, shared);
  expect((await stage.door.send('claire', 'LOCK', `${one.folder}/a.txt`, shared)).status).toBe(200);
  expect((await stage.door.send('claire', 'GET', `${one.folder}/a.txt`)).status).toBe(200);
  expect((await stage.door.send('marc', 'PUT', `${one.folder}/a.txt`, { body: 'y' })).status).toBe(423);
});
