// A deposit that waits half way until it is told to go on: what it needs of the disk from then on can be chosen.
import http from 'node:http';
import { ACKNOWLEDGED, REFUSED, UNKNOWN } from './outcome.mjs';
import { connectSftp, writePieces } from './sftp-client.mjs';
import { addressOf } from './webdav-client.mjs';

/** `finish` sends the rest; it and `ended` resolve with `{ outcome, status }`, also when the connection breaks. */
export async function beginDeposit(place, { door, login, path, body }) {
  const half = Math.floor(body.length / 2);
  return door === 'webdav'
    ? beginWebdav(place, { login, path, body, half })
    : beginSftp(place, { login, path, body, half });
}

async function beginWebdav(place, { login, path, body, half }) {
  const credentials = Buffer.from(`${login}:${place.password}`).toString('base64');
  const request = http.request({
    agent: false,
    host: '127.0.0.1',
    port: place.httpPort,
    method: 'PUT',
    path: addressOf(path),
    headers: { Authorization: `Basic ${credentials}`, 'Content-Length': body.length },
  });
  const ended = new Promise((resolve) => {
    request.on('error', () => resolve({ outcome: UNKNOWN, status: 0 }));
    request.on('response', (response) => {
      response.resume();
      const status = response.statusCode;
      resolve({ outcome: status < 300 ? ACKNOWLEDGED : REFUSED, status });
    });
  });
  await new Promise((resolve) => request.write(body.subarray(0, half), resolve));
  return {
    ended,
    finish() {
      request.end(body.subarray(half));
      return ended;
    },
    cut: () => request.destroy(),
  };
}

async function beginSftp(place, { login, path, body, half }) {
  const client = await connectSftp(place, login);
  const resultOf = (error) => {
    const status = typeof error?.code === 'number' ? error.code : undefined;
    return { outcome: status === undefined ? UNKNOWN : REFUSED, status };
  };
  try {
    const handle = await client.ask('open', client.whole(path), 'w');
    await writePieces(client.ask, handle, body, 0, half);
    return {
      ended: client.closed.then(() => resultOf(undefined)),
      async finish() {
        try {
          await writePieces(client.ask, handle, body, half);
          await client.ask('close', handle);
          return { outcome: ACKNOWLEDGED, status: 0 };
        } catch (error) {
          return resultOf(error);
        } finally {
          await client.close();
        }
      },
      cut: () => client.close(),
    };
  } catch (error) {
    await client.close();
    const result = resultOf(error);
    return { ended: Promise.resolve(result), finish: async () => result, cut: async () => {} };
  }
}
