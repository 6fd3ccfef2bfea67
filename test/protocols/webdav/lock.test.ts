import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFakeClock } from '../../support/fake-clock.js';
import { openTestDoor, type Sent, type TestDoor } from './support.js';

const clock = createFakeClock();
let door: TestDoor;
beforeAll(async () => {
  door = await openTestDoor({ clock });
  await door.send('claire', 'MKCOL', `${door.base}/folder`);
});
afterAll(() => door.stop());

const body = (scope: string, owner = '<D:owner><D:href>PC\\claire</D:href></D:owner>') =>
  `<?xml version="1.0"?><D:lockinfo xmlns:D="DAV:"><D:lockscope><D:${scope}/></D:lockscope><D:locktype><D:write/></D:locktype>${owner}</D:lockinfo>`;

const as = (person: 'claire' | 'marc' | 'julien', method: string, name: string, sent: Sent = {}) =>
  door.send(person, method, `${door.base}/${name}`, sent);

async function make(name: string): Promise<void> {
  await as('claire', 'PUT', name, { body: 'content' });
}

async function lock(
  name: string,
  headers = {},
  scope = 'exclusive',
  person: 'claire' | 'marc' = 'claire',
): Promise<string> {
  const answer = await as(person, 'LOCK', name, { body: body(scope), headers });
  expect([200, 201]).toContain(answer.status);
  return String(answer.headers['lock-token']);
}

