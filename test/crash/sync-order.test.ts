import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, type SFTPWrapper } from 'ssh2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Daemon, type DaemonPlace, peps, startDaemon } from '../support/daemon.js';
import { freePort } from '../support/ports.js';
import { hasProgram } from '../support/programs.js';
import { type SystemCall, systemCallsDuring } from '../support/strace.js';

const CALLS = ['pwrite64', 'pwritev', 'write', 'writev', 'sendto', 'fsync', 'fdatasync', 'rename', 'mkdir'];
const GROUP = 'Lutins';
const LOGIN = 'claire.moreau@caf.example.org';

/**
 * What a power cut leaves depends on the order of system calls, which no test without a power cut could otherwise see: bytes,
 * then their sync, the name, the sync of its folder, the database's log, its sync, and only then the answer.
 */
describe.skipIf(!hasProgram('strace'))('what is on the disk before it is acknowledged', () => {
  const password = `Aa1!${randomBytes(16).toString('hex').replace(/[aef]/g, 'x')}`;
  let place: DaemonPlace;
  let daemon: Daemon;

  beforeAll(async () => {
    const directory = await mkdtemp(join(tmpdir(), 'peps-sync-order-'));
    place = { directory, httpPort: await freePort(), sftpPort: await freePort() };
    daemon = await startDaemon(place);
    await peps(place, ['group', 'add', GROUP]);
    const person = ['account', 'add', LOGIN, '--name', 'Claire', '--side', 'house', '--password-stdin'];
    await peps(place, person, password);
    await peps(place, ['group', 'member', 'set', GROUP, LOGIN, 'writer']);
  }, 60_000);
  afterAll(async () => {
    await daemon?.kill();
    await rm(place.directory, { recursive: true, force: true });
  });

  const watch = (act: () => Promise<void>) => systemCallsDuring(daemon.process.pid ?? 0, CALLS, act);

  const ask = async (method: string, name: string, status: number, more: RequestInit = {}) => {
    const address = `${daemon.origin}/dav/${GROUP}/${name}`;
    const authorization = `Basic ${Buffer.from(`${LOGIN}:${password}`).toString('base64')}`;
    const headers = { Authorization: authorization, ...more.headers };
    const answer = await fetch(address, { ...more, method, headers });
    await answer.arrayBuffer();
    expect(answer.status).toBe(status);
  };
  const put = (name: string, status: number, sizeBytes = 300_000) =>
    ask('PUT', name, status, { body: randomBytes(sizeBytes) });

  test.each([
    ['a new file', 201],
    ['a file that replaces another', 204],
  ])('WebDAV: %s', async (_, status) => {
    const calls = await watch(() => put('webdav.bin', status));
    const answer = last(calls, ({ args }) => args.includes(`"HTTP/1.1 ${status}`));
    expectStoredBefore(calls, place.directory, answer);
  });

  test('WebDAV: a file of more bytes than are synced at a time', { timeout: 60_000 }, async () => {
    const calls = await watch(() => put('large.bin', 201, 70 * 1_048_576));
    expectStoredBefore(
      calls,
      place.directory,
      last(calls, ({ args }) => args.includes('"HTTP/1.1 201')),
    );
  });

  test('SFTP: a file', async () => {
    const { sftp, client } = await openSftp(place, password);
    const handle = await new Promise<Buffer>((resolve, reject) =>
      sftp.open(`/${GROUP}/sftp.bin`, 'w', (error, opened) => (error ? reject(error) : resolve(opened))),
    );
    const body = randomBytes(30_000);
    const calls = await watch(async () => {
      await settled((done) => sftp.write(handle, body, 0, body.length, 0, done));
      await settled((done) => sftp.close(handle, done));
    });
    client.end();
    // The last thing the client hears is the answer to its CLOSE.
    const answer = last(calls, ({ args }) => args.includes(`TCP:[127.0.0.1:${place.sftpPort}->`));
    expectStoredBefore(calls, place.directory, answer);
  });

  test('WebDAV: a move and a deletion', async () => {
    await put('moved.bin', 201);
    const destination = { Destination: `${daemon.origin}/dav/${GROUP}/gone.bin` };
    for (const act of [
      () => ask('MOVE', 'moved.bin', 201, { headers: destination }),
      () => ask('DELETE', 'gone.bin', 204),
    ]) {
      const calls = await watch(act);
      expectLogSyncedBefore(
        calls,
        last(calls, ({ args }) => args.includes('"HTTP/1.1 20')),
      );
    }
  });
});

