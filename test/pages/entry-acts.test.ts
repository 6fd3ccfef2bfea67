import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parsePath, type Workspace } from '../../storage/index.js';
import { deposit, GROUP_NAME, namesIn, OTHER_GROUP_NAME, PEOPLE } from '../support/appliance.js';
import { openTestSite, type TestSite } from './site.js';
import type { Visitor } from './visitor.js';

/** What members do with files and folders through plain forms. */
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
  folder = `/${GROUP_NAME}/Actes ${count}`;
  await workspace.createDirectory(parsePath(folder));
});

const address = (path: string) => path.split('/').map(encodeURIComponent).join('/');
const idOf = async (path: string) => (await workspace.stat(parsePath(path))).id;
const names = (path: string) => namesIn(workspace, path);
const act = async (path: string, name: string, fields: Record<string, string> = {}, who = claire) =>
  who.post(`/elements/${await idOf(path)}/${name}`, fields);

describe('a member', () => {
  test('makes a folder; a taken or impossible name is told on the page, with what was typed', async () => {
    const made = await claire.post(`/nouveau-dossier${address(folder)}`, { name: 'Été' });
    expect([made.status, made.headers.location]).toEqual([303, `/groupes${address(folder)}`]);
    const again = await claire.post(`/nouveau-dossier${address(folder)}`, { name: 'Été' });
    expect([again.status, again.text]).toEqual([409, expect.stringContaining('value="Été"')]);
    const impossible = await claire.post(`/nouveau-dossier${address(folder)}`, { name: 'a:b' });
    expect([impossible.status, impossible.text]).toEqual([400, expect.stringContaining('Windows')]);
    expect(await names(folder)).toEqual(['Été']);
  });

  test('renames a file: its page stays, and a taken name changes nothing', async () => {
    await deposit(workspace, `${folder}/a.txt`, 'a');
    await deposit(workspace, `${folder}/b.txt`, 'b');
    const id = await idOf(`${folder}/a.txt`);
    expect((await act(`${folder}/a.txt`, 'renommer', { name: 'b.txt' })).status).toBe(409);
    expect((await act(`${folder}/a.txt`, 'renommer', { name: 'relevé.txt' })).status).toBe(303);
    expect(await names(folder)).toEqual(['b.txt', 'relevé.txt']);
    expect((await claire.get(`/fichiers/${id}`)).text).toContain('relevé.txt');
  });

  test('moves and copies where links lead, folder by folder', async () => {
    await deposit(workspace, `${folder}/a.txt`, 'a');
    await workspace.createDirectory(parsePath(`${folder}/Dedans`));
    const id = await idOf(`${folder}/a.txt`);
    const page = await claire.get(`/elements/${id}/deplacer`);
    expect(page.text).toContain(`to=${encodeURIComponent(`${folder}/Dedans`)}`);
    expect((await act(`${folder}/a.txt`, 'copier', { to: `${folder}/Dedans` })).status).toBe(303);
    expect((await act(`${folder}/a.txt`, 'deplacer', { to: `${folder}/Dedans` })).status).toBe(409);
    await workspace.remove(parsePath(`${folder}/Dedans/a.txt`));
    const moved = await act(`${folder}/a.txt`, 'deplacer', { to: `${folder}/Dedans` });
    expect(moved.headers.location).toBe(`/groupes${address(`${folder}/Dedans`)}`);
    expect([await names(folder), await names(`${folder}/Dedans`)]).toEqual([['Dedans'], ['a.txt']]);
  });

  test('deletes a folder with what it holds, after a question', async () => {
    await workspace.createDirectory(parsePath(`${folder}/Vieux`));
    await deposit(workspace, `${folder}/Vieux/a.txt`, 'a');
    const id = await idOf(`${folder}/Vieux`);
    expect((await claire.get(`/elements/${id}/supprimer`)).text).toContain('tout ce qu’il contient');
    expect(await names(folder)).toEqual(['Vieux']);
    expect((await act(`${folder}/Vieux`, 'supprimer')).status).toBe(303);
    expect(await names(folder)).toEqual([]);
  });

  test('cannot rename, move or delete a group', async () => {
    const id = await idOf(`/${GROUP_NAME}`);
    for (const name of ['renommer', 'deplacer', 'supprimer'])
      expect((await claire.post(`/elements/${id}/${name}`, { name: 'x', to: '/' })).status).toBe(403);
  });
});

