import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { parsePath, type Workspace } from '../../storage/index.js';
import { openParts } from '../storage/parts.js';
import { deposit, GROUP_NAME, OTHER_GROUP_NAME, PEOPLE } from '../support/appliance.js';
import { openTestSite, type TestSite } from './site.js';
import type { Visitor } from './visitor.js';

const MIB = 1024 * 1024;

/** Folders as zip archives: one line in the history for each file in them. */
let site: TestSite;
let nadia: Visitor;
let workspace: Workspace;
let folder: string;
let count = 0;
let scratch: string;

beforeAll(async () => {
  site = await openTestSite();
  nadia = await site.signIn(PEOPLE.nadia.login);
  workspace = await site.test.workspace('claire');
  scratch = await mkdtemp(join(tmpdir(), 'peps-archives-'));
});
afterAll(async () => {
  await site.close();
  await rm(scratch, { recursive: true });
});
beforeEach(async () => {
  count += 1;
  folder = `/${GROUP_NAME}/Été ${count}`;
  await mkdir(folder);
});

const mkdir = (path: string) => workspace.createDirectory(parsePath(path));
const archiveOf = async (path: string) =>
  `/dossiers/${(await workspace.stat(parsePath(path))).id}/telecharger`;

/** What the history says of the folder's files, by name. */
async function readings(): Promise<string[]> {
  const rows = (await site.test.operator.activity({ order: 'desc', limit: 500 })).filter(
    ({ path, action }) => path?.startsWith(`${folder}/`) && ['download', 'read'].includes(action),
  );
  return rows.map(({ path, action, outcome }) => `${path?.slice(folder.length + 1)}: ${action} ${outcome}`);
}
const settled = (lines: readonly string[]) =>
  vi.waitFor(async () => expect((await readings()).sort()).toEqual([...lines].sort()), { timeout: 10_000 });

/** What Python's own reader makes of it: each member's name with its text, after every checksum was compared. */
async function unpack(bytes: Buffer): Promise<Record<string, string>> {
  const path = join(scratch, `${count}.zip`);
  await writeFile(path, bytes);
  const program = `
import json, sys, zipfile
archive = zipfile.ZipFile(sys.argv[1])
assert archive.testzip() is None
print(json.dumps({name: archive.read(name).decode()[:40] for name in archive.namelist()}))`;
  return JSON.parse(
    execFileSync('python3', ['-c', program, path], { encoding: 'utf8', maxBuffer: 64 * MIB }),
  );
}

/** Asks for an archive and leaves its body unread. */
async function begin(path: string): Promise<IncomingMessage> {
  const cookie = `peps=${nadia.cookie('peps')}`;
  const asked = request({
    port: site.port,
    path,
    headers: { host: `localhost:${site.port}`, cookie },
    agent: false,
  });
  asked.on('error', () => undefined);
  asked.end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  response.on('error', () => undefined);
  return response;
}

async function readUpTo(response: IncomingMessage, sizeBytes: number): Promise<void> {
  let received = 0;
  for await (const chunk of response.iterator({ destroyOnReturn: false })) {
    received += chunk.length;
    if (received >= sizeBytes) return;
  }
}

describe('a folder', () => {
  test('is one archive of told length, with its tree, its accents and its empty folders', async () => {
    await mkdir(`${folder}/Crèche`);
    await mkdir(`${folder}/Vide`);
    await deposit(workspace, `${folder}/relevé.txt`, 'un');
    await deposit(workspace, `${folder}/Crèche/Présences “mai”.csv`, 'deux');
    await deposit(workspace, `${folder}/rien.txt`, '');
    const address = await archiveOf(folder);
    const head = await nadia.send({ method: 'HEAD', path: address });
    const reply = await nadia.get(address);
    const name = folder.slice(GROUP_NAME.length + 2);
    expect(reply.headers).toMatchObject({
      'content-type': 'application/zip',
      'content-length': String(reply.body.length),
      'content-disposition': expect.stringContaining(`filename*=UTF-8''${encodeURIComponent(name)}.zip`),
      'cache-control': 'private, no-store',
    });
    expect(head.headers['content-length']).toBe(reply.headers['content-length']);
    expect(await unpack(reply.body)).toEqual({
      [`${name}/relevé.txt`]: 'un',
      [`${name}/Crèche/Présences “mai”.csv`]: 'deux',
      [`${name}/rien.txt`]: '',
      [`${name}/Vide/`]: '',
    });
    await settled([
      'relevé.txt: download ok',
      'Crèche/Présences “mai”.csv: download ok',
      'rien.txt: download ok',
    ]);
  });

  test('that holds nothing is an archive with that folder', async () => {
    const { body } = await nadia.get(await archiveOf(folder));
    expect(Object.values(await unpack(body))).toEqual(['']);
  });

  test('of many files has the length that was told, and a line for each of them', async () => {
    const names = Array.from({ length: 300 }, (_, index) => `${'long nom '.repeat(25)}${index}.txt`);
    for (const name of names) await deposit(workspace, `${folder}/${name}`, 'x');
    const reply = await nadia.get(await archiveOf(folder));
    expect(reply.body).toHaveLength(Number(reply.headers['content-length']));
    expect(Object.keys(await unpack(reply.body))).toHaveLength(300);
    await settled(names.map((name) => `${name}: download ok`));
  }, 60_000);

  test('gives what the member sees: neither a file under way, nor what a drop member did not send', async () => {
    await deposit(workspace, `${folder}/publié.txt`, 'x');
    await deposit(workspace, `${folder}/~$ouvert.docx`, 'x');
    await workspace.lock(parsePath(`${folder}/réservé.txt`), {
      scope: 'exclusive',
      isDeep: false,
      ownerXml: '',
      timeoutSeconds: 60,
    });
    const { body } = await nadia.get(await archiveOf(folder));
    expect(Object.keys(await unpack(body)).map((path) => path.split('/').at(-1))).toEqual(['publié.txt']);
  });
});

