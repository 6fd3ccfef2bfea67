import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PacketType } from '../../../protocols/sftp/codec.js';
import { string, uint32, uint64 } from '../../../protocols/sftp/wire.js';
import { type ActivityRow, parsePath } from '../../../storage/index.js';
import { deposit, fetchText, PEOPLE } from '../../support/appliance.js';
import { connectRaw, Flag, NEW_FILE } from './raw-client.js';
import { openSftpDoor, type TestSftpDoor } from './support.js';

let door: TestSftpDoor;
beforeAll(async () => {
  door = await openSftpDoor();
});
afterAll(async () => {
  await door.close();
});

const file = (name: string): string => `${door.base}/${name}`;

async function rowsOf(name: string, login?: string): Promise<ActivityRow[]> {
  const rows = await door.history();
  return rows.filter((row) => row.path === file(name) && (!login || row.account === login));
}

describe('a deposit', () => {
  test('is published by CLOSE, recorded once, announced to the others, and logged in one line', async () => {
    const client = await connectRaw(door, { login: PEOPLE.nadia.login });
    const content = randomBytes(300_000);
    const handle = await client.open(file('dossier.bin'), NEW_FILE);
    await client.write(handle, 200_000, content.subarray(200_000));
    await client.write(handle, 0, content.subarray(0, 200_000));
    expect(await rowsOf('dossier.bin')).toEqual([]);
    expect(await client.close(handle)).toEqual({ code: 0, text: 'OK' });
    await client.end();
    expect(await rowsOf('dossier.bin')).toMatchObject([
      { action: 'deposit', outcome: 'ok', protocol: 'sftp', account: PEOPLE.nadia.login, sizeBytes: 300_000 },
    ]);
    const recipients = (await door.takeMails()).map(({ to }) => to.address);
    expect(recipients.sort()).toEqual([PEOPLE.claire.login, PEOPLE.julien.login, PEOPLE.marc.login].sort());
    const lines = door.logged.filter(({ fields }) => fields.path === file('dossier.bin'));
    expect(lines).toMatchObject([
      {
        level: 'info',
        fields: { door: 'sftp', act: 'put', status: 0, account: PEOPLE.nadia.login, bytesIn: 300_000 },
      },
    ]);
  });

  test('of no bytes is a deposit too: flags of batches are', async () => {
    const client = await connectRaw(door);
    await client.close(await client.open(file('done.flag'), NEW_FILE));
    await client.end();
    expect(await rowsOf('done.flag')).toMatchObject([{ action: 'deposit', sizeBytes: 0 }]);
  });

  test('with a hole is refused at CLOSE, in words', async () => {
    const client = await connectRaw(door);
    const handle = await client.open(file('hole.bin'), NEW_FILE);
    await client.write(handle, 100_000, 'end');
    const closed = await client.close(handle);
    expect(closed.code).toBe(4);
    expect(closed.text).toMatch(/never/u);
    expect((await client.status(PacketType.STAT, string(file('hole.bin')))).code).toBe(2);
    await client.end();
  });

  test('whose write failed is not published by CLOSE', async () => {
    await door.operator.createGroup({ name: 'Petit quota', quotaBytes: 1_500_000 });
    await door.operator.setMember('Petit quota', PEOPLE.claire.login, 'writer');
    const client = await connectRaw(door);
    const handle = await client.open('/Petit quota/much.bin', NEW_FILE);
    const answers = [];
    for (let offset = 0; offset < 1_600_000; offset += 200_000)
      answers.push(await client.write(handle, offset, randomBytes(200_000)));
    const refused = answers.at(-1);
    expect(answers.slice(0, -1).map((answer) => answer.code)).toEqual(Array(7).fill(0));
    expect(refused).toMatchObject({ code: 4, text: expect.stringContaining('quota') });
    expect(await client.close(handle)).toEqual(refused);
    expect(await client.names('/Petit quota')).toEqual([]);
    await client.end();
  });

  test('under 1 MiB that passes the quota is refused by CLOSE', async () => {
    await door.operator.createGroup({ name: 'Quota infime', quotaBytes: 100_000 });
    await door.operator.setMember('Quota infime', PEOPLE.claire.login, 'writer');
    const client = await connectRaw(door);
    const handle = await client.open('/Quota infime/much.bin', NEW_FILE);
    expect((await client.write(handle, 0, randomBytes(120_000))).code).toBe(0);
    const refusal = { code: 4, text: expect.stringContaining('quota') };
    expect(await client.close(handle)).toMatchObject(refusal);
    expect(await client.names('/Quota infime')).toEqual([]);
    await client.end();
  });

  test('is refused at OPEN where the role, a lock or a missing folder forbids it', async () => {
    const reader = await connectRaw(door, { login: PEOPLE.julien.login });
    await expect(reader.open(file('reader.bin'), NEW_FILE)).rejects.toThrow('"code":3');
    await reader.end();
    const shelf = await door.workspace('marc');
    await deposit(shelf, file('locked.txt'), 'mine');
    const lock = { scope: 'exclusive', isDeep: false, ownerXml: '', timeoutSeconds: 600 } as const;
    await shelf.lock(parsePath(file('locked.txt')), lock);
    const client = await connectRaw(door);
    await expect(client.open(file('locked.txt'), NEW_FILE)).rejects.toThrow(/"code":4.*lock/iu);
    await expect(client.open(file('no/folder.txt'), NEW_FILE)).rejects.toThrow('"code":2');
    await expect(client.open(door.base, NEW_FILE)).rejects.toThrow('"code":3');
    await shelf.createDirectory(parsePath(file('folder')));
    await expect(client.open(file('folder'), NEW_FILE)).rejects.toThrow(/"code":4.*folder/u);
    await expect(client.open('/Mairie de Sainte-Colombe/x', NEW_FILE)).rejects.toThrow('"code":2');
    await client.end();
  });

  test('goes on from the current bytes without TRUNC, and APPEND ignores offsets', async () => {
    await deposit(await door.workspace('claire'), file('log.txt'), 'one');
    const client = await connectRaw(door);
    const appended = await client.open(file('log.txt'), Flag.write | Flag.append);
    await client.write(appended, 0, ' two');
    await client.write(appended, 0, ' three');
    expect((await client.close(appended)).code).toBe(0);
    const resumed = await client.open(file('log.txt'), Flag.write);
    await client.write(resumed, 13, '!');
    expect((await client.close(resumed)).code).toBe(0);
    await client.end();
    expect(await fetchText(await door.workspace('marc'), file('log.txt'))).toBe('one two three!');
  });

  test('with EXCL fails on a name that is taken', async () => {
    await deposit(await door.workspace('claire'), file('taken.txt'), 'x');
    const client = await connectRaw(door);
    await expect(client.open(file('taken.txt'), NEW_FILE | Flag.exclusive)).rejects.toThrow('"code":4');
    await expect(client.open(file('taken.txt'), Flag.create | Flag.exclusive)).rejects.toThrow('"code":4');
    await expect(client.open(file('absent.txt'), Flag.write)).rejects.toThrow('"code":2');
    await client.end();
  });
});

