import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parsePath, type Workspace } from '../../storage/index.js';
import { deposit, GROUP_NAME, namesIn, PEOPLE } from '../support/appliance.js';
import { openTestSite, type TestSite } from './site.js';
import type { Reply, Visitor } from './visitor.js';

/** What members do with several entries at once, through plain forms. */
let site: TestSite;
let claire: Visitor;
let workspace: Workspace;
let folder: string;
let count = 0;

beforeAll(async () => {
  site = await openTestSite();
  claire = await site.signIn(PEOPLE.claire.login);
  workspace = await site.test.workspace('claire');
});
afterAll(() => site.close());
beforeEach(async () => {
  count += 1;
  folder = `/${GROUP_NAME}/Choix ${count}`;
  for (const path of [folder, `${folder}/Dedans`, `${folder}/Ailleurs`])
    await workspace.createDirectory(parsePath(path));
  for (const name of ['a.txt', 'b.txt', 'Dedans/c.txt']) await deposit(workspace, `${folder}/${name}`, name);
});

const address = (path: string) => path.split('/').map(encodeURIComponent).join('/');
const names = (path: string) => namesIn(workspace, path);
async function send(
  act: string,
  chosen: readonly string[],
  fields: Record<string, string> = {},
  who = claire,
): Promise<Reply> {
  const form = new URLSearchParams({ from: folder, ...fields });
  for (const name of chosen)
    form.append('element', (await workspace.stat(parsePath(`${folder}/${name}`))).id);
  return who.send({
    method: 'POST',
    path: `/selection/${act}`,
    body: form.toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' },
  });
}

describe('what is ticked', () => {
  test('has a box in the list, and a bar whose buttons name the acts', async () => {
    const { text } = await claire.get(`/groupes${address(folder)}`);
    expect(text.match(/name="element"/gu)).toHaveLength(4);
    for (const act of ['deplacer', 'copier', 'supprimer'])
      expect(text).toContain(`formaction="/selection/${act}"`);
    const reader = await site.signIn(PEOPLE.julien.login);
    expect((await reader.get(`/groupes${address(folder)}`)).text).not.toContain('/selection/supprimer');
  });

  test('is one archive, folders with their tree', async () => {
    const reply = await send('telecharger', ['a.txt', 'Dedans']);
    expect(reply.headers['content-disposition']).toContain(`filename="Choix ${count}.zip"`);
    expect(reply.body.includes('Dedans/c.txt')).toBe(true);
    expect(reply.body.includes('b.txt')).toBe(false);
  });

  test('is deleted after a question that names it', async () => {
    const asked = await send('supprimer', ['a.txt', 'Dedans']);
    expect(asked.text).toMatch(/Supprimer 2\séléments/u);
    expect(await names(folder)).toHaveLength(4);
    const done = await send('supprimer', ['a.txt', 'Dedans'], { confirm: 'yes' });
    expect([done.status, done.headers.location]).toEqual([303, `/groupes${address(folder)}`]);
    expect(await names(folder)).toEqual(['Ailleurs', 'b.txt']);
  });

  test('moves folder by folder; a ticked folder is no place to go to', async () => {
    const asked = await send('deplacer', ['a.txt', 'Dedans']);
    expect(asked.text).toContain(`value="${folder}/Ailleurs"`);
    expect(asked.text).not.toContain(`value="${folder}/Dedans"`);
    const further = await send('deplacer', ['a.txt', 'Dedans'], { to: `${folder}/Ailleurs` });
    expect([further.status, further.text]).toEqual([200, expect.stringContaining('Déplacer dans')]);
    const done = await send('deplacer', ['a.txt', 'Dedans'], { to: `${folder}/Ailleurs`, confirm: 'yes' });
    expect(done.headers.location).toBe(`/groupes${address(`${folder}/Ailleurs`)}`);
    expect([await names(folder), await names(`${folder}/Ailleurs`)]).toEqual([
      ['Ailleurs', 'b.txt'],
      ['a.txt', 'Dedans'],
    ]);
  });

  test('is done as far as it goes: what is refused is named with its reason', async () => {
    await deposit(workspace, `${folder}/Ailleurs/a.txt`, 'là');
    const reply = await send('copier', ['a.txt', 'b.txt'], { to: `${folder}/Ailleurs`, confirm: 'yes' });
    expect([reply.status, reply.text]).toEqual([
      409,
      expect.stringContaining('Un fichier de ce nom est déjà là'),
    ]);
    expect(reply.text).toContain('C’est fait pour 1');
    expect(await names(`${folder}/Ailleurs`)).toEqual(['a.txt', 'b.txt']);
  });
});

describe('a selection', () => {
  test('of nothing, or of what is gone, leads back with a word', async () => {
    for (const fields of [{}, { element: 'gone' }]) {
      const reply = await send('supprimer', [], fields);
      expect([reply.status, reply.headers.location]).toEqual([303, `/groupes${address(folder)}`]);
      expect((await claire.get(`/groupes${address(folder)}`)).text).toContain('Cochez d’abord');
    }
  });

  test('that is too long, or no list of ids, changes nothing', async () => {
    expect((await send('supprimer', [], { element: '../x', confirm: 'yes' })).status).toBe(400);
    const many = new URLSearchParams(Array.from({ length: 501 }, (_, index) => ['element', `${index}`]));
    const headers = { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' };
    const reply = await claire.send({
      method: 'POST',
      path: '/selection/supprimer',
      body: String(many),
      headers,
    });
    expect(reply.status).toBe(400);
  });

  test('of others, or by a reader, or from another site, is refused', async () => {
    const reader = await site.signIn(PEOPLE.julien.login);
    const refused = await send('supprimer', ['a.txt'], { confirm: 'yes' }, reader);
    expect([refused.status, refused.text]).toEqual([409, expect.stringContaining('Rien n’a été changé')]);
    const stranger = await site.signIn(PEOPLE.odile.login);
    expect((await send('telecharger', ['a.txt'], {}, stranger)).status).toBe(303);
    const body = new URLSearchParams({ element: 'x', confirm: 'yes' }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'cross-site' };
    const foreign = await claire.send({ method: 'POST', path: '/selection/supprimer', body, headers });
    expect(foreign.status).toBe(403);
    expect(await names(folder)).toHaveLength(4);
  });
});
