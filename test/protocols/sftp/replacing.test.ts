import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { PacketType } from '../../../protocols/sftp/codec.js';
import { string } from '../../../protocols/sftp/wire.js';
import { fetchText, PEOPLE } from '../../support/appliance.js';
import { connectRaw, NEW_FILE, type RawClient } from './raw-client.js';
import { openSftpDoor, type TestSftpDoor } from './support.js';

let door: TestSftpDoor;
let client: RawClient;
let path: string;
let lastLine = 0;
let count = 0;

beforeAll(async () => {
  door = await openSftpDoor();
  client = await connectRaw(door);
});
beforeEach(async () => {
  path = `${door.base}/etat${++count}.csv`;
  await send(path, 'version 1');
  await told();
});
afterAll(async () => {
  await client.end();
  await door.close();
});

async function send(name: string, text: string): Promise<void> {
  const handle = await client.open(name, NEW_FILE);
  await client.write(handle, 0, text);
  expect((await client.close(handle)).code).toBe(0);
}

async function ask(type: number, ...names: readonly string[]): Promise<void> {
  expect((await client.status(type, ...names.map((name) => string(name)))).code).toBe(0);
}

/** The history as people read it, and what Nadia's mails list. */
async function told(): Promise<string[]> {
  const rows = await door.operator.activity({ after: lastLine, order: 'asc', isFolded: true });
  lastLine = rows.at(-1)?.id ?? lastLine;
  const mails = (await door.takeMails()).filter(({ to }) => to.address === PEOPLE.nadia.login);
  const files = mails.flatMap(({ intent }) => (intent.template === 'group-deposits' ? intent.files : []));
  return [
    ...rows
      .filter((row) => row.path === path)
      .map(({ action, reason }) => [action, reason].filter(Boolean).join(' ')),
    ...files.map(({ name }) => `mail ${name === path.split('/').at(-1)}`),
  ];
}

const ONCE = ['deposit replaced', 'mail true'];

test('WinSCP sends under .filepart, deletes and renames: one line, one item in the mail', async () => {
  await send(`${path}.filepart`, 'version 2');
  await ask(PacketType.REMOVE, path);
  await ask(PacketType.RENAME, `${path}.filepart`, path);
  expect(await told()).toEqual(ONCE);
  expect(await fetchText(await door.workspace('nadia'), path)).toBe('version 2');
});

test('a job that deletes what it sends anew: one line, one item in the mail', async () => {
  await ask(PacketType.REMOVE, path);
  await send(path, 'version 2');
  expect(await told()).toEqual(ONCE);
});

test('a job that keeps the old one aside while it sends: one line, one item in the mail', async () => {
  await ask(PacketType.RENAME, path, `${path}.tmp`);
  await send(path, 'version 2');
  await ask(PacketType.REMOVE, `${path}.tmp`);
  expect(await told()).toEqual(ONCE);
});

test('the nightly file under one name is taken every night', async () => {
  for (const text of ['monday', 'tuesday', 'wednesday']) {
    await send(path, text);
    expect(await told()).toEqual(ONCE);
  }
});
