import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PacketType } from '../../../protocols/sftp/codec.js';
import { string, uint32, uint64 } from '../../../protocols/sftp/wire.js';
import { parsePath } from '../../../storage/index.js';
import { deposit, fetchText, namesIn } from '../../support/appliance.js';
import {
  connectRaw,
  Flag,
  NEW_FILE,
  NO_ATTRIBUTES,
  type RawClient,
  readHandle,
  readNames,
  readSize,
  readStatus,
} from './raw-client.js';
import { openSftpDoor, type TestSftpDoor } from './support.js';

/* Each test is a rule that some client's fault or habit taught. */

const MAX_READ_BYTES = 255 * 1024;

let door: TestSftpDoor;
let client: RawClient;
beforeAll(async () => {
  door = await openSftpDoor({ closeWaitMs: 200 });
  client = await connectRaw(door);
});
afterAll(async () => {
  await client.end();
  await door.close();
});

const file = (name: string): string => `${door.base}/${name}`;
const workspace = () => door.workspace('claire');

async function put(path: string, content: Buffer | string): Promise<void> {
  const handle = await client.open(path, NEW_FILE);
  expect((await client.write(handle, 0, content)).code).toBe(0);
  expect((await client.close(handle)).code).toBe(0);
}

test('rule 1: answers leave in the order of their requests, or scp cuts a download short', async () => {
  const content = randomBytes(3_000_000);
  await deposit(await workspace(), file('order.bin'), content);
  const handle = await client.open(file('order.bin'), Flag.read);
  const before = client.answeredIds.length;
  const sizes = Array.from({ length: 300 }, (_, index) => (index % 3 === 0 ? MAX_READ_BYTES : 10));
  const answers = await Promise.all(
    sizes.map((size, index) =>
      index % 7 === 0
        ? client.ask(PacketType.STAT, string('/'))
        : client.ask(PacketType.READ, string(handle), uint64((index * 9_999) % 2_500_000), uint32(size)),
    ),
  );
  expect(client.answeredIds.slice(before)).toEqual(answers.map(({ id }) => id));
  await client.close(handle);
});

test('rule 2: a read is never short before the end of the file', async () => {
  const content = randomBytes(1_000_001);
  await deposit(await workspace(), file('short.bin'), content);
  const handle = await client.open(file('short.bin'), Flag.read);
  for (const offset of [0, 1, 65_535, 65_536, 700_000]) {
    const data = await client.read(handle, offset, MAX_READ_BYTES);
    expect(data?.equals(content.subarray(offset, offset + MAX_READ_BYTES))).toBe(true);
  }
  const tail = await client.read(handle, 1_000_000, MAX_READ_BYTES);
  expect(tail?.length).toBe(1);
  // Asked for more than was advertised, the advertised length is given.
  expect((await client.read(handle, 0, 900_000))?.length).toBe(MAX_READ_BYTES);
  await client.close(handle);
});

test('rule 3: on the end of input what is owed is answered, then exit-status 0, EOF and CLOSE', async () => {
  const leaving = await connectRaw(door);
  const ends: string[] = [];
  leaving.channel.on('exit', (code: number) => ends.push(`exit ${code}`));
  leaving.channel.on('end', () => ends.push('end'));
  const closed = new Promise((resolve) => leaving.channel.once('close', resolve));
  const handle = await leaving.open(file('last.bin'), NEW_FILE);
  const answers = Promise.all([
    leaving.write(handle, 0, randomBytes(200_000)),
    leaving.close(handle),
    leaving.status(PacketType.MKDIR, string(file('last')), NO_ATTRIBUTES),
  ]);
  leaving.channel.end();
  expect((await answers).map(({ code }) => code)).toEqual([0, 0, 0]);
  await closed;
  expect(ends).toEqual(['exit 0', 'end']);
  expect((await (await workspace()).stat(parsePath(file('last.bin')))).kind).toBe('file');
  await leaving.end();
});