describe('whoever may not', () => {
  test('hears that the role does not allow it, and nothing changes', async () => {
    await deposit(workspace, `${folder}/a.txt`, 'a');
    const julien = await site.signIn(PEOPLE.julien.login);
    const page = await julien.get(`/groupes${address(folder)}`);
    expect(page.text).not.toContain('data-deposit-place');
    expect((await act(`${folder}/a.txt`, 'supprimer', {}, julien)).status).toBe(403);
    expect((await julien.post(`/nouveau-dossier${address(folder)}`, { name: 'x' })).status).toBe(403);
    expect((await julien.get(`/deposer${address(folder)}`)).status).toBe(403);
    expect(await names(folder)).toEqual(['a.txt']);
  });

  test('is told that there is nothing where the group is another’s', async () => {
    await deposit(workspace, `${folder}/a.txt`, 'a');
    const odile = await site.signIn(PEOPLE.odile.login);
    expect((await act(`${folder}/a.txt`, 'renommer', { name: 'x' }, odile)).status).toBe(404);
    const abroad = await act(`${folder}/a.txt`, 'copier', { to: `/${OTHER_GROUP_NAME}` });
    expect(abroad.status).toBe(404);
  });

  test('comes from another site and is refused', async () => {
    const id = await idOf(folder);
    const reply = await claire.post(`/elements/${id}/supprimer`, {}, { 'sec-fetch-site': 'cross-site' });
    expect(reply.status).toBe(403);
    expect((await claire.get(`/groupes${address(folder)}`)).status).toBe(200);
  });
});

describe('the plain form for deposits', () => {
  const send = (body: string, headers: Record<string, string> = {}) =>
    claire.send({
      method: 'POST',
      path: `/deposer${address(folder)}`,
      headers: {
        'content-type': 'multipart/form-data; boundary=limite',
        'sec-fetch-site': 'same-origin',
        ...headers,
      },
      body,
    });
  const part = (name: string, text: string) =>
    `--limite\r\nContent-Disposition: form-data; name="files"; filename="${name}"\r\n\r\n${text}\r\n`;
  const field = (name: string, value: string) =>
    `--limite\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;

  test('deposits each file, keeps both where that was chosen, and takes no folder out of a name', async () => {
    await deposit(workspace, `${folder}/été.txt`, 'avant');
    const body = `${field('clash', 'keep-both')}${part('été.txt', 'un')}${part('../../b.txt', 'deux')}--limite--\r\n`;
    expect((await send(body)).status).toBe(303);
    expect((await names(folder)).sort()).toEqual(['b.txt', 'été (2).txt', 'été.txt']);
  });

  test('without a file, or broken, changes nothing and says so', async () => {
    expect((await send(`${part('', '')}--limite--\r\n`)).text).toContain('Choisissez d’abord un fichier.');
    expect((await send('--limite\r\nnothing')).status).toBe(400);
    expect((await send(part('cut.txt', 'the end is missing'))).status).toBe(400);
    expect(await names(folder)).toEqual([]);
  });

  test('from another site is refused', async () => {
    const body = `${part('a.txt', 'x')}--limite--\r\n`;
    expect((await send(body, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect(await names(folder)).toEqual([]);
  });
});

describe('« Dépôts en cours »', () => {
  test('shows what is parked, and gives it up', async () => {
    const upload = await workspace.put(parsePath(`${folder}/gros.zip`), {
      base: 'empty',
      mode: 'create',
      declaredSizeBytes: 4_000_000,
    });
    await upload.write(Buffer.alloc(2_000_000), 0);
    await upload.park();
    const page = await claire.get('/depots');
    expect(page.text).toContain('gros.zip');
    expect(page.text).toMatch(/1\sdépôt n’est pas terminé/u);
    const reply = await claire.post(`/depots/${upload.id}/abandonner`, {});
    expect(reply.headers.location).toBe('/depots');
    expect((await claire.get('/depots')).text).toContain('Aucun dépôt en cours');
    expect((await claire.post(`/depots/${upload.id}/abandonner`, {})).status).toBe(404);
  });
});