describe('LOCK', () => {
  test('answers with the token Windows looks for, in the header and in the body (W23)', async () => {
    await make('a.docx');
    const { status, headers, text } = await as('claire', 'LOCK', 'a.docx', {
      body: body('exclusive'),
      headers: { Timeout: 'Second-3600' },
    });
    expect(status).toBe(200);
    expect(headers['lock-token']).toMatch(/^<opaquelocktoken:[0-9a-f-]{36}>$/u);
    const token = String(headers['lock-token']).slice(1, -1);
    expect(text).toContain('<D:prop xmlns:D="DAV:"><D:lockdiscovery><D:activelock>');
    expect(text).toContain(`<D:locktoken><D:href>${token}</D:href></D:locktoken>`);
    expect(text).toContain('<D:timeout>Second-3600</D:timeout>');
    expect(text).toContain('<D:owner xmlns:D="DAV:"><D:href>PC\\claire</D:href></D:owner>');
    expect(text).toContain(`<D:lockroot><D:href>${door.base}/a.docx</D:href></D:lockroot>`);
    const seen = await as('marc', 'PROPFIND', 'a.docx', { headers: { Depth: '0' } });
    expect(seen.text).toContain(`<D:href>${token}</D:href>`);
  });

  test('keeps others, and its own holder without the token, from writing, not from reading (W24, W31)', async () => {
    await make('b.docx');
    const token = await lock('b.docx');
    for (const person of ['claire', 'marc'] as const) {
      for (const method of ['PUT', 'DELETE', 'PROPPATCH', 'MOVE']) {
        const patch = '<propertyupdate xmlns="DAV:"><set><prop><x xmlns="u"/></prop></set></propertyupdate>';
        const headers = { Destination: `${door.base}/elsewhere` };
        const answer = await as(person, method, 'b.docx', {
          body: method === 'PROPPATCH' ? patch : '',
          headers,
        });
        expect([method, answer.status]).toEqual([method, 423]);
        expect(answer.text).toContain(
          `<D:error xmlns:D="DAV:"><D:lock-token-submitted><D:href>${door.base}/b.docx</D:href></D:lock-token-submitted></D:error>`,
        );
      }
    }
    const refused = await as('marc', 'LOCK', 'b.docx', { body: body('exclusive') });
    expect([refused.status, refused.text.includes('no-conflicting-lock')]).toEqual([423, true]);
    expect((await as('marc', 'GET', 'b.docx')).text).toBe('content');
    expect((await as('marc', 'PUT', 'b.docx', { body: 'x', headers: { If: `(${token})` } })).status).toBe(
      423,
    );
    expect((await as('claire', 'PUT', 'b.docx', { body: 'x', headers: { If: `(${token})` } })).status).toBe(
      204,
    );
    const tagged = `<http://127.0.0.1:${door.port}${door.base}/b.docx> (${token})`;
    expect((await as('claire', 'PUT', 'b.docx', { body: 'y', headers: { If: tagged } })).status).toBe(204);
    expect(
      (await as('claire', 'PUT', 'b.docx', { body: 'z', headers: { 'Lock-Token': token } })).status,
    ).toBe(204);
    expect((await as('claire', 'DELETE', 'b.docx', { headers: { 'Lock-Token': token } })).status).toBe(423);
    expect((await as('claire', 'DELETE', 'b.docx', { headers: { If: `(${token})` } })).status).toBe(204);
  });

  test('a free name becomes a placeholder of its locker’s (W27)', async () => {
    const answer = await as('claire', 'LOCK', 'new.docx', { body: body('exclusive') });
    expect(answer.status).toBe(201);
    expect((await as('claire', 'HEAD', 'new.docx')).status).toBe(200);
    expect((await as('marc', 'HEAD', 'new.docx')).status).toBe(404);
  });

  test('shared locks stand side by side', async () => {
    await make('c.docx');
    const mine = await lock('c.docx', {}, 'shared');
    const theirs = await lock('c.docx', {}, 'shared', 'marc');
    expect(mine).not.toBe(theirs);
    expect((await as('marc', 'LOCK', 'c.docx', { body: body('exclusive') })).status).toBe(423);
    expect((await as('marc', 'PUT', 'c.docx', { body: 'x', headers: { If: `(${theirs})` } })).status).toBe(
      204,
    );
  });

  test('an infinite lock on a folder covers what lies in it', async () => {
    const token = await lock('folder/');
    expect((await as('marc', 'PUT', 'folder/x', { body: 'x' })).status).toBe(423);
    const If = `<${door.base}/folder/> (${token})`;
    expect((await as('claire', 'PUT', 'folder/x', { body: 'x', headers: { If } })).status).toBe(201);
    expect((await as('marc', 'PUT', 'folder/x', { body: 'x' })).status).toBe(423);
    expect((await as('claire', 'UNLOCK', 'folder', { headers: { 'Lock-Token': token } })).status).toBe(204);
    const shallow = await lock('folder/', { Depth: '0' });
    expect((await as('claire', 'PUT', 'folder/x', { body: 'y' })).status).toBe(204);
    expect((await as('claire', 'UNLOCK', 'folder', { headers: { 'Lock-Token': shallow } })).status).toBe(204);
  });

  test('is refreshed without a body, and expires (W38)', async () => {
    await make('d.docx');
    const token = await lock('d.docx', { Timeout: 'Infinite, Second-4100000000' });
    clock.advance(3000);
    const refreshed = await as('claire', 'LOCK', 'd.docx', {
      headers: { If: `(${token})`, Timeout: 'Second-600' },
    });
    expect([refreshed.status, refreshed.headers['lock-token']]).toEqual([200, undefined]);
    expect(refreshed.text).toContain('<D:timeout>Second-600</D:timeout>');
    clock.advance(599);
    expect((await as('marc', 'PUT', 'd.docx', { body: 'x' })).status).toBe(423);
    clock.advance(2);
    expect((await as('marc', 'PUT', 'd.docx', { body: 'x' })).status).toBe(204);
    expect((await as('claire', 'LOCK', 'd.docx', { headers: { If: `(${token})` } })).status).toBe(412);
    expect((await as('claire', 'LOCK', 'd.docx')).status).toBe(400);
  });

  test('does not travel with MOVE (W26)', async () => {
    await make('e.tmp1');
    const token = await lock('e.tmp1');
    const headers = { If: `(${token})`, Destination: `${door.base}/e.docx` };
    expect((await as('claire', 'MOVE', 'e.tmp1', { headers })).status).toBe(201);
    expect((await as('marc', 'PUT', 'e.docx', { body: 'x' })).status).toBe(204);
  });

  test('a tag that names another resource is about that one; of what may not be seen nothing is true (W25)', async () => {
    await make('h.docx');
    const put = async (If: string) =>
      (await as('claire', 'PUT', 'h.docx', { body: 'x', headers: { If } })).status;
    const { headers } = await as('claire', 'HEAD', 'h.docx');
    const other = `</dav/Mairie%20de%20Sainte-Colombe/x>`;
    expect(await put(`<${door.base}/none> ([${headers.etag}])`)).toBe(412);
    expect(await put(`<http://elsewhere.example.org${door.base}/h.docx> ([${headers.etag}])`)).toBe(412);
    expect(await put(`${other} (<urn:uuid:x>)`)).toBe(412);
    const token = await lock('h.docx');
    expect(await put(`<${door.base}/none> (${token})`)).toBe(412);
    expect(await put(`(${token} ["x"]) <${door.base}/none> (${token})`)).toBe(400);
    expect((await as('claire', 'UNLOCK', 'h.docx', { headers: { 'Lock-Token': token } })).status).toBe(204);
    expect(await put(`${other} (["x"]) <${door.base}/h.docx> ([${headers.etag}])`)).toBe(204);
  });

  test('refusals', async () => {
    await make('f.docx');
    const bad = (text: string, headers = {}) => as('claire', 'LOCK', 'f.docx', { body: text, headers });
    expect((await bad('<x/>')).status).toBe(400);
    expect((await bad(body('exclusive').replace('write', 'read'))).status).toBe(400);
    expect((await bad(body('exclusive').replace('<D:exclusive/>', '<D:exclusive/><D:shared/>'))).status).toBe(
      400,
    );
    expect((await bad(body('exclusive'), { Depth: '1' })).status).toBe(400);
    expect((await bad(body('exclusive'), { 'If-Match': '"other"' })).status).toBe(412);
    expect((await as('julien', 'LOCK', 'f.docx', { body: body('exclusive') })).status).toBe(403);
    expect((await as('claire', 'LOCK', 'none/x', { body: body('exclusive') })).status).toBe(409);
  });

  test('an owner of 2,048 characters is kept, no more', async () => {
    // As it is kept.
    const tags = '<D:owner xmlns:D="DAV:"></D:owner>';
    const ask = (name: string, count: number) =>
      as('claire', 'LOCK', name, {
        body: body('exclusive', `<D:owner>${'x'.repeat(count - tags.length)}</D:owner>`),
      });
    expect((await ask('owner.docx', 2048)).status).toBe(201);
    expect((await ask('owners.docx', 2049)).status).toBe(413);
    expect((await as('claire', 'HEAD', 'owners.docx')).status).toBe(404);
  });
});

