import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { Client, type SFTPWrapper } from 'ssh2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GROUP_NAME, PEOPLE } from '../support/appliance.js';
import { type RunningAppliance, startTestAppliance } from '../support/running.js';

/** Deposits cut off at several places, in several ways: the old content stays or nothing appears, nobody is told, one line is written. */
const SIZE_BYTES = 400_000;
const POSITIONS = [0, 1, 65_536, 200_000, SIZE_BYTES - 1];
const OLD = 'the content that was there';

type Ending = 'fin' | 'reset';

describe('a deposit that is cut off', { timeout: 60_000 }, () => {
  let appliance: RunningAppliance;
  const body = randomBytes(SIZE_BYTES);
  const basic = () => Buffer.from(`${PEOPLE.claire.login}:${appliance.password}`).toString('base64');
  const address = (name: string) => `/dav/${encodeURIComponent(GROUP_NAME)}/${name}`;

  beforeAll(async () => {
    appliance = await startTestAppliance();
  }, 60_000);
  afterAll(() => appliance?.close(), 60_000);

  const fetchFile = (name: string, init: RequestInit = {}) =>
    fetch(`${appliance.origin}${address(name)}`, { ...init, headers: { Authorization: `Basic ${basic()}` } });

  const rowsOf = async (name: string) => {
    const rows = await appliance.operator.activity({ order: 'asc', limit: 500 });
    return rows.filter((row) => row.path === `/${GROUP_NAME}/${name}` && row.action === 'deposit');
  };

  async function mailItems(): Promise<number> {
    const mails = await appliance.operator.outbox({ state: 'waiting', limit: 500 });
    return mails.filter((mail) => mail.template === 'group-deposits').length;
  }

  /** Cuts a deposit off and looks at what is left, through the WebDAV door and in the history. */
  async function expectUntouched(
    name: string,
    isOverwrite: boolean,
    cut: () => Promise<void>,
  ): Promise<void> {
    if (isOverwrite) expect((await fetchFile(name, { method: 'PUT', body: OLD })).status).toBe(201);
    const mailsBefore = await mailItems();
    await cut();
    const deposits = isOverwrite ? 1 : 0;
    await expect.poll(async () => (await rowsOf(name)).length, { timeout: 10_000 }).toBe(deposits + 1);
    const last = (await rowsOf(name)).at(-1);
    expect(last).toMatchObject({ outcome: 'aborted' });
    expect(last?.sizeBytes).toBeLessThan(SIZE_BYTES);
    const found = await fetchFile(name);
    expect(found.status).toBe(isOverwrite ? 200 : 404);
    if (isOverwrite) expect(await found.text()).toBe(OLD);
    else await found.arrayBuffer();
    expect(await mailItems()).toBe(mailsBefore);
  }

  describe.each([false, true])('over WebDAV, overwriting: %s', (isOverwrite) => {
    for (const ending of ['fin', 'reset'] as const)
      test.each(POSITIONS)(`with a length announced, ${ending} after %i bytes`, async (position) => {
        const name = `length-${ending}-${isOverwrite}-${position}.bin`;
        await expectUntouched(name, isOverwrite, async () => {
          const socket = await send(appliance, [
            `PUT ${address(name)} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Basic ${basic()}\r\n`,
            `Content-Length: ${SIZE_BYTES}\r\n\r\n`,
            body.subarray(0, position),
          ]);
          await end(socket, ending);
        });
      });

    test.each(POSITIONS)('chunked and never finished, after %i bytes', async (position) => {
      const name = `chunked-${isOverwrite}-${position}.bin`;
      await expectUntouched(name, isOverwrite, async () => {
        const chunk = position === 0 ? '' : `${position.toString(16)}\r\n`;
        const socket = await send(appliance, [
          `PUT ${address(name)} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Basic ${basic()}\r\n`,
          `Transfer-Encoding: chunked\r\n\r\n${chunk}`,
          body.subarray(0, position),
          position === 0 ? '' : '\r\n',
        ]);
        await end(socket, 'fin');
      });
    });
  });

  /** From 1 MiB on what came over SFTP waits for its sender; everybody else finds what there was before, and hears nothing. */
  describe.each([false, true])('over SFTP, with much of it there, overwriting: %s', (isOverwrite) => {
    const large = randomBytes(3_000_000);
    for (const ending of ['fin', 'reset'] as const)
      test.each([1_048_576, 2_000_000, large.length])(`${ending} after %i bytes`, async (position) => {
        const name = `parked-${ending}-${isOverwrite}-${position}.bin`;
        if (isOverwrite) expect((await fetchFile(name, { method: 'PUT', body: OLD })).status).toBe(201);
        const mailsBefore = await mailItems();
        const { sftp, socket } = await openSftp(appliance);
        const handle = await openToWrite(sftp, name);
        await writeAll(sftp, handle, large.subarray(0, position));
        await end(socket, ending);
        const path = `/${GROUP_NAME}/${name}`;
        const pending = async () => (await appliance.operator.transfers()).filter((row) => row.path === path);
        await expect.poll(async () => (await pending())[0]?.state, { timeout: 10_000 }).toBe('parked');
        const kept = (Math.floor(position / 65_536) - 1) * 65_536;
        expect(await pending()).toMatchObject([{ receivedBytes: kept, account: PEOPLE.claire.login }]);
        expect(await rowsOf(name)).toHaveLength(isOverwrite ? 1 : 0);
        const found = await fetchFile(name);
        expect(found.status).toBe(isOverwrite ? 200 : 404);
        const text = await found.text();
        if (isOverwrite) expect(text).toBe(OLD);
        expect(await mailItems()).toBe(mailsBefore);
      });
  });

  describe.each([false, true])('over SFTP, overwriting: %s', (isOverwrite) => {
    for (const ending of ['fin', 'reset'] as const)
      test.each(POSITIONS.slice(1))(`${ending} after %i bytes`, async (position) => {
        const name = `sftp-${ending}-${isOverwrite}-${position}.bin`;
        await expectUntouched(name, isOverwrite, async () => {
          const { sftp, socket } = await openSftp(appliance);
          const handle = await openToWrite(sftp, name);
          await writeAll(sftp, handle, body.subarray(0, position));
          await end(socket, ending);
        });
      });
  });
});

