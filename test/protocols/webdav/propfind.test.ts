import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestDoor, type TestDoor } from './support.js';

let door: TestDoor;
beforeAll(async () => {
  door = await openTestDoor();
  await door.send('claire', 'PUT', `${door.base}/a%20%26%20b.txt`, {
    body: 'hello',
    headers: { 'X-OC-Mtime': '1700000000' },
  });
  await door.send('claire', 'MKCOL', `${door.base}/sub`);
});
afterAll(() => door.stop());

const find = (path: string, depth: string, body?: string, person: 'claire' | 'odile' = 'claire') =>
  door.send(person, 'PROPFIND', path, { headers: { Depth: depth }, ...(body === undefined ? {} : { body }) });
const prop = (inside: string) =>
  `<?xml version="1.0"?><x:propfind xmlns:x="DAV:"><x:prop>${inside}</x:prop></x:propfind>`;
const hrefsIn = (text: string) =>
  [...text.matchAll(/<D:response><D:href>(.*?)<\/D:href>/gu)].map(([, href]) => href);

describe('PROPFIND', () => {
  test('without a body tells all that Windows shows, with a prefix on every DAV: element (W10, W11, W15, W16, W17, W19)', async () => {
    const { status, headers, text } = await find(`${door.base}/a%20%26%20b.txt`, '0', '');
    expect([status, headers['content-type']]).toEqual([207, 'application/xml; charset=utf-8']);
    expect(text).toContain('<D:multistatus xmlns:D="DAV:" xmlns:Z="urn:schemas-microsoft-com:">');
    expect(text).not.toContain('xmlns="DAV:"');
    expect(text).toContain(`<D:href>${door.base}/a%20%26%20b.txt</D:href>`);
    expect(text).toContain('<D:displayname>a &amp; b.txt</D:displayname>');
    expect(text).toContain('<D:getcontentlength>5</D:getcontentlength>');
    expect(text).toContain('<D:getlastmodified>Tue, 14 Nov 2023 22:13:20 GMT</D:getlastmodified>');
    expect(text).toMatch(/<D:creationdate>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z<\/D:creationdate>/u);
    expect(text).toContain('<D:resourcetype/>');
    expect(text).toContain('<D:lockscope><D:exclusive/></D:lockscope>');
    expect(text).toContain('<D:status>HTTP/1.1 200 OK</D:status>');
    expect(text).not.toContain('quota');
    expect(text.length).toBeLessThan(1000);
  });

  test('the tag is the one GET gives (W36)', async () => {
    const { text } = await find(`${door.base}/a%20%26%20b.txt`, '0');
    const get = await door.send('claire', 'HEAD', `${door.base}/a%20%26%20b.txt`);
    expect(text).toContain(
      `<D:getetag>${String(get.headers.etag).replaceAll('"', '&quot;')}</D:getetag>`.replaceAll(
        '&quot;',
        '"',
      ),
    );
  });

  test('depth 1 lists the folder and what it holds; folders end in a slash, asked with one or without (W3, W13)', async () => {
    for (const path of [door.base, `${door.base}/`]) {
      const { text } = await find(path, '1');
      expect(hrefsIn(text)).toEqual([`${door.base}/`, `${door.base}/a%20%26%20b.txt`, `${door.base}/sub/`]);
    }
  });

  test('the root lists one’s groups, the host’s root leads to it (W2)', async () => {
    expect(hrefsIn((await find('/dav', '1')).text)).toEqual(['/dav/', `${door.base}/`]);
    expect(hrefsIn((await find('/dav/', '1', undefined, 'odile')).text)).toEqual([
      '/dav/',
      '/dav/Mairie%20de%20Sainte-Colombe/',
    ]);
    expect(hrefsIn((await find('/', '0')).text)).toEqual(['/']);
    expect(hrefsIn((await find('/', '1')).text)).toEqual(['/', '/dav/']);
  });

  test('what is absent, or not to be seen, is a plain 404 (W12)', async () => {
    for (const answer of [
      await find(`${door.base}/none`, '0'),
      await find(door.base, '1', undefined, 'odile'),
    ])
      expect([answer.status, answer.text.includes('multistatus')]).toEqual([404, false]);
  });

  test('unknown properties come back in their own namespace, as not found (W18)', async () => {
    const wanted = '<x:getetag/><s:modified xmlns:s="SAR:"/><x:getmodifiedby/><plain xmlns=""/>';
    const { status, text } = await find(`${door.base}/a%20%26%20b.txt`, '0', prop(wanted));
    expect(status).toBe(207);
    expect(text).toMatch(
      /<D:prop><x:modified xmlns:x="SAR:"\/><D:getmodifiedby\/><plain\/><\/D:prop><D:status>HTTP\/1.1 404 Not Found/u,
    );
  });

  test('the quota is told when it is asked for (W20)', async () => {
    await door.operator.createGroup({ name: 'Petit', quotaBytes: 1000 });
    await door.operator.setMember('Petit', 'claire.moreau@caf.example.org', 'writer');
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await door.send('claire', 'PUT', '/dav/Petit/x', { body: '0123456789' });
    const body = prop('<x:quota-available-bytes/><x:quota-used-bytes/>');
    const { text } = await find('/dav/Petit', '0', body);
    expect(text).toContain('<D:quota-available-bytes>990</D:quota-available-bytes>');
    expect(text).toContain('<D:quota-used-bytes>10</D:quota-used-bytes>');
    // The root has its own figures, then each of one's groups.
    const used =
      (await find('/dav', '1', body)).text.match(/(?<=<D:quota-used-bytes>)\d+/gu)?.map(Number) ?? [];
    const [all, ...each] = used;
    expect(each).toContain(10);
    expect(all).toBe(each.reduce((sum, bytes) => sum + bytes, 0));
  });

  test('names alone, and more than all', async () => {
    const names = await find(door.base, '0', '<propfind xmlns="DAV:"><propname/></propfind>');
    expect(names.text).toContain('<D:creationdate/><D:displayname/><D:getlastmodified/><D:resourcetype/>');
    const all = '<propfind xmlns="DAV:"><allprop/><include><quota-used-bytes/></include></propfind>';
    expect((await find(door.base, '0', all)).text).toMatch(/<D:displayname>.*<D:quota-used-bytes>/u);
  });

  test('infinity, which is also what no Depth means, is refused by name', async () => {
    const answers = [await find(door.base, 'infinity'), await door.send('claire', 'PROPFIND', door.base)];
    for (const { status, text } of answers) {
      expect(status).toBe(403);
      expect(text).toContain('<D:error xmlns:D="DAV:"><D:propfind-finite-depth/></D:error>');
    }
  });

  test.each([
    ['a broken document', '<propfind xmlns="DAV:"><prop>', 400],
    ['another document', '<lockinfo xmlns="DAV:"/>', 400],
    ['nothing asked', '<propfind xmlns="DAV:"/>', 400],
    ['a document type', '<!DOCTYPE a><propfind xmlns="DAV:"><allprop/></propfind>', 400],
    ['more than 64 KiB', `<propfind xmlns="DAV:"><allprop/></propfind>${' '.repeat(70_000)}`, 413],
    ['thousands of names', prop('<x:a/>'.repeat(1000)), 413],
  ])('%s is refused', async (_what, body, status) => {
    expect((await find(door.base, '0', body)).status).toBe(status);
  });

  test('a folder of many is streamed, each child once', async () => {
    const workspace = await door.workspace('claire');
    const names = Array.from({ length: 600 }, (_, index) => `child-${index}`);
    await Promise.all(
      names.map((name) => workspace.createDirectory({ segments: [door.group, 'sub', name] })),
    );
    const { headers, text } = await find(`${door.base}/sub`, '1');
    expect(headers['transfer-encoding']).toBe('chunked');
    const hrefs = hrefsIn(text);
    expect([hrefs.length, new Set(hrefs).size]).toEqual([601, 601]);
    expect(hrefs.slice(0, 4).map((href) => href?.split('/').at(-2))).toEqual([
      'sub',
      'child-0',
      'child-1',
      'child-2',
    ]);
  }, 20_000);
});
