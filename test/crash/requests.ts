import { connect } from 'node:net';
import { posix } from 'node:path';
import type { FileEntryWithStats } from 'ssh2';
import { PEOPLE } from '../support/appliance.js';
import type { Doors } from './operations.js';
import { connectSftp, type SftpAddress, type SftpClient } from './sftp-client.js';
import { basic, davPath } from './views.js';

/** Where Claire signs in over SFTP. */
export function addressOf({ sftpPort, password }: Doors): SftpAddress {
  return { port: sftpPort, login: PEOPLE.claire.login, password };
}

/** One request of Claire's. @returns whether it was answered with success; rejects without an answer */
export async function request(
  { origin, password }: Doors,
  method: string,
  path: string,
  sent: { readonly body?: Buffer; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<boolean> {
  const answer = await fetch(`${origin}${davPath(path)}`, {
    method,
    headers: { ...basic(password), ...sent.headers },
    ...(sent.body ? { body: new Uint8Array(sent.body) } : {}),
  });
  await answer.arrayBuffer();
  return answer.ok;
}

/** A MOVE or COPY that may replace. */
export function transfer(doors: Doors, method: 'MOVE' | 'COPY', from: string, to: string): Promise<boolean> {
  const headers = { Destination: `${doors.origin}${davPath(to)}`, Overwrite: 'T' };
  return request(doors, method, from, { headers });
}

/** Announces a byte more than it sends, then hangs up. @returns false, when the daemon has hung up, too */
export function cutOff({ origin, password }: Doors, path: string, body: Buffer): Promise<boolean> {
  const { port } = new URL(origin);
  const head = [
    `PUT ${davPath(path)} HTTP/1.1`,
    'Host: 127.0.0.1',
    `Authorization: ${basic(password).Authorization}`,
    `Content-Length: ${body.length + 1}`,
  ];
  return new Promise((resolve) => {
    const socket = connect(Number(port), '127.0.0.1');
    socket.on('error', () => {});
    socket.once('close', () => resolve(false));
    socket.resume();
    socket.write(`${head.join('\r\n')}\r\n\r\n`);
    socket.write(body, () => socket.end());
  });
}

/** Opens a file over SFTP and writes bytes from an offset on, all acknowledged. @returns its handle, still open */
export async function sendOverSftp(
  client: SftpClient,
  path: string,
  flags: 'w' | 'r+',
  bytes: Buffer,
  offset: number,
): Promise<Buffer> {
  const handle = await client.ask<Buffer>((sftp, done) => sftp.open(path, flags, done));
  const step = 32_768;
  const pieces = Array.from({ length: Math.ceil(bytes.length / step) }, (_, index) => index * step);
  await Promise.all(
    pieces.map((at) => {
      const piece = bytes.subarray(at, at + step);
      return client.ask<void>((sftp, done) => sftp.write(handle, piece, 0, piece.length, offset + at, done));
    }),
  );
  return handle;
}

/** Sends the first bytes of a new file over SFTP, is cut off, comes back and goes on where it left off. */
export async function goOnOverSftp(
  doors: Doors,
  path: string,
  body: Buffer,
  sentBytes: number,
): Promise<boolean> {
  const first = await connectSftp(addressOf(doors));
  await sendOverSftp(first, path, 'w', body.subarray(0, sentBytes), 0);
  first.end();
  const second = await connectSftp(addressOf(doors));
  try {
    const parkedBytes = await sizeOnceParked(second, path);
    const handle = await sendOverSftp(second, path, 'r+', body.subarray(parkedBytes), parkedBytes);
    await second.ask<void>((sftp, done) => sftp.close(handle, done));
    return true;
  } finally {
    second.end();
  }
}

async function sizeOnceParked(client: SftpClient, path: string): Promise<number> {
  for (let attempt = 0; attempt < 500; attempt++) {
    const names = await client.ask<readonly FileEntryWithStats[]>((sftp, done) =>
      sftp.readdir(posix.dirname(path), done),
    );
    const found = names.find(({ filename }) => filename === posix.basename(path));
    if (found) return found.attrs.size;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`${path} was never parked.`);
}
