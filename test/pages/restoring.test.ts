import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parsePath, type Workspace } from '../../storage/index.js';
import { deposit, GROUP_NAME, namesIn, PEOPLE } from '../support/appliance.js';
import { openTestSite, type TestSite } from './site.js';
import type { Visitor } from './visitor.js';

/** What was deleted comes back, by the notice after the act or from the list of what was deleted. */
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
  folder = `/${GROUP_NAME}/Retour ${count}`;
  await workspace.createDirectory(parsePath(folder));
});

const address = (path: string) => path.split('/').map(encodeURIComponent).join('/');
const GROUP_ADDRESS = address(`/${GROUP_NAME}`);
const LIST = `/supprimes${GROUP_ADDRESS}`;
const idOf = async (path: string) => (await workspace.stat(parsePath(path))).id;
const made = async (name: string) => {
  await deposit(workspace, `${folder}/${name}`, name);
  return idOf(`${folder}/${name}`);
};

describe('after a deletion', () => {
  test('the next page offers to undo it, once, and the file is back in its place', async () => {
    const id = await made('a.txt');
    const removed = await claire.post(`/elements/${id}/supprimer`, {});
    const page = await claire.get(removed.headers.location ?? '');
    expect(page.text).toContain(`action="/elements/${id}/retablir"`);
    expect(page.text).toContain('Annuler la suppression');
    const undone = await claire.post(`/elements/${id}/retablir`, {});
    expect([undone.status, undone.headers.location]).toEqual([303, `/groupes${address(folder)}`]);
    const back = await claire.get(`/groupes${address(folder)}`);
    expect(back.text).toContain('«\u00a0a.txt\u00a0» est revenu à sa place.');
    expect(back.text).not.toContain('retablir');
    expect(await namesIn(workspace, folder)).toEqual(['a.txt']);
  });

  test('of several, it leads to what was deleted, and what is ticked there comes back', async () => {
    const ids = [await made('a.txt'), await made('b.txt'), await made('c.txt')];
    const body = [...ids.map((id) => `element=${id}`), 'confirm=yes'].join('&');
    const headers = { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' };
    const removed = await claire.send({ method: 'POST', path: '/selection/supprimer', body, headers });
    expect((await claire.get(removed.headers.location ?? '')).text).toContain(`href="${LIST}"`);
    const list = await claire.get(LIST);
    for (const id of ids) expect(list.text).toContain(`value="${id}"`);
    const chosen = ids.slice(0, 2).map((id) => `element=${id}`);
    const restored = await claire.send({ method: 'POST', path: LIST, body: chosen.join('&'), headers });
    expect(restored.status).toBe(303);
    expect(await namesIn(workspace, folder)).toEqual(['a.txt', 'b.txt']);
    const group = await claire.get(restored.headers.location ?? '');
    expect(group.text).toContain('2 éléments sont revenus à leur place.');
    const nothing = await claire.send({ method: 'POST', path: LIST, body: '', headers });
    expect([nothing.status, nothing.headers.location]).toEqual([303, LIST]);
  });
});

describe('what cannot come back', () => {
  test('is named with the reason, on the list, and nothing changes', async () => {
    const id = await made('a.txt');
    await workspace.remove(parsePath(`${folder}/a.txt`));
    const nadia = await site.test.workspace('nadia', 'web');
    await deposit(nadia, `${folder}/a.txt`, 'another');
    const refused = await claire.post(`/elements/${id}/retablir`, { group: `/${GROUP_NAME}` });
    expect([refused.status, refused.text]).toEqual([
      409,
      expect.stringContaining('Un fichier de ce nom est déjà là.'),
    ]);
    expect(refused.text).toContain('a.txt');
    expect((await claire.post(`/elements/${id}/retablir`, {})).status).toBe(409);
    const unknown = await claire.post('/elements/nobody/retablir', { group: `/${GROUP_NAME}` });
    expect([unknown.status, unknown.text]).toEqual([409, expect.stringContaining('Cet élément')]);
  });

  test('is not shown to others, who cannot restore it either', async () => {
    const id = await made('a.txt');
    await workspace.remove(parsePath(`${folder}/a.txt`));
    const nadia = await site.signIn(PEOPLE.nadia.login);
    expect((await nadia.get(LIST)).text).not.toContain(id);
    expect((await nadia.post(`/elements/${id}/retablir`, {})).status).toBe(404);
    const odile = await site.signIn(PEOPLE.odile.login);
    expect((await odile.get(LIST)).status).toBe(404);
    expect(await namesIn(workspace, folder)).toEqual([]);
  });
});