describe('rule 4: what a lost connection leaves is cleared away', () => {
  test('while its channel is full of unread requests', async () => {
    const lost = await connectRaw(door);
    const handle = await lost.open(file('lost.bin'), NEW_FILE);
    for (let index = 0; index < 300; index += 1)
      void lost.write(handle, index * 100_000, randomBytes(100_000));
    await new Promise((resolve) => setTimeout(resolve, 20));
    lost.socket.resetAndDestroy();
    // How much arrived before the end decides whether it is kept for its sender.
    await expect
      .poll(async () => [...(await endedAs('/lost.bin')), ...(await parkedAs('lost.bin'))])
      .toHaveLength(1);
    expect(await (await sftpWorkspace()).uploads({ state: 'open' })).toEqual([]);
    expect(await namesIn(await workspace(), door.base)).not.toContain('lost.bin');
  });

  test('while its answers wait for a client that reads nothing', async () => {
    await deposit(await workspace(), file('unread.bin'), randomBytes(4_000_000));
    const lost = await connectRaw(door);
    await lost.open(file('stuck.bin'), NEW_FILE);
    const handle = await lost.open(file('unread.bin'), Flag.read);
    lost.channel.pause();
    for (let index = 0; index < 200; index += 1)
      void lost.ask(PacketType.READ, string(handle), uint64(0), uint32(MAX_READ_BYTES));
    await new Promise((resolve) => setTimeout(resolve, 500));
    lost.socket.resetAndDestroy();
    await expectAborted('/stuck.bin');
  });

  test('when OPENs are under way', async () => {
    const staging = join(door.directory, 'staging');
    const before = (await readdir(staging)).length;
    const lost = await connectRaw(door);
    const first = lost.together(() =>
      Array.from({ length: 40 }, (_, index) =>
        lost.ask(PacketType.OPEN, string(file(`race-${index}.bin`)), uint32(NEW_FILE), NO_ATTRIBUTES),
      ),
    )[0];
    await first;
    lost.socket.resetAndDestroy();
    await expectAborted('/race-0.bin');
    await expect.poll(async () => (await readdir(staging)).length, { timeout: 5_000 }).toBe(before);
    expect((await namesIn(await workspace(), door.base)).filter((name) => name.startsWith('race'))).toEqual(
      [],
    );
  });

  async function expectAborted(ending: string): Promise<void> {
    await expect
      .poll(() => endedAs(ending), { timeout: 5_000 })
      .toMatchObject([{ action: 'deposit', outcome: 'aborted' }]);
  }

  const endedAs = async (ending: string) =>
    (await door.history()).filter((row) => row.path?.endsWith(ending));
  const sftpWorkspace = () => door.workspace('claire', 'sftp');
  const parkedAs = async (name: string) =>
    (await (await sftpWorkspace()).uploads({ state: 'parked' })).filter(
      ({ path }) => path.segments.at(-1) === name,
    );
});

