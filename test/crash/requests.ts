import { connect } from 'node:net';
import { PEOPLE } from '../support/appliance.js';
import type { Doors } from './operations.js';
import type { SftpAddress } from './sftp-client.js';
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
