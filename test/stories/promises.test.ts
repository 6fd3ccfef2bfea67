import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { get } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, type SFTPWrapper } from 'ssh2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GROUP_NAME, PEOPLE, SERVICE_LOGIN } from '../support/appliance.js';
import { environmentOf, peps, startDaemon } from '../support/daemon.js';
import { freePort } from '../support/ports.js';
import { type RunningAppliance, startTestAppliance } from '../support/running.js';

/** Each of these would disprove the product in front of people. */
describe('what we promise', { timeout: 60_000 }, () => {
  let appliance: RunningAppliance;
  const basic = (login: string) =>
    `Basic ${Buffer.from(`${login}:${appliance.password}`).toString('base64')}`;
  const address = (name: string) => `/dav/${encodeURIComponent(GROUP_NAME)}/${name}`;
  const put = (login: string, name: string, body: Buffer<ArrayBuffer> | string) =>
    fetch(`${appliance.origin}${address(name)}`, {
      method: 'PUT',
      body,
      headers: { Authorization: basic(login) },
    });
  /** Fetches on a connection of its own and ends it in order, as curl does: the proof that all of it arrived. */
  const fetchAndEnd = (name: string) =>
    new Promise<string>((resolve, reject) => {
      const headers = { Authorization: basic(PEOPLE.claire.login) };
      get(`${appliance.origin}${address(name)}`, { headers, agent: false }, async (response) => {
        resolve(Buffer.concat(await response.toArray()).toString());
      }).once('error', reject);
    });
  const rowsOf = async (name: string) => {
    const rows = await appliance.operator.activity({ order: 'asc', limit: 500 });
    return rows.filter((row) => row.path === `/${GROUP_NAME}/${name}`);
  };

  beforeAll(async () => {
    appliance = await startTestAppliance();
  }, 60_000);
  afterAll(() => appliance?.close(), 60_000);

  test.each([2_000, 200_000, 2_000_000])(
    'a client that received nothing of %i bytes and reset the connection has not downloaded',
    async (sizeBytes) => {
      const name = `rien-${sizeBytes}.bin`;
      expect((await put(PEOPLE.nadia.login, name, randomBytes(sizeBytes))).status).toBe(201);
      await new Promise<void>((resolve, reject) => {
        const socket = connect(appliance.addresses.http.port, '127.0.0.1');
        socket.pause().once('error', reject);
        const head = `GET ${address(name)} HTTP/1.1\r\nHost: 127.0.0.1\r\n`;
        socket.write(`${head}Authorization: ${basic(PEOPLE.claire.login)}\r\n\r\n`);
        setTimeout(() => {
          socket.resetAndDestroy();
          resolve();
        }, 1_500);
      });
      await expect.poll(async () => (await rowsOf(name)).length, { timeout: 10_000 }).toBe(2);
      expect((await rowsOf(name)).at(-1)).toMatchObject({ action: 'read', outcome: 'interrupted' });
    },
  );

  test('a job cut off after its last byte and before CLOSE publishes nothing, and finishes when it tries again', async () => {
    const bytes = randomBytes(300_000);
    const path = `/${GROUP_NAME}/droits.csv`;
    const cut = await openSftp(appliance);
    await writeAll(cut.sftp, await open(cut.sftp, path), bytes);
    cut.client.end();
    await expect.poll(async () => (await rowsOf('droits.csv')).length, { timeout: 10_000 }).toBe(1);
    expect((await rowsOf('droits.csv'))[0]).toMatchObject({ outcome: 'aborted', sizeBytes: bytes.length });
    const again = await openSftp(appliance);
    const handle = await open(again.sftp, path);
    await writeAll(again.sftp, handle, bytes);
    await new Promise<void>((resolve, reject) =>
      again.sftp.close(handle, (error) => (error ? reject(error) : resolve())),
    );
    again.client.end();
    expect((await rowsOf('droits.csv')).at(-1)).toMatchObject({ action: 'deposit', outcome: 'ok' });
  });

  test('the nightly export.csv under one name is accepted every night, from a job and after a contributor’s download', async () => {
    for (const [index, night] of ['lundi', 'mardi', 'mercredi'].entries()) {
      expect((await put(PEOPLE.nadia.login, 'export.csv', night)).ok).toBe(true);
      expect(await fetchAndEnd('export.csv')).toBe(night);
      const downloads = async () =>
        (await rowsOf('export.csv')).filter((row) => row.action === 'download').length;
      await expect.poll(downloads, { timeout: 10_000 }).toBe(index + 1);
    }
    const deposits = (await rowsOf('export.csv')).filter((row) => row.action === 'deposit');
    expect(deposits.map((row) => row.outcome)).toEqual(['ok', 'ok', 'ok']);
  });
});