describe('an archive', () => {
  beforeEach(async () => {
    for (const name of ['a', 'b', 'c'])
      await deposit(workspace, `${folder}/${name}.bin`, Buffer.alloc(30 * MIB, name));
  });

  test('that is broken off says of each file what is known: arrived, begun, or nothing', async () => {
    const response = await begin(await archiveOf(folder));
    await readUpTo(response, 50 * MIB);
    response.destroy();
    await settled(['a.bin: download ok', 'b.bin: read interrupted']);
  }, 30_000);

  test('ends short when a file in it is replaced before its turn, and the new version counts as untouched', async () => {
    const response = await begin(await archiveOf(folder));
    await readUpTo(response, MIB);
    await deposit(workspace, `${folder}/c.bin`, 'nouveau');
    const broken = once(response, 'error');
    response.resume();
    const [error] = await broken;
    expect(error).toMatchObject({ code: 'ECONNRESET' });
    await vi.waitFor(async () => expect((await readings()).length).toBe(2), { timeout: 10_000 });
    expect((await readings()).filter((line) => line.startsWith('c.bin'))).toEqual([]);
  }, 30_000);

  test('does not outlive a suspension', async () => {
    const response = await begin(await archiveOf(folder));
    await readUpTo(response, MIB);
    const broken = once(response, 'error');
    await site.test.operator.suspend(PEOPLE.nadia.login);
    response.resume();
    await broken;
    await site.test.operator.resume(PEOPLE.nadia.login);
    nadia = await site.signIn(PEOPLE.nadia.login);
    await settled(['a.bin: read interrupted']);
  }, 30_000);
});

describe('whoever may not', () => {
  test('is told that there is no such folder; a file is none', async () => {
    const odile = await site.test.workspace('odile');
    const { id: foreign } = await odile.stat(parsePath(`/${OTHER_GROUP_NAME}`));
    expect((await nadia.get(`/dossiers/${foreign}/telecharger`)).status).toBe(404);
    expect((await nadia.get('/dossiers/rien/telecharger')).status).toBe(404);
    await deposit(workspace, `${folder}/a.txt`, 'a');
    const { id } = await workspace.stat(parsePath(`${folder}/a.txt`));
    expect((await nadia.get(`/dossiers/${id}/telecharger`)).status).toBeGreaterThanOrEqual(400);
    expect((await site.visitor().get(await archiveOf(folder))).headers.location).toMatch(/^\/connexion/u);
  });

  test('hears what to do about a folder that is too large', async () => {
    const parts = await openParts(site.test);
    const { id } = await workspace.stat(parsePath(folder));
    await parts.run(`WITH RECURSIVE number(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM number WHERE i < 10001)
      INSERT INTO entries (id, space_id, parent_id, kind, name, name_key, sort_key, state, private_to, created_at, modified_at)
      SELECT 'many ' || i, space_id, id, 'directory', 'd' || i, 'D' || i, 'd' || i, 'published', '', 0, 0
      FROM number, entries WHERE id = '${id}'`);
    const reply = await nadia.get(await archiveOf(folder));
    expect([reply.status, reply.text]).toEqual([413, expect.stringContaining('sous-dossiers un à un')]);
    await parts.close();
  });
});
