import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, type SFTPWrapper } from 'ssh2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Daemon, type DaemonPlace, peps, startDaemon } from '../support/daemon.js';
import { freePort } from '../support/ports.js';

const GROUP = 'Lutins';
const HOUSE = 'claire.moreau@caf.example.org';
const PARTNER = 'nadia.benali@lutins.example.org';
const FRAME = 65_536;
const SIZE = 12_000_000;

/** What docs/operations.md says a line of `peps transfers --json` has. */
const PROMISED =
  'id direction state account group path door receivedBytes deliveredBytes declaredSizeBytes startedAt updatedAt expiresAt'.split(
    ' ',
  );

interface Connection {
  readonly sftp: SFTPWrapper;
  readonly socket: Socket;
}

/** The daemon as a process of its own is killed under uploads; the next one finds what there was. */
describe('kill -9 under an SFTP upload', { timeout: 120_000 }, () => {
  const password = `Aa1!${randomBytes(16).toString('hex').replace(/[aef]/g, 'x')}`;
  const body = randomBytes(SIZE);
  const sha256 = createHash('sha256').update(body).digest('hex');
  let place: DaemonPlace;
  let daemon: Daemon;

  beforeAll(async () => {
    const directory = await mkdtemp(join(tmpdir(), 'peps-parked-'));
    place = { directory, httpPort: await freePort(), sftpPort: await freePort() };
    daemon = await startDaemon(place);
    await peps(place, ['group', 'add', GROUP]);
    for (const [address, side] of [
      [HOUSE, 'house'],
      [PARTNER, 'partner'],
    ] as const) {
      const facts = ['--name', address, '--side', side, '--password-stdin'];
      await peps(place, ['account', 'add', address, ...facts], password);
      await peps(place, ['group', 'member', 'set', GROUP, address, 'writer']);
    }
  }, 120_000);
  afterAll(async () => {
    await daemon?.kill();
    await rm(place.directory, { recursive: true, force: true });
  });

  async function signIn(login = HOUSE): Promise<Connection> {
    const socket = await connectSoon(place.sftpPort);
    const client = new Client();
    client.on('error', () => {});
    await new Promise<void>((resolve, reject) => {
      client.once('ready', resolve).once('error', reject);
      client.connect({ sock: socket, username: login, password });
    });
    const sftp = await new Promise<SFTPWrapper>((resolve, reject) =>
      client.sftp((error, opened) => (error ? reject(error) : resolve(opened))),
    );
    return { sftp, socket };
  }

  const openFile = (sftp: SFTPWrapper, path: string, flags: 'w' | 'r+') =>
    new Promise<Buffer>((resolve, reject) =>
      sftp.open(path, flags, (error, handle) => (error ? reject(error) : resolve(handle))),
    );
  const sizeOf = (sftp: SFTPWrapper, path: string) =>
    new Promise<number | null>((resolve) =>
      sftp.stat(path, (error, stats) => resolve(error ? null : stats.size)),
    );
  const closeFile = (sftp: SFTPWrapper, handle: Buffer) =>
    new Promise<void>((resolve, reject) =>
      sftp.close(handle, (error) => (error ? reject(error) : resolve())),
    );

  async function send(sftp: SFTPWrapper, handle: Buffer, from: number, to: number): Promise<void> {
    const answers = [];
    for (let at = from; at < to; at += 32_768) {
      const length = Math.min(32_768, to - at);
      answers.push(
        new Promise<void>((resolve, reject) =>
          sftp.write(handle, body, at, length, at, (error) => (error ? reject(error) : resolve())),
        ),
      );
    }
    await Promise.all(answers);
  }

  const transfers = async () => lines(await peps(place, ['transfers', '--json']));
  const rowsOf = async (path: string) =>
    lines(await peps(place, ['activity', '--json'])).filter((row) => row.path === path);

  test.each([
    ['in the middle', 7_000_000],
    ['after its last byte', SIZE],
  ])('%s: the next start parks it, its sender goes on, and it is one deposit', async (when, bytes) => {
    const path = `/${GROUP}/${when}.bin`;
    const first = await signIn();
    await send(first.sftp, await openFile(first.sftp, path, 'w'), 0, bytes);
    await daemon.kill();
    daemon = await startDaemon(place);

    const [parked, ...others] = await transfers();
    expect(others).toEqual([]);
    expect(parked).toMatchObject({
      direction: 'put',
      state: 'parked',
      account: HOUSE,
      group: GROUP,
      path,
      door: 'sftp',
    });
    expect(Object.keys(parked ?? {})).toEqual(PROMISED);
    const kept = Number(parked?.receivedBytes);
    expect(kept % FRAME).toBe(0);
    expect(kept).toBeLessThanOrEqual(bytes - FRAME);
    // What two batches of frames held in memory died with the process.
    expect(kept).toBeGreaterThan(bytes - 3_000_000);
    const other = await signIn(PARTNER);
    expect(await sizeOf(other.sftp, path)).toBeNull();
    other.socket.destroy();

    const second = await signIn();
    expect(await sizeOf(second.sftp, path)).toBe(kept);
    const handle = await openFile(second.sftp, path, 'r+');
    await send(second.sftp, handle, kept, SIZE);
    await closeFile(second.sftp, handle);
    second.socket.destroy();
    expect(await rowsOf(path)).toMatchObject([{ action: 'deposit', outcome: 'ok', sha256, sizeBytes: SIZE }]);
    expect(await transfers()).toEqual([]);
  });

  test('killed again and again while it goes on, it comes to its end', async () => {
    const path = `/${GROUP}/often.bin`;
    for (let round = 0; ; round += 1) {
      expect(round).toBeLessThan(20);
      const { sftp, socket } = await signIn();
      const size = await sizeOf(sftp, path);
      const handle = await openFile(sftp, path, size === null ? 'w' : 'r+');
      const from = size ?? 0;
      const to = Math.min(SIZE, from + 4_000_000);
      await send(sftp, handle, from, to);
      if (to === SIZE) {
        await closeFile(sftp, handle);
        socket.destroy();
        expect(round).toBeGreaterThan(2);
        break;
      }
      await daemon.kill();
      daemon = await startDaemon(place);
    }
    expect(await rowsOf(path)).toMatchObject([{ outcome: 'ok', sha256, sizeBytes: SIZE }]);
    const mails = lines(await peps(place, ['outbox', '--json']));
    expect(mails.filter((mail) => mail.template === 'group-deposits').map((mail) => mail.to)).toEqual([
      PARTNER,
    ]);
    await peps(place, ['check']);
  });
});

/** The pages answer a moment before SFTP does. */
async function connectSoon(port: number): Promise<Socket> {
  for (let attempt = 0; ; attempt += 1) {
    const socket = connect(port, '127.0.0.1');
    const isOpen = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    });
    socket.on('error', () => {});
    if (isOpen) return socket;
    if (attempt === 100) throw new Error('SFTP did not answer.');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function lines(output: string): Record<string, unknown>[] {
  return output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}
