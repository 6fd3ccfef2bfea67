import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { PacketType } from '../../../protocols/sftp/codec.js';
import { string } from '../../../protocols/sftp/wire.js';
import { parsePath } from '../../../storage/index.js';
import { fetchText, namesIn, PEOPLE } from '../../support/appliance.js';
import { connectRaw, Flag, NEW_FILE, type RawClient } from './raw-client.js';
import { openSftpDoor, type TestSftpDoor } from './support.js';

const FRAME = 65_536;
const SIZE = 40 * FRAME + 1000;
/** WinSCP, lftp and OpenSSH go on without TRUNC, at the offset STAT told them. */
const GO_ON = Flag.write;

let door: TestSftpDoor;
let count = 0;
let path: string;
const body = randomBytes(SIZE);
const sha256 = createHash('sha256').update(body).digest('hex');

beforeAll(async () => {
  door = await openSftpDoor();
});
afterAll(() => door.close());
beforeEach(async () => {
  count += 1;
  path = `${door.base}/file${count}.bin`;
  await door.takeMails();
});

async function send(client: RawClient, handle: Buffer, from: number, to: number): Promise<void> {
  const answers = [];
  for (let at = from; at < to; at += 32_768)
    answers.push(client.write(handle, at, body.subarray(at, Math.min(to, at + 32_768))));
  for (const { code, text } of await Promise.all(answers))
    expect([code, text]).toEqual([0, expect.anything()]);
}

/** Sends the first bytes of a file and breaks the connection off; resolves when the server has put it away. */
async function cutAfter(bytes: number, name = path, flags: number = NEW_FILE, from = 0): Promise<void> {
  const client = await connectRaw(door);
  const handle = await client.open(name, flags);
  await send(client, handle, from, bytes);
  client.socket.resetAndDestroy();
  await settled();
}

/** No upload of Claire's is under way any more. */
async function settled(): Promise<void> {
  const claire = await door.workspace('claire', 'sftp');
  await expect.poll(async () => (await claire.uploads({ state: 'open' })).length).toBe(0);
}