describe('a daemon killed right after it said "stored"', { timeout: 120_000 }, () => {
  let directory: string;
  afterAll(() => rm(directory, { recursive: true, force: true }));

  test('sends the promised mail when it is back', async () => {
    directory = await mkdtemp(join(tmpdir(), 'peps-promise-'));
    const place = { directory, httpPort: await freePort(), sftpPort: await freePort(), quietSeconds: 1 };
    const password = `Aa1!${randomBytes(16).toString('hex').replace(/[aef]/g, 'x')}`;
    expect(environmentOf(place).PEPS_MAIL_QUIET_SECONDS).toBe('1');
    let daemon = await startDaemon(place);
    await peps(place, ['group', 'add', 'Lutins']);
    for (const { login, name, side } of [PEOPLE.claire, PEOPLE.nadia]) {
      await peps(
        place,
        ['account', 'add', login, '--name', name, '--side', side, '--password-stdin'],
        password,
      );
      await peps(place, ['group', 'member', 'set', 'Lutins', login, 'writer']);
    }
    const answer = await fetch(`${daemon.origin}/dav/Lutins/promesse.txt`, {
      method: 'PUT',
      body: 'promis',
      headers: {
        Authorization: `Basic ${Buffer.from(`${PEOPLE.nadia.login}:${password}`).toString('base64')}`,
      },
    });
    expect(answer.status).toBe(201);
    await daemon.kill();
    const mails = async () => {
      const names = await readdir(join(directory, 'mail')).catch(() => []);
      const texts = await Promise.all(names.map((name) => readFile(join(directory, 'mail', name), 'utf8')));
      return texts.filter((text) => text.includes('promesse.txt'));
    };
    expect(await mails()).toEqual([]);
    daemon = await startDaemon(place);
    await expect.poll(async () => (await mails()).length, { timeout: 15_000 }).toBe(1);
    expect((await mails())[0]).toContain(PEOPLE.claire.login);
    expect(await daemon.terminate()).toBe(0);
  });
});

async function openSftp(appliance: RunningAppliance): Promise<{ client: Client; sftp: SFTPWrapper }> {
  const client = new Client();
  client.on('error', () => {});
  await new Promise<void>((resolve, reject) => {
    client.once('ready', resolve).once('error', reject);
    const { port } = appliance.addresses.sftp;
    client.connect({ host: '127.0.0.1', port, username: SERVICE_LOGIN, password: appliance.password });
  });
  const sftp = await new Promise<SFTPWrapper>((resolve, reject) =>
    client.sftp((error, opened) => (error ? reject(error) : resolve(opened))),
  );
  return { client, sftp };
}

function open(sftp: SFTPWrapper, path: string): Promise<Buffer> {
  return new Promise((resolve, reject) =>
    sftp.open(path, 'w', (error, handle) => (error ? reject(error) : resolve(handle))),
  );
}

async function writeAll(sftp: SFTPWrapper, handle: Buffer, bytes: Buffer): Promise<void> {
  for (let offset = 0; offset < bytes.length; offset += 32_768) {
    const chunk = bytes.subarray(offset, offset + 32_768);
    await new Promise<void>((resolve, reject) =>
      sftp.write(handle, chunk, 0, chunk.length, offset, (error) => (error ? reject(error) : resolve())),
    );
  }
}