describe('an interrupted deposit', () => {
  const cuts = ['FIN', 'RST', 'channel closed', 'end of input'] as const;
  const positions = { 'before its first byte': 0, 'half way': 5, 'after its last byte': 10 };
  const cases = cuts.flatMap((cut) =>
    Object.entries(positions).flatMap(([position, pieces]) =>
      ['new', 'overwrite'].map((kind) => ({ cut, position, pieces, kind })),
    ),
  );

  test.each(cases)('by $cut $position leaves the old content or nothing ($kind)', async (one) => {
    const { cut, position, pieces, kind } = one;
    const name = `${cut} ${position} ${kind}.bin`;
    if (kind === 'overwrite') await deposit(await door.workspace('marc'), file(name), 'old content');
    await door.takeMails();
    const client = await connectRaw(door);
    const handle = await client.open(file(name), NEW_FILE);
    for (let piece = 0; piece < pieces; piece += 1)
      await client.write(handle, piece * 100_000, randomBytes(100_000));
    if (cut === 'FIN') client.socket.end();
    if (cut === 'RST') client.socket.resetAndDestroy();
    if (cut === 'channel closed') client.channel.close();
    if (cut === 'end of input') client.channel.end();
    await expect
      .poll(async () => (await rowsOf(name, PEOPLE.claire.login)).map(({ outcome }) => outcome))
      .toEqual(['aborted']);
    const reader = await connectRaw(door);
    if (kind === 'overwrite') expect(await reader.sizeOf(file(name))).toBe('old content'.length);
    else expect((await reader.status(PacketType.STAT, string(file(name)))).code).toBe(2);
    await reader.end();
    await client.end();
    expect(await door.takeMails()).toEqual([]);
  });
});