async function withClient<Result>(
  work: (client: RawClient) => Promise<Result>,
  login?: string,
): Promise<Result> {
  const client = await connectRaw(door, login === undefined ? {} : { login });
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** What a resuming client does: asks for the size, goes on there, closes. */
async function goOn(name = path, flags: number = GO_ON): Promise<number> {
  return withClient(async (client) => {
    const size = await client.sizeOf(name);
    const handle = await client.open(name, flags);
    await send(client, handle, size, SIZE);
    expect((await client.close(handle)).code).toBe(0);
    return size;
  });
}

const linesOf = async (name = path) =>
  (await door.history())
    .filter((row) => row.path === name && row.action === 'deposit')
    .map((row) => `${row.outcome} ${row.reason ?? row.sha256}`);
const statusOf = (client: RawClient, type: number, ...names: string[]) =>
  client.status(type, ...names.map((name) => string(name)));

async function expectDeposited(name = path): Promise<void> {
  const nadia = await door.workspace('nadia');
  expect(await nadia.stat(parsePath(name))).toMatchObject({ sizeBytes: SIZE, sha256 });
  expect(await linesOf(name)).toEqual([`ok ${sha256}`]);
  const mails = (await door.takeMails()).filter((mail) => mail.to.address === PEOPLE.nadia.login);
  const files = mails.flatMap(({ intent }) => (intent.template === 'group-deposits' ? intent.files : []));
  expect(files.map((file) => file.name)).toEqual([name.split('/').at(-1)]);
  for await (const fault of door.storage.check()) expect(fault).toBeUndefined();
}

describe('an upload that was cut off', () => {
  test.each([
    ['in the middle of a frame', 20 * FRAME + 5, 19 * FRAME],
    ['at the end of a frame', 20 * FRAME, 19 * FRAME],
    ['after its first MiB', 16 * FRAME, 15 * FRAME],
    ['after its last byte', SIZE, 39 * FRAME],
  ])('%s is gone on with by its sender, and becomes one deposit', async (_, bytes, expected) => {
    await cutAfter(bytes);
    expect(await linesOf()).toEqual([]);
    expect(await goOn()).toBe(expected);
    await expectDeposited();
  });

  test('may be cut off again and again', async () => {
    await cutAfter(18 * FRAME);
    await cutAfter(25 * FRAME, path, GO_ON, 17 * FRAME);
    await cutAfter(24 * FRAME, path, GO_ON, 24 * FRAME);
    expect(await goOn(path, Flag.write | Flag.read)).toBe(24 * FRAME);
    await expectDeposited();
  });

  test('stays as it was when it is opened and closed, or opened and cut off, without a byte', async () => {
    await cutAfter(16 * FRAME);
    for (let round = 0; round < 3; round += 1) {
      await withClient(async (client) => {
        expect((await client.close(await client.open(path, GO_ON))).code).toBe(0);
        expect(await client.sizeOf(path)).toBe(15 * FRAME);
      });
      await cutAfter(15 * FRAME, path, GO_ON, 15 * FRAME);
    }
    expect(await linesOf()).toEqual([]);
    expect(await goOn()).toBe(15 * FRAME);
    await expectDeposited();
  });

  test('and parked only while its sender wrote the file anew is over with the new one', async () => {
    await withClient(async (client) => {
      const handle = await client.open(path, NEW_FILE);
      await cutAfter(20 * FRAME);
      await send(client, handle, 0, SIZE);
      expect((await client.close(handle)).code).toBe(0);
    });
    expect(await (await door.workspace('claire', 'sftp')).uploads()).toEqual([]);
    expect((await linesOf()).filter((line) => line.startsWith('ok'))).toEqual([`ok ${sha256}`]);
  });

  test('is appended to by clients that append', async () => {
    await cutAfter(30 * FRAME);
    expect(await goOn(path, Flag.write | Flag.append | Flag.create)).toBe(29 * FRAME);
    await expectDeposited();
  });

  test('is thrown away, as ever, below 1 MiB', async () => {
    await cutAfter(16 * FRAME - 1);
    await expect.poll(linesOf).toEqual(['aborted interrupted']);
    await withClient(async (client) => expect((await statusOf(client, PacketType.STAT, path)).code).toBe(2));
  });

  test('is seen by nobody but its sender, over SFTP alone', async () => {
    await cutAfter(SIZE);
    const name = path.split('/').at(-1) ?? '';
    await withClient(async (client) => {
      expect(await client.names(door.base)).toContain(name);
      const read = await client.status(PacketType.OPEN, string(path), Buffer.from([0, 0, 0, 1, 0, 0, 0, 0]));
      expect(read).toMatchObject({ code: 4, text: expect.stringContaining('Only a part') });
    });
    await withClient(async (client) => {
      expect(await client.names(door.base)).not.toContain(name);
      expect((await statusOf(client, PacketType.STAT, path)).code).toBe(2);
      expect((await statusOf(client, PacketType.REMOVE, path)).code).toBe(2);
      const other = await client.status(PacketType.OPEN, string(path), Buffer.from([0, 0, 0, 2, 0, 0, 0, 0]));
      expect(other.code).toBe(2);
    }, PEOPLE.marc.login);
    const claire = await door.workspace('claire', 'webdav');
    await expect(claire.stat(parsePath(path))).rejects.toMatchObject({ code: 'not-found' });
    expect(await namesIn(claire, door.base)).not.toContain(name);
    expect(await door.takeMails()).toEqual([]);
    await goOn();
    await expectDeposited();
  });

  test('leaves what it was to replace to all others, and to readers', async () => {
    await withClient(async (client) => {
      const handle = await client.open(path, NEW_FILE);
      await client.write(handle, 0, 'old');
      await client.close(handle);
    });
    await cutAfter(30 * FRAME);
    expect(await fetchText(await door.workspace('nadia'), path)).toBe('old');
    await withClient(async (client) => {
      expect(await client.sizeOf(path)).toBe(29 * FRAME);
      expect(await client.read(await client.open(path, Flag.read), 0, 100)).toEqual(Buffer.from('old'));
    });
    await goOn();
    const nadia = await door.workspace('nadia');
    expect(await nadia.stat(parsePath(path))).toMatchObject({ sizeBytes: SIZE, sha256 });
    expect((await linesOf()).slice(1)).toEqual(['ok replaced']);
  });

  test('goes when its sender begins anew, removes the name, or asks for a new file', async () => {
    await cutAfter(30 * FRAME);
    await withClient(async (client) => {
      const handle = await client.open(path, NEW_FILE);
      expect(await client.sizeOf(path)).toBe(0);
      await client.write(handle, 0, 'anew');
      await client.close(handle);
      expect(await client.sizeOf(path)).toBe(4);
      await client.status(PacketType.REMOVE, string(path));
    });
    expect((await linesOf()).map((line) => line.split(' ')[0])).toEqual(['aborted', 'ok']);
    await cutAfter(30 * FRAME);
    await withClient(async (client) => {
      expect((await statusOf(client, PacketType.REMOVE, path)).code).toBe(0);
      expect((await statusOf(client, PacketType.REMOVE, path)).code).toBe(2);
    });
    expect((await linesOf()).slice(2)).toEqual(['aborted discarded']);
    await cutAfter(30 * FRAME);
    await withClient(async (client) => {
      await client.close(await client.open(path, Flag.write | Flag.create | Flag.exclusive));
      expect(await client.sizeOf(path)).toBe(0);
    });
    expect((await linesOf()).slice(3).map((line) => line.split(' ')[0])).toEqual(['aborted', 'ok']);
  });

  test('cannot be renamed, and the answer says why', async () => {
    await cutAfter(30 * FRAME);
    await withClient(async (client) => {
      const answer = await statusOf(client, PacketType.RENAME, path, `${path}.new`);
      expect(answer).toMatchObject({
        code: 4,
        text: expect.stringContaining('go on sending it, or remove it'),
      });
      expect(await client.sizeOf(path)).toBe(29 * FRAME);
    });
    await goOn();
    await expectDeposited();
  });

  test('never takes the place of what somebody deposited meanwhile', async () => {
    await cutAfter(30 * FRAME);
    await withClient(async (client) => {
      const handle = await client.open(path, NEW_FILE);
      await client.write(handle, 0, "somebody else's");
      await client.close(handle);
    }, PEOPLE.marc.login);
    await withClient(async (client) => {
      expect(await client.sizeOf(path)).toBe(15);
      const refused = await client.status(
        PacketType.OPEN,
        string(path),
        Buffer.from([0, 0, 0, 2, 0, 0, 0, 0]),
      );
      expect(refused).toMatchObject({ code: 4, text: expect.stringContaining('changed meanwhile') });
      await client.close(await client.open(path, GO_ON));
    });
    expect(await fetchText(await door.workspace('nadia'), path)).toBe("somebody else's");
    expect((await linesOf()).map((line) => line.split(' ').slice(0, 2).join(' ')).sort()).toEqual([
      expect.stringMatching(/^ok /),
      'refused base-changed',
    ]);
  });

  test('that goes on is refused at its end when somebody deposits before it', async () => {
    await cutAfter(30 * FRAME);
    await withClient(async (client) => {
      const handle = await client.open(path, GO_ON);
      await send(client, handle, 29 * FRAME, SIZE);
      await withClient(async (other) => {
        const quick = await other.open(path, NEW_FILE);
        await other.write(quick, 0, 'quicker');
        await other.close(quick);
      }, PEOPLE.marc.login);
      expect(await client.close(handle)).toMatchObject({
        code: 4,
        text: expect.stringContaining('changed meanwhile'),
      });
    });
    expect(await fetchText(await door.workspace('nadia'), path)).toBe('quicker');
  });

  test('is gone on with by one session at a time', async () => {
    await cutAfter(30 * FRAME);
    await withClient(async (client) => {
      const handle = await client.open(path, GO_ON);
      await withClient(async (other) => {
        // Published nowhere, taken up by the first: for the second there is no such file.
        const late = await other.status(PacketType.OPEN, string(path), Buffer.from([0, 0, 0, 2, 0, 0, 0, 0]));
        expect(late.code).toBe(2);
      });
      await send(client, handle, 29 * FRAME, SIZE);
      await client.close(handle);
    });
    await expectDeposited();
  });

  test("under WinSCP's name for unfinished files is finished there and renamed", async () => {
    const part = `${path}.filepart`;
    await cutAfter(SIZE, part);
    expect(await goOn(part)).toBe(39 * FRAME);
    expect(await door.takeMails()).toEqual([]);
    await withClient(async (client) =>
      expect((await statusOf(client, PacketType.RENAME, part, path)).code).toBe(0),
    );
    await expectDeposited();
  });

  test.each([
    ['closes the channel', (client: RawClient) => client.channel.close()],
    ['ends its input', (client: RawClient) => client.channel.end()],
    ['hangs up', (client: RawClient) => client.socket.end()],
  ])('stays when its client %s without closing the file', async (_, leave) => {
    const client = await connectRaw(door);
    const handle = await client.open(path, NEW_FILE);
    await send(client, handle, 0, 30 * FRAME);
    leave(client);
    await settled();
    await client.end();
    await goOn();
    await expectDeposited();
  });
});

describe('a change to what is published, cut off', () => {
  const publish = () =>
    withClient(async (client) => {
      const handle = await client.open(path, NEW_FILE);
      await send(client, handle, 0, 20 * FRAME + 7);
      await client.close(handle);
    });

  test('stays when it only added to the end', async () => {
    await publish();
    await cutAfter(39 * FRAME, path, Flag.write, 20 * FRAME + 7);
    expect(await goOn()).toBe(38 * FRAME);
    expect(await (await door.workspace('nadia')).stat(parsePath(path))).toMatchObject({
      sizeBytes: SIZE,
      sha256,
    });
  });

  test('is thrown away when it changed what was there: half of a change is no beginning of a file', async () => {
    await publish();
    const client = await connectRaw(door);
    const handle = await client.open(path, Flag.write);
    await client.write(handle, 10, 'changed');
    await send(client, handle, 20 * FRAME + 7, SIZE);
    client.socket.resetAndDestroy();
    await settled();
    await withClient(async (again) => expect(await again.sizeOf(path)).toBe(20 * FRAME + 7));
    expect((await linesOf()).at(-1)).toBe('aborted interrupted');
  });
});

test('an upload under way when the door stops is parked once the time for finishing is over', async () => {
  const stopping = await openSftpDoor();
  const client = await connectRaw(stopping);
  const handle = await client.open(`${stopping.base}/slow.bin`, NEW_FILE);
  await send(client, handle, 0, 20 * FRAME);
  await stopping.stopDoor(100);
  const claire = await stopping.workspace('claire', 'sftp');
  expect(await claire.uploads()).toMatchObject([{ state: 'parked', receivedBytes: 19 * FRAME }]);
  expect(await stopping.history()).toEqual([]);
  await stopping.close();
});