function send(appliance: RunningAppliance, parts: readonly (string | Buffer)[]): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(appliance.addresses.http.port, '127.0.0.1');
    socket.on('error', () => {});
    socket.once('error', reject);
    socket.resume();
    for (const part of parts.slice(0, -1)) socket.write(part);
    socket.write(parts.at(-1) ?? '', () => resolve(socket));
  });
}

/** Gives the bytes time to arrive, then breaks the connection off. */
async function end(socket: Socket, ending: Ending): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 60));
  if (ending === 'reset') socket.resetAndDestroy();
  else socket.end();
}

async function openSftp(appliance: RunningAppliance): Promise<{ sftp: SFTPWrapper; socket: Socket }> {
  const socket = connect(appliance.addresses.sftp.port, '127.0.0.1');
  const client = new Client();
  client.on('error', () => {});
  await new Promise<void>((resolve, reject) => {
    client.once('ready', resolve).once('error', reject);
    client.connect({ sock: socket, username: PEOPLE.claire.login, password: appliance.password });
  });
  const sftp = await new Promise<SFTPWrapper>((resolve, reject) =>
    client.sftp((error, opened) => (error ? reject(error) : resolve(opened))),
  );
  return { sftp, socket };
}

function openToWrite(sftp: SFTPWrapper, name: string): Promise<Buffer> {
  return new Promise((resolve, reject) =>
    sftp.open(`/${GROUP_NAME}/${name}`, 'w', (error, opened) => (error ? reject(error) : resolve(opened))),
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
