// A download that waits half way until it is told to go on.
import { createHash } from 'node:crypto';
import http from 'node:http';
import { pause } from './place.mjs';
import { connectSftp } from './sftp-client.mjs';
import { addressOf } from './webdav-client.mjs';

const PIECE_BYTES = 32_768;

/** `finish(milliseconds)` takes the rest slowly; `ended` resolves with the SHA-256, or null when it broke off. */
export async function beginDownload(place, { door, login, path }) {
  return door === 'webdav' ? beginWebdav(place, { login, path }) : beginSftp(place, { login, path });
}

async function beginWebdav(place, { login, path }) {
  const credentials = Buffer.from(`${login}:${place.password}`).toString('base64');
  const headers = { Authorization: `Basic ${credentials}` };
  const request = http.get({
    agent: false,
    host: '127.0.0.1',
    port: place.httpPort,
    path: addressOf(path),
    headers,
  });
  const response = await new Promise((resolve, reject) =>
    request.once('response', resolve).once('error', reject),
  );
  request.on('error', () => {});
  const hash = createHash('sha256');
  const ended = new Promise((resolve) => {
    response.once('error', () => resolve(null));
    response.once('close', () => resolve(response.complete ? hash.digest('hex') : null));
  });
  return {
    ended,
    async finish(milliseconds) {
      await pause(milliseconds);
      response.on('data', (chunk) => hash.update(chunk));
    },
    cut: () => request.destroy(),
  };
}

async function beginSftp(place, { login, path }) {
  const client = await connectSftp(place, login);
  const handle = await client.ask('open', client.whole(path), 'r');
  const { size } = await client.ask('fstat', handle);
  const hash = createHash('sha256');
  const buffer = Buffer.alloc(PIECE_BYTES);
  let at = 0;
  const take = async (end) => {
    while (at < end) {
      const count = await client.ask('read', handle, buffer, 0, Math.min(PIECE_BYTES, end - at), at);
      hash.update(buffer.subarray(0, count));
      at += count;
    }
  };
  await take(Math.floor(size / 2));
  let settle;
  const ended = new Promise((resolve) => {
    settle = resolve;
  });
  void client.closed.then(() => settle(null));
  return {
    ended,
    async finish(milliseconds) {
      try {
        await pause(milliseconds);
        await take(size);
        await client.ask('close', handle);
        settle(hash.digest('hex'));
      } catch {
        settle(null);
      }
    },
    cut: () => client.close(),
  };
}
