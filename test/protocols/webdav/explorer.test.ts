import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestDoor, type Sent, type TestDoor } from './support.js';

let door: TestDoor;
beforeAll(async () => {
  door = await openTestDoor();
});
afterAll(() => door.stop());

const LOCK =
  '<?xml version="1.0" encoding="utf-8" ?><D:lockinfo xmlns:D="DAV:"><D:lockscope><D:exclusive/></D:lockscope><D:locktype><D:write/></D:locktype><D:owner><D:href>PC\\nadia</D:href></D:owner></D:lockinfo>';
const DATES =
  '<?xml version="1.0" encoding="utf-8" ?><D:propertyupdate xmlns:D="DAV:" xmlns:Z="urn:schemas-microsoft-com:"><D:set><D:prop><Z:Win32CreationTime>Tue, 14 Nov 2023 22:13:20 GMT</Z:Win32CreationTime><Z:Win32LastModifiedTime>Tue, 14 Nov 2023 22:13:20 GMT</Z:Win32LastModifiedTime><Z:Win32FileAttributes>00000020</Z:Win32FileAttributes></D:prop></D:set></D:propertyupdate>';

async function say(method: string, name: string, sent: Sent = {}) {
  const headers = { 'User-Agent': 'Microsoft-WebDAV-MiniRedir/10.0.19045', translate: 'f', ...sent.headers };
  const answer = await door.send('nadia', method, `${door.base}/${name}`, { ...sent, headers });
  return { status: answer.status, token: String(answer.headers['lock-token']), text: answer.text };
}
const lockBy = { headers: { Timeout: 'Second-3600' }, body: LOCK };

const depositsOf = async (name: string) =>
  (await door.history()).filter((row) => row.action === 'deposit' && row.path?.endsWith(`/${name}`));

describe('what Windows does', () => {
  test('copying a file onto the drive is one deposit, dated as at home (W22, W28, W29)', async () => {
    await door.takeMails();
    const name = 'Avis%20d%C3%A9finitif.pdf';
    expect((await say('PROPFIND', name, { headers: { Depth: '0' }, body: '' })).status).toBe(404);
    expect((await say('PUT', name, { body: '' })).status).toBe(201);
    const { status, token } = await say('LOCK', name, lockBy);
    expect(status).toBe(200);
    expect(await door.takeMails()).toEqual([]);
    expect((await say('PROPPATCH', name, { headers: { If: `(${token})` }, body: DATES })).status).toBe(207);
    expect((await say('HEAD', name)).status).toBe(200);
    expect((await say('PUT', name, { headers: { If: `(${token})` }, body: 'content' })).status).toBe(204);
    expect((await say('PROPPATCH', name, { headers: { If: `(${token})` }, body: DATES })).status).toBe(207);
    expect((await say('UNLOCK', name, { headers: { 'Lock-Token': token } })).status).toBe(204);
    expect(await depositsOf('Avis définitif.pdf')).toHaveLength(1);
    expect((await door.takeMails()).length).toBeGreaterThan(0);
    const found = await door.send('claire', 'HEAD', `${door.base}/${name}`);
    expect(found.headers['last-modified']).toBe('Tue, 14 Nov 2023 22:13:20 GMT');
  });

  test('a new folder is made under one name and renamed at once (W28, W32)', async () => {
    expect((await say('PROPFIND', 'Nouveau%20dossier', { headers: { Depth: '0' } })).status).toBe(404);
    expect((await say('MKCOL', 'Nouveau%20dossier')).status).toBe(201);
    expect((await say('PROPPATCH', 'Nouveau%20dossier', { body: DATES })).status).toBe(207);
    const Destination = `http://127.0.0.1:${door.port}${door.base}/Ao%C3%BBt`;
    expect(
      (await say('MOVE', 'Nouveau%20dossier', { headers: { Destination, Overwrite: 'F' } })).status,
    ).toBe(201);
    expect((await say('PROPFIND', 'Ao%C3%BBt', { headers: { Depth: '1' } })).status).toBe(207);
  });

  test('Word saves through a temporary file that is moved over the document, with the token of the temporary alone (W25, W39)', async () => {
    const [name, temporary] = ['rapport.docx', '~WRD0001.tmp'];
    await say('PUT', name, { body: 'version 1' });
    const document = await say('LOCK', name, lockBy);
    expect((await say('PUT', '~%24pport.docx', { body: '' })).status).toBe(201);
    expect((await say('PUT', temporary, { body: '' })).status).toBe(201);
    const first = await say('LOCK', temporary, lockBy);
    expect(
      (await say('PUT', temporary, { headers: { If: `(${first.token})` }, body: 'version 2' })).status,
    ).toBe(204);
    expect((await say('UNLOCK', temporary, { headers: { 'Lock-Token': first.token } })).status).toBe(204);
    expect((await say('UNLOCK', name, { headers: { 'Lock-Token': document.token } })).status).toBe(204);
    const { token } = await say('LOCK', temporary, lockBy);
    const headers = { If: `(${token})`, Destination: `${door.base}/${name}`, Overwrite: 'T' };
    expect((await say('MOVE', temporary, { headers })).status).toBe(204);
    expect((await door.send('claire', 'GET', `${door.base}/${name}`)).text).toBe('version 2');
    expect((await say('LOCK', name, lockBy)).status).toBe(200);
    expect(await depositsOf('rapport.docx')).toHaveLength(2);
    const seen = await door.send('claire', 'PROPFIND', door.base, { headers: { Depth: '1' } });
    expect(seen.text).not.toMatch(/~WRD|~%24/u);
  });
});

describe('what Finder does', () => {
  test('an empty PUT, a lock, then chunks of an announced length under the lock (W34, W39, W40)', async () => {
    const name = 'e%CC%81te%CC%81.key';
    expect((await say('PUT', `._${name}`, { body: 'resource fork' })).status).toBe(201);
    expect((await say('PUT', name, { body: '' })).status).toBe(201);
    const { token } = await say('LOCK', name, { headers: { Depth: '0', Timeout: 'Second-600' }, body: LOCK });
    const headers = { If: `(${token})`, 'Transfer-Encoding': 'chunked', 'X-Expected-Entity-Length': '7' };
    expect((await say('PUT', name, { headers, body: 'content' })).status).toBe(204);
    expect((await say('LOCK', name, { headers: { If: `(${token})`, Timeout: 'Second-600' } })).status).toBe(
      200,
    );
    expect((await say('UNLOCK', name, { headers: { 'Lock-Token': token } })).status).toBe(204);
    expect((await door.send('claire', 'GET', `${door.base}/%C3%A9t%C3%A9.key`)).text).toBe('content');
    const seen = await door.send('claire', 'PROPFIND', door.base, { headers: { Depth: '1' } });
    expect(seen.text).toContain('/%C3%A9t%C3%A9.key<');
    expect(seen.text).not.toContain('/._');
  });
});