describe('rule 5: everything but READ and WRITE goes in order', () => {
  test('a rename, a look and a removal sent at once find what the one before left', async () => {
    await put(file('turn.txt'), 'turn');
    const answers = await Promise.all([
      client.status(PacketType.RENAME, string(file('turn.txt')), string(file('turned.txt'))),
      client.ask(PacketType.STAT, string(file('turned.txt'))).then(readSize),
      client.status(PacketType.REMOVE, string(file('turned.txt'))),
      client.status(PacketType.STAT, string(file('turned.txt'))),
    ]);
    expect(answers).toMatchObject([{ code: 0 }, 4, { code: 0 }, { code: 2 }]);
  });

  test('CLOSE, FSTAT and fsync wait for the writes before them', async () => {
    const content = randomBytes(2_000_000);
    const handle = await client.open(file('waits.bin'), NEW_FILE);
    const writes = Array.from({ length: 20 }, (_, index) =>
      client.write(handle, index * 100_000, content.subarray(index * 100_000, (index + 1) * 100_000)),
    );
    const size = client.ask(PacketType.FSTAT, string(handle)).then(readSize);
    const synced = client.status(PacketType.EXTENDED, string('fsync@openssh.com'), string(handle));
    const closed = client.close(handle);
    expect((await Promise.all(writes)).every(({ code }) => code === 0)).toBe(true);
    expect(await size).toBe(2_000_000);
    expect((await synced).code).toBe(0);
    expect((await closed).code).toBe(0);
    const stored = await (await workspace()).get(parsePath(file('waits.bin')));
    expect((await stored.read({ start: 0, end: 2_000_000 })).equals(content)).toBe(true);
    await stored.close('interrupted', []);
  });

  test('a truncation keeps back the writes after it', async () => {
    const handle = await client.open(file('cut.txt'), NEW_FILE);
    const cut = Buffer.concat([uint32(1), uint64(3)]);
    const answers = await Promise.all([
      client.write(handle, 0, 'abcdefgh'),
      client.status(PacketType.FSETSTAT, string(handle), cut),
      client.write(handle, 3, 'XYZ'),
      client.close(handle),
    ]);
    expect(answers.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    expect(await fetchText(await workspace(), file('cut.txt'))).toBe('abcXYZ');
  });
});

describe('rule 6', () => {
  test('READ past the end is EOF, not a failure', async () => {
    await put(file('end.txt'), 'abc');
    const handle = await client.open(file('end.txt'), Flag.read);
    expect(await client.read(handle, 3, 10)).toBeUndefined();
    expect(await client.read(handle, 2 ** 40, 10)).toBeUndefined();
    await client.close(handle);
  });

  test('RENAME onto an existing name fails, posix-rename replaces', async () => {
    await put(file('old.txt'), 'old');
    await put(file('new.txt'), 'new');
    const paths = [string(file('new.txt')), string(file('old.txt'))];
    const plain = await client.status(PacketType.RENAME, ...paths);
    expect(plain.code).toBe(4);
    expect(plain.text).toContain('old.txt');
    const posix = await client.status(PacketType.EXTENDED, string('posix-rename@openssh.com'), ...paths);
    expect(posix.code).toBe(0);
    expect(await fetchText(await workspace(), file('old.txt'))).toBe('new');
  });

  test('links are not supported', async () => {
    const paths = [string(file('a')), string(file('b'))];
    expect((await client.status(PacketType.SYMLINK, ...paths)).code).toBe(8);
    expect((await client.status(PacketType.READLINK, string(file('a')))).code).toBe(8);
    expect((await client.status(PacketType.EXTENDED, string('hardlink@openssh.com'), ...paths)).code).toBe(8);
  });
});

test('REMOVE leaves folders alone, and RMDIR what holds something', async () => {
  await (await workspace()).createDirectory(parsePath(file('full')));
  await put(file('full/inside.txt'), 'inside');
  expect((await client.status(PacketType.REMOVE, string(file('full')))).code).toBe(4);
  expect((await client.status(PacketType.RMDIR, string(file('full')))).code).toBe(4);
  expect(await client.names(file('full'))).toEqual(['inside.txt']);
  expect((await client.status(PacketType.REMOVE, string(file('full/inside.txt')))).code).toBe(0);
  expect((await client.status(PacketType.RMDIR, string(file('full')))).code).toBe(0);
});

test('rule 7: reads and writes on a closed handle are failures, never exceptions', async () => {
  const handle = await client.open(file('closed.txt'), NEW_FILE);
  const [, closed, write] = await Promise.all([
    client.write(handle, 0, 'abc'),
    client.close(handle),
    client.write(handle, 3, 'def'),
  ]);
  const read = await client.ask(PacketType.READ, string(handle), uint64(0), uint32(3));
  expect([closed.code, write.code, readStatus(read).code]).toEqual([0, 4, 4]);
  expect(await fetchText(await workspace(), file('closed.txt'))).toBe('abc');
});

test('rule 8: a listing comes 200 names and 34,000 bytes a time at most, in ls -l lines', async () => {
  const shelf = await workspace();
  await shelf.createDirectory(parsePath(file('many')));
  const short = Array.from({ length: 450 }, (_, index) => `n${index}`);
  const long = Array.from({ length: 80 }, (_, index) => `${'é'.repeat(100)}-${index}`);
  await Promise.all(
    [...short, ...long].map((name) => shelf.createDirectory(parsePath(file(`many/${name}`)))),
  );
  const handle = readHandle(await client.ask(PacketType.OPENDIR, string(file('many'))));
  const names: string[] = [];
  for (;;) {
    const reply = await client.ask(PacketType.READDIR, string(handle));
    if (reply.type !== PacketType.NAME) break;
    const batch = readNames(reply);
    expect(batch.length).toBeLessThanOrEqual(200);
    const bytes = batch.reduce(
      (sum, { name, longname }) => sum + 40 + Buffer.byteLength(name + longname),
      13,
    );
    expect(bytes).toBeLessThanOrEqual(34_000);
    for (const { name, longname, sizeBytes } of batch)
      expect(longname).toMatch(
        new RegExp(
          `^drwxr-x---    1 peps     peps      +${sizeBytes} [A-Z][a-z]{2} [ \\d]\\d [\\d:]{5} ${name}$`,
        ),
      );
    names.push(...batch.map(({ name }) => name));
  }
  expect(new Set(names).size).toBe(530);
  await client.close(handle);
}, 60_000);

test('rule 9: a name being written is there for its own session, and for nobody else', async () => {
  const other = await connectRaw(door);
  const handle = await client.open(file('mine.txt'), NEW_FILE);
  expect(await client.sizeOf(file('mine.txt'))).toBe(0);
  await client.write(handle, 0, 'abc');
  expect(await client.sizeOf(file('mine.txt'))).toBe(3);
  expect(await client.names(door.base)).toContain('mine.txt');
  const times = Buffer.concat([uint32(8), uint32(1), uint32(1_700_000_000)]);
  expect((await client.status(PacketType.SETSTAT, string(file('mine.txt')), times)).code).toBe(0);
  expect(await other.names(door.base)).not.toContain('mine.txt');
  expect((await other.status(PacketType.STAT, string(file('mine.txt')))).code).toBe(2);
  const moved = await client.status(PacketType.RENAME, string(file('mine.txt')), string(file('yours.txt')));
  expect(moved).toMatchObject({ code: 4, text: expect.stringContaining('close it first') });
  expect((await client.close(handle)).code).toBe(0);
  expect(await other.sizeOf(file('mine.txt'))).toBe(3);
  const entry = await (await workspace()).stat(parsePath(file('mine.txt')));
  expect(entry.modifiedAt).toEqual(new Date(1_700_000_000_000));
  await other.end();
});