describe('UNLOCK', () => {
  test('frees what it locked, and says so when it did not', async () => {
    await make('g.docx');
    const token = await lock('g.docx');
    const unlock = async (header: string, person: 'claire' | 'julien' = 'claire', name = 'g.docx') =>
      (await as(person, 'UNLOCK', name, { headers: { 'Lock-Token': header } })).status;
    expect(await unlock(token, 'julien')).toBe(403);
    expect(await unlock(token.slice(1, -1))).toBe(400);
    expect((await as('claire', 'UNLOCK', 'g.docx')).status).toBe(400);
    expect(await unlock('<opaquelocktoken:other>')).toBe(409);
    expect(await unlock(token, 'claire', 'f.docx')).toBe(409);
    expect(await unlock(token)).toBe(204);
    expect(await unlock(token)).toBe(409);
    expect((await as('marc', 'PUT', 'g.docx', { body: 'x' })).status).toBe(204);
  });
});

describe('a lock that ran out', () => {
  test('still lets its holder save and take it up again, as long as nobody else came before (W38)', async () => {
    await make('lunch.docx');
    const token = await lock('lunch.docx', { Timeout: 'Second-3600' });
    clock.advance(2 * 3600);
    const save = (content: string) =>
      as('claire', 'PUT', 'lunch.docx', { body: content, headers: { If: `(${token})` } });
    expect((await save('after lunch')).status).toBe(204);
    const refreshed = await as('claire', 'LOCK', 'lunch.docx', { headers: { If: `(${token})` } });
    expect(refreshed.status).toBe(200);
    expect((await as('marc', 'PUT', 'lunch.docx', { body: 'x' })).status).toBe(423);
    clock.advance(2 * 3600);
    expect((await as('marc', 'PUT', 'lunch.docx', { body: 'changed by Marc' })).status).toBe(204);
    expect((await save('too late')).status).toBe(412);
    expect((await as('claire', 'LOCK', 'lunch.docx', { headers: { If: `(${token})` } })).status).toBe(412);
    expect((await as('marc', 'GET', 'lunch.docx')).text).toBe('changed by Marc');
  });

  test('is nobody else’s, gives way to another’s, and is over once it was given back', async () => {
    await make('lapsed.docx');
    const token = await lock('lapsed.docx', { Timeout: 'Second-60' });
    clock.advance(61);
    const save = async (person: 'claire' | 'marc', name = token) =>
      (await as(person, 'PUT', 'lapsed.docx', { body: 'x', headers: { If: `(${name})` } })).status;
    expect(await save('marc')).toBe(412);
    const theirs = await lock('lapsed.docx', { Timeout: 'Second-60' }, 'exclusive', 'marc');
    expect(await save('claire')).toBe(412);
    const unlocked = await as('marc', 'UNLOCK', 'lapsed.docx', { headers: { 'Lock-Token': theirs } });
    expect(unlocked.status).toBe(204);
    expect(await save('marc', theirs)).toBe(412);
    clock.advance(13 * 3600);
    expect(await save('claire')).toBe(412);
  });
});

describe('an administrator', () => {
  test('sees every lock and may free it; so does a suspension (W38)', async () => {
    await make('stuck.docx');
    await lock('stuck.docx');
    const [row] = (await door.operator.locks()).filter(({ path }) => path.endsWith('/stuck.docx'));
    expect(row).toMatchObject({
      account: 'claire.moreau@caf.example.org',
      path: `/${door.group}/stuck.docx`,
      scope: 'exclusive',
    });
    await door.operator.removeLock(row?.id ?? '');
    expect((await as('marc', 'PUT', 'stuck.docx', { body: 'x' })).status).toBe(204);
    const [line] = await door.operator.activity({ action: 'lock-remove' });
    expect(line).toMatchObject({
      subject: 'claire.moreau@caf.example.org',
      target: `/${door.group}/stuck.docx`,
    });
    await expect(door.operator.removeLock(row?.id ?? '')).rejects.toMatchObject({ code: 'not-found' });
    await lock('stuck.docx', {}, 'exclusive', 'marc');
    await door.operator.suspend('marc.dole@caf.example.org');
    await expect.poll(async () => (await as('claire', 'PUT', 'stuck.docx', { body: 'y' })).status).toBe(204);
    await door.operator.resume('marc.dole@caf.example.org');
  });
});