/** Bytes → sync → name → sync of the folder → log → sync → answer. */
function expectStoredBefore(calls: readonly SystemCall[], directory: string, answer: SystemCall): void {
  // A mail, too, is written aside and renamed, and may be while the calls are watched.
  const renamed = last(calls, ({ name, args }) => name.startsWith('rename') && !args.includes('.eml"'));
  const [, from = '', to = ''] = /"([^"]+)".*"([^"]+)"/u.exec(renamed.args) ?? [];
  expect(renamed.result).toBe('0');
  expect(from.startsWith(`${directory}/staging/`) && to.startsWith(`${directory}/blobs/`)).toBe(true);
  const written = last(calls, (call) => isWrite(call) && call.args.includes(`<${from}>`));
  const synced = last(calls, (call) => isSync(call) && call.args.includes(`<${from}>`));
  expect(synced.startedAt, 'the bytes are synced after the last of them').toBeGreaterThan(written.endedAt);
  expect(renamed.startedAt, 'the name comes after that').toBeGreaterThan(synced.endedAt);
  const folder = to.slice(0, to.lastIndexOf('/'));
  const folderSynced = last(calls, (call) => isSync(call) && call.args.includes(`<${folder}>`));
  expect(folderSynced.startedAt, 'the folder is synced after that').toBeGreaterThan(renamed.endedAt);
  const made = calls.find(({ name, args }) => name === 'mkdir' && args.includes(`"${folder}"`));
  if (made?.result === '0') {
    const above = last(calls, (call) => isSync(call) && call.args.includes(`<${directory}/blobs>`));
    expect(above.startedAt, 'a new folder has its own name synced').toBeGreaterThan(made.endedAt);
    expect(above.endedAt).toBeLessThan(answer.startedAt);
  }
  const logged = expectLogSyncedBefore(calls, answer);
  expect(logged.startedAt, 'the transaction comes after the bytes are safe').toBeGreaterThan(
    folderSynced.endedAt,
  );
}

/** @returns the last write into the database's log before the answer */
function expectLogSyncedBefore(calls: readonly SystemCall[], answer: SystemCall): SystemCall {
  const before = calls.filter(({ startedAt }) => startedAt < answer.startedAt);
  const logged = last(before, (call) => isWrite(call) && call.args.includes('peps.sqlite-wal>'));
  const synced = last(before, (call) => isSync(call) && call.args.includes('peps.sqlite-wal>'));
  expect(synced.startedAt, 'the log is synced after the transaction').toBeGreaterThan(logged.endedAt);
  expect(answer.startedAt, 'the answer comes after all').toBeGreaterThan(synced.endedAt);
  return logged;
}

const isSync = ({ name, result }: SystemCall) => /^f(data)?sync$/u.test(name) && result === '0';
const isWrite = ({ name }: SystemCall) => /^p?write(v|64)?$/u.test(name);

function last(calls: readonly SystemCall[], isWanted: (call: SystemCall) => boolean): SystemCall {
  const found = calls.filter(isWanted).at(-1);
  if (!found) throw new Error(`No such call among ${calls.length}: ${isWanted}`);
  return found;
}

function settled(act: (done: (error?: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => act((error) => (error ? reject(error) : resolve())));
}

async function openSftp(
  place: DaemonPlace,
  password: string,
): Promise<{ sftp: SFTPWrapper; client: Client }> {
  const client = new Client();
  await new Promise<void>((resolve, reject) => {
    client.once('ready', resolve).once('error', reject);
    client.connect({ sock: connect(place.sftpPort, '127.0.0.1'), username: LOGIN, password });
  });
  client.on('error', () => {});
  const sftp = await new Promise<SFTPWrapper>((resolve, reject) =>
    client.sftp((error, opened) => (error ? reject(error) : resolve(opened))),
  );
  return { sftp, client };
}
