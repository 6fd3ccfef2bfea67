import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestDoor, type TestDoor } from './support.js';

let door: TestDoor;
let path: string;
beforeAll(async () => {
  door = await openTestDoor();
  path = `${door.base}/a.txt`;
  await door.send('nadia', 'PUT', path, { body: 'hello' });
  await door.send('nadia', 'MKCOL', `${door.base}/folder`);
});
afterAll(() => door.stop());

const NAMESPACES = 'xmlns:D="DAV:" xmlns:Z="urn:schemas-microsoft-com:" xmlns:m="urn:mine"';
const patch = (instructions: string, headers = {}, person: 'nadia' | 'julien' = 'nadia', where = path) =>
  door.send(person, 'PROPPATCH', where, {
    headers,
    body: `<D:propertyupdate ${NAMESPACES}>${instructions}</D:propertyupdate>`,
  });
const set = (inside: string) => `<D:set><D:prop>${inside}</D:prop></D:set>`;
const remove = (inside: string) => `<D:remove><D:prop>${inside}</D:prop></D:remove>`;
const read = async (inside: string) =>
  (
    await door.send('nadia', 'PROPFIND', path, {
      headers: { Depth: '0' },
      body: `<D:propfind ${NAMESPACES}><D:prop>${inside}</D:prop></D:propfind>`,
    })
  ).text;

describe('PROPPATCH', () => {
  test('takes the four properties of Explorer, each named in its namespace; the date becomes the file’s (W28, W29, W30)', async () => {
    const dates = ['CreationTime', 'LastAccessTime', 'LastModifiedTime'].map(
      (name) => `<Z:Win32${name}>Tue, 14 Nov 2023 22:13:20 GMT</Z:Win32${name}>`,
    );
    const { status, text } = await patch(
      set(`${dates.join('')}<Z:Win32FileAttributes>00000020</Z:Win32FileAttributes>`),
    );
    expect(status).toBe(207);
    expect(text.match(/<Z:Win32\w+\/>/gu)).toHaveLength(4);
    expect(text).toContain('HTTP/1.1 200 OK');
    const kept = await read('<Z:Win32FileAttributes/><Z:Win32LastModifiedTime/><D:getlastmodified/>');
    expect(kept).toContain('<Z:Win32FileAttributes>00000020</Z:Win32FileAttributes>');
    expect(kept.match(/Tue, 14 Nov 2023 22:13:20 GMT/gu)).toHaveLength(2);
    expect((await door.send('nadia', 'HEAD', path)).headers['last-modified']).toBe(
      'Tue, 14 Nov 2023 22:13:20 GMT',
    );
  });

  test('keeps the language a value is in, its own or that of what it lies in (RFC 4918 section 4.4)', async () => {
    await patch(
      `<D:set xml:lang="fr"><D:prop><m:a>oui</m:a><m:b xml:lang="en">yes</m:b><m:c xml:lang=""/></D:prop></D:set>`,
    );
    const kept = await read('<m:a/><m:b/><m:c/>');
    expect(kept).toContain('<x:a xmlns:x="urn:mine" xml:lang="fr">oui</x:a>');
    expect(kept).toContain('<x:b xmlns:x="urn:mine" xml:lang="en">yes</x:b>');
    expect(kept).toContain('<x:c xmlns:x="urn:mine"/>');
    await patch(set('<m:a>si</m:a>'));
    expect(await read('<m:a/>')).toContain('<x:a xmlns:x="urn:mine">si</x:a>');
    await patch(remove('<m:a/><m:b/><m:c/>'));
  });

  test('also on a folder (W28)', async () => {
    const date = '<Z:Win32LastModifiedTime>Tue, 14 Nov 2023 22:13:20 GMT</Z:Win32LastModifiedTime>';
    const { status, text } = await patch(set(date), {}, 'nadia', `${door.base}/folder`);
    expect(status).toBe(207);
    expect(text).toContain(`<D:href>${door.base}/folder/</D:href>`);
    expect(text).toContain('HTTP/1.1 200 OK');
  });

  test('takes the date of rclone (W29)', async () => {
    expect((await patch(set('<D:lastmodified>1600000000</D:lastmodified>'))).text).toContain('200 OK');
    expect(await read('<D:getlastmodified/>')).toContain('Sun, 13 Sep 2020 12:26:40 GMT');
  });

  test('keeps anything else as it came, and forgets it when told', async () => {
    const value = '<m:a k="1">é &amp; <D:href>/x</D:href></m:a>';
    expect((await patch(set(`<m:note>${value}</m:note>`))).text).toContain('200 OK');
    const kept = await read('<m:note/>');
    expect(kept).toContain(
      '<x:note xmlns:x="urn:mine"><m:a xmlns:m="urn:mine" k="1">é &amp; <D:href xmlns:D="DAV:">/x</D:href></m:a></x:note>',
    );
    expect((await patch(remove('<m:note/>') + remove('<m:never/>'))).text).toContain('200 OK');
    expect(await read('<m:note/>')).toContain('404 Not Found');
  });

  test('instructions count in their order', async () => {
    await patch(
      set('<m:k>1</m:k>') + remove('<m:k/>') + set('<m:k>2</m:k>') + set('<m:j>1</m:j>') + remove('<m:j/>'),
    );
    const kept = await read('<m:k/><m:j/>');
    expect(kept).toContain('<x:k xmlns:x="urn:mine">2</x:k>');
    expect(kept).toMatch(/<x:j xmlns:x="urn:mine"\/><\/D:prop><D:status>HTTP\/1.1 404/u);
  });

  test('all or nothing: one protected property refuses the others (W28)', async () => {
    const { status, text } = await patch(set('<m:other>1</m:other><D:getetag>x</D:getetag>'));
    expect(status).toBe(207);
    expect(text).toMatch(/<D:getetag\/><\/D:prop><D:status>HTTP\/1.1 403 Forbidden/u);
    expect(text).toMatch(
      /<x:other xmlns:x="urn:mine"\/><\/D:prop><D:status>HTTP\/1.1 424 Failed Dependency/u,
    );
    expect(await read('<m:other/>')).toContain('404 Not Found');
    expect((await patch(set('<D:lastmodified>soon</D:lastmodified>'))).text).toContain(
      'HTTP/1.1 409 Conflict',
    );
  });

  test('refusals', async () => {
    expect((await patch(set('<m:k>1</m:k>'), {}, 'julien')).status).toBe(403);
    expect((await patch(set('<m:k>1</m:k>'), { 'If-Match': '"other"' })).status).toBe(412);
    expect((await patch(set('<m:k>1</m:k>'), {}, 'nadia', `${door.base}/none`)).status).toBe(404);
    expect((await patch('')).status).toBe(400);
    expect((await patch(set(`<m:k>${'x'.repeat(70_000)}</m:k>`))).status).toBe(413);
    expect((await door.send('nadia', 'PROPPATCH', path)).status).toBe(400);
  });

  test('256 instructions are taken, no more', async () => {
    expect((await patch(set('<m:k>1</m:k>'.repeat(256)))).status).toBe(207);
    expect((await patch(set('<m:k>1</m:k>'.repeat(257)))).status).toBe(413);
    expect((await patch(set('<m:k>1</m:k>').repeat(257))).status).toBe(413);
  });
});
