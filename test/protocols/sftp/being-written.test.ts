import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PacketType } from '../../../protocols/sftp/codec.js';
import { string, uint32 } from '../../../protocols/sftp/wire.js';
import { fetchText } from '../../support/appliance.js';
import { connectRaw, Flag, NEW_FILE, NO_ATTRIBUTES, type RawClient, readHandle } from './raw-client.js';
import { openSftpDoor, type TestSftpDoor } from './support.js';

/* sshfs sends CLOSE from one thread and what its program does next from another, so the second may come first. */

let door: TestSftpDoor;
let client: RawClient;
beforeAll(async () => {
  door = await openSftpDoor({ closeWaitMs: 400 });
  client = await connectRaw(door);
});
afterAll(async () => {
  await client.end();
  await door.close();
});

const file = (name: string): string => `${door.base}/${name}`;
const marc = () => door.workspace('marc');
const opening = (path: string, flags: number) => [string(path), uint32(flags), NO_ATTRIBUTES];

async function halfWritten(name: string, content: string): Promise<Buffer> {
  const handle = await client.open(file(name), NEW_FILE);
  expect((await client.write(handle, 0, content)).code).toBe(0);
  return handle;
}

describe('what overtakes the CLOSE of a name being written', () => {
  test.each([
    ['without CREAT', Flag.write | Flag.append],
    ['with CREAT', Flag.write | Flag.append | Flag.create],
  ])('an append %s adds to what is being written', async (kind, flags) => {
    const name = `log ${kind}.txt`;
    const first = await halfWritten(name, 'one ');
    const [opened, closed] = await client.together(() =>
      Promise.all([client.ask(PacketType.OPEN, ...opening(file(name), flags)), client.close(first)]),
    );
    expect(closed.code).toBe(0);
    const second = readHandle(opened);
    expect((await client.write(second, 0, 'two')).code).toBe(0);
    expect((await client.close(second)).code).toBe(0);
    expect(await fetchText(await marc(), file(name))).toBe('one two');
  });

  test('a reading reads it, a rename moves it, a removal removes it', async () => {
    const first = await halfWritten('read.txt', 'whole');
    const [opened] = await client.together(() =>
      Promise.all([
        client.ask(PacketType.OPEN, ...opening(file('read.txt'), Flag.read)),
        client.close(first),
      ]),
    );
    const reading = readHandle(opened);
    expect((await client.read(reading, 0, 100))?.toString()).toBe('whole');
    await client.close(reading);

    const second = await halfWritten('from.txt', 'moved');
    const [moved] = await client.together(() =>
      Promise.all([
        client.status(PacketType.RENAME, string(file('from.txt')), string(file('to.txt'))),
        client.close(second),
      ]),
    );
    expect(moved.code).toBe(0);
    expect(await fetchText(await marc(), file('to.txt'))).toBe('moved');

    const third = await halfWritten('gone.txt', 'gone');
    const [removed] = await client.together(() =>
      Promise.all([client.status(PacketType.REMOVE, string(file('gone.txt'))), client.close(third)]),
    );
    expect(removed.code).toBe(0);
    expect(await client.names(door.base)).not.toContain('gone.txt');
  });
});

describe('when no CLOSE comes', () => {
  test('an append, a rename and a removal are refused in words, and the deposit goes on', async () => {
    const handle = await halfWritten('open.txt', 'open');
    const answers = await Promise.all([
      client.status(PacketType.OPEN, ...opening(file('open.txt'), Flag.write | Flag.append)),
      client.status(PacketType.RENAME, string(file('open.txt')), string(file('other.txt'))),
      client.status(PacketType.REMOVE, string(file('open.txt'))),
    ]);
    for (const answer of answers)
      expect(answer).toMatchObject({ code: 4, text: expect.stringContaining('close it first') });
    expect((await client.close(handle)).code).toBe(0);
    expect(await fetchText(await marc(), file('open.txt'))).toBe('open');
  });

  test('a reading and a whole new content go on with what is stored', async () => {
    const stored = await halfWritten('twice.txt', 'stored');
    await client.close(stored);
    const first = await halfWritten('twice.txt', 'first');
    const reading = await client.open(file('twice.txt'), Flag.read);
    expect((await client.read(reading, 0, 100))?.toString()).toBe('stored');
    await client.close(reading);
    const second = await client.open(file('twice.txt'), NEW_FILE);
    await client.write(second, 0, 'second');
    expect((await client.close(first)).code).toBe(0);
    expect((await client.close(second)).code).toBe(0);
    expect(await fetchText(await marc(), file('twice.txt'))).toBe('second');
  });

  test('a lost connection does not wait for it', async () => {
    const patient = await openSftpDoor({ closeWaitMs: 60_000 });
    const lost = await connectRaw(patient);
    const path = `${patient.base}/lost.txt`;
    await lost.open(path, NEW_FILE);
    void lost.ask(PacketType.OPEN, ...opening(path, Flag.write | Flag.append));
    void lost.ask(PacketType.RENAME, string(path), string(`${path}.moved`));
    await new Promise((resolve) => setTimeout(resolve, 50));
    lost.socket.destroy();
    await expect
      .poll(async () => (await patient.history()).map((row) => `${row.action} ${row.outcome}`), {
        timeout: 10_000,
      })
      .toContain('deposit aborted');
    await patient.close();
  });
});