describe('a download', () => {
  test('is proven when every byte was answered before CLOSE', async () => {
    const content = randomBytes(900_000);
    await deposit(await door.workspace('marc'), file('get.bin'), content);
    const client = await connectRaw(door, { login: PEOPLE.nadia.login });
    const handle = await client.open(file('get.bin'), Flag.read);
    const pieces: Buffer[] = [];
    for (let offset = 0; ; offset += 261_120) {
      const piece = await client.read(handle, offset, 261_120);
      if (!piece) break;
      pieces.push(piece);
    }
    expect(Buffer.concat(pieces).equals(content)).toBe(true);
    expect((await client.close(handle)).code).toBe(0);
    await client.end();
    await expect
      .poll(() => rowsOf('get.bin', PEOPLE.nadia.login))
      .toMatchObject([{ action: 'download', outcome: 'ok', sizeBytes: 900_000, protocol: 'sftp' }]);
  });

  test('is recorded before its session changes anything', async () => {
    const names = ['one.txt', 'two.txt'];
    for (const name of names) await deposit(await door.workspace('marc'), file(name), name);
    const client = await connectRaw(door, { login: PEOPLE.nadia.login });
    const fetch = async (name: string) => {
      const handle = await client.open(file(name), Flag.read);
      await client.read(handle, 0, 100);
      expect((await client.close(handle)).code).toBe(0);
    };
    const recorded = async () =>
      (await Promise.all(names.map((name) => rowsOf(name, PEOPLE.nadia.login)))).flat().length;
    await fetch('one.txt');
    await fetch('two.txt');
    // Refused after a look: nothing but the wait stands between.
    expect((await client.status(PacketType.REMOVE, string(file('absent.txt')))).code).toBe(2);
    expect(await recorded()).toBe(2);
    await client.end();
  });

  test('keeps the version it opened while another is deposited', async () => {
    await deposit(await door.workspace('marc'), file('pinned.txt'), 'first');
    const client = await connectRaw(door);
    const handle = await client.open(file('pinned.txt'), Flag.read);
    await deposit(await door.workspace('marc'), file('pinned.txt'), 'second version');
    expect((await client.read(handle, 0, 100))?.toString()).toBe('first');
    await client.close(handle);
    await client.end();
  });

  test('is proven by nobody who sent CLOSE before the bytes left', async () => {
    await deposit(await door.workspace('marc'), file('hasty.bin'), randomBytes(50_000));
    const client = await connectRaw(door, { login: PEOPLE.nadia.login });
    const handle = await client.open(file('hasty.bin'), Flag.read);
    const answers = client.together(() => [
      client.ask(PacketType.READ, string(handle), uint64(0), uint32(50_000)),
      client.ask(PacketType.CLOSE, string(handle)),
    ]);
    expect((await Promise.all(answers)).map(({ type }) => type)).toEqual([
      PacketType.DATA,
      PacketType.STATUS,
    ]);
    await client.end();
    await expect
      .poll(() => rowsOf('hasty.bin', PEOPLE.nadia.login))
      .toMatchObject([{ action: 'download', outcome: 'sent', sizeBytes: 50_000 }]);
  });

  test('of a part, or without CLOSE, is a read', async () => {
    await deposit(await door.workspace('marc'), file('part.bin'), randomBytes(100_000));
    const client = await connectRaw(door, { login: PEOPLE.nadia.login });
    const part = await client.open(file('part.bin'), Flag.read);
    await client.read(part, 0, 40_000);
    await client.close(part);
    const lost = await client.open(file('part.bin'), Flag.read);
    await client.read(lost, 0, 60_000);
    client.socket.resetAndDestroy();
    await expect
      .poll(async () => (await rowsOf('part.bin', PEOPLE.nadia.login)).map(({ outcome }) => outcome))
      .toEqual(['ok', 'interrupted']);
    const rows = await rowsOf('part.bin', PEOPLE.nadia.login);
    expect(rows).toMatchObject([
      { action: 'read', sizeBytes: 40_000 },
      { action: 'read', sizeBytes: 60_000 },
    ]);
  });

  test('through a handle open for both is recorded, and changes nothing', async () => {
    await deposit(await door.workspace('marc'), file('both.txt'), 'content');
    const version = await versionOf('both.txt');
    const client = await connectRaw(door);
    const handle = await client.open(file('both.txt'), Flag.read | Flag.write);
    expect((await client.read(handle, 0, 100))?.toString()).toBe('content');
    expect((await client.close(handle)).code).toBe(0);
    await client.end();
    expect(await versionOf('both.txt')).toBe(version);
    expect(await rowsOf('both.txt', PEOPLE.claire.login)).toMatchObject([{ action: 'download' }]);
  });

  test('cannot hide behind a write or a copy made here', async () => {
    await deposit(await door.workspace('marc'), file('hidden.txt'), 'content');
    const client = await connectRaw(door);
    const both = await client.open(file('hidden.txt'), Flag.read | Flag.write);
    await client.write(both, 7, '!');
    expect((await client.read(both, 0, 100))?.toString()).toBe('content!');
    const from = await client.open(file('hidden.txt'), Flag.read);
    const to = await client.open(file('copy.txt'), NEW_FILE);
    const copied = await client.status(
      PacketType.EXTENDED,
      ...[string('copy-data'), string(from), uint64(0), uint64(0), string(to), uint64(0)],
    );
    expect(copied.code).toBe(0);
    for (const handle of [both, from, to]) expect((await client.close(handle)).code).toBe(0);
    await client.end();
    const rows = await rowsOf('hidden.txt', PEOPLE.claire.login);
    expect(rows.map(({ outcome }) => outcome).sort()).toEqual(['ok', 'sent', 'sent']);
    expect(rows.filter(({ action, outcome }) => action === 'download' && outcome === 'ok')).toEqual([]);
    expect(await fetchText(await door.workspace('marc'), file('copy.txt'))).toBe('content');
  });

  async function versionOf(name: string): Promise<string | undefined> {
    const entry = await (await door.workspace('marc')).stat(parsePath(file(name)));
    return entry.kind === 'file' ? entry.versionId : undefined;
  }
});

describe('a revocation', () => {
  test('cuts the connection within five seconds, an open deposit with it', async () => {
    const client = await connectRaw(door, { login: PEOPLE.nadia.login });
    const handle = await client.open(file('revoked.bin'), NEW_FILE);
    await client.write(handle, 0, 'half');
    const closed = new Promise((resolve) => client.socket.once('close', resolve));
    await door.operator.suspend(PEOPLE.nadia.login);
    const late = wait(5_000).then(() => 'late');
    expect(await Promise.race([closed, late])).not.toBe('late');
    await expect
      .poll(async () => (await rowsOf('revoked.bin')).map(({ outcome }) => outcome))
      .toEqual(['aborted']);
    await door.operator.resume(PEOPLE.nadia.login);
  }, 10_000);
});
