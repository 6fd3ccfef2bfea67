// Ways to break a deposit off. Each sends exactly `position` bytes of the body, never its end, and cuts. It resolves with what
// was heard: the HTTP status, or 0. An answer of success to any of them would be a false acknowledgement.
import { connect, createServer } from 'node:net';
import tls from 'node:tls';
import { pause } from './place.mjs';
import { connectSftp, writePieces } from './sftp-client.mjs';
import { addressOf } from './webdav-client.mjs';

/** Bytes get so long to be read before the connection breaks. */
const ARRIVAL_MS = 30;

/** FIN or RST of a plain connection; `isChunked`: without a length announced, and never the last chunk. */
export async function cutWebdav(place, { login, path, body, position, isReset, isChunked }) {
  const socket = connect(place.httpPort, '127.0.0.1');
  return cutHttp(socket, socket, { place, login, path, body, position, isReset, isChunked });
}

/** Through a proxy that ends TLS; the client goes without close_notify, the proxy passes that on as an orderly end. */
export async function cutTls(place, { tlsPort, login, path, body, position, isReset, isChunked }) {
  const raw = connect(tlsPort, '127.0.0.1');
  const socket = tls.connect({ socket: raw, rejectUnauthorized: false });
  return cutHttp(socket, raw, { place, login, path, body, position, isReset, isChunked });
}

async function cutHttp(socket, raw, { place, login, path, body, position, isReset, isChunked }) {
  let answer = '';
  socket.on('error', () => {});
  raw.on('error', () => {});
  socket.on('data', (chunk) => (answer += chunk));
  const credentials = Buffer.from(`${login}:${place.password}`).toString('base64');
  const framing = isChunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${body.length}`;
  socket.write(
    `PUT ${addressOf(path)} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Basic ${credentials}\r\n${framing}\r\n\r\n`,
  );
  const piece = body.subarray(0, position);
  if (isChunked && position > 0) socket.write(`${position.toString(16)}\r\n`);
  await new Promise((resolve) => socket.write(piece, resolve));
  if (isChunked && position > 0) await new Promise((resolve) => socket.write('\r\n', resolve));
  await pause(ARRIVAL_MS);
  const closed = new Promise((resolve) => raw.once('close', resolve));
  if (isReset) raw.resetAndDestroy();
  else raw.destroySoon();
  await closed;
  socket.destroy();
  return Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0);
}

/** FIN, RST, or (`channel`) an SSH channel that closes in good order, always without CLOSE of the handle. */
export async function cutSftp(place, { login, path, body, position, ending }) {
  const client = await connectSftp(place, login);
  const handle = await client.ask('open', client.whole(path), 'w');
  await writePieces(client.ask, handle, body, 0, position);
  if (ending === 'reset') client.socket.resetAndDestroy();
  if (ending === 'fin') client.socket.end();
  await client.close();
  return 0;
}

/** In the middle of an SSH packet: a relay passes so many bytes on and then ends or resets both connections. */
export async function cutSftpPacket(place, { login, path, body, position, isReset }) {
  const relay = await startRelay(place.sftpPort, isReset);
  try {
    const client = await connectSftp(place, login, { port: relay.port });
    const handle = await client.ask('open', client.whole(path), 'w');
    relay.cutAfter(position);
    await writePieces(client.ask, handle, body, 0).catch(() => {});
    await client.close();
    return 0;
  } finally {
    relay.close();
  }
}

async function startRelay(target, isReset) {
  let left = Number.POSITIVE_INFINITY;
  const sockets = [];
  const server = createServer((inner) => {
    const outer = connect(target, '127.0.0.1');
    sockets.push(inner, outer);
    for (const socket of [inner, outer]) socket.on('error', () => {});
    outer.on('data', (chunk) => inner.write(chunk));
    outer.on('close', () => inner.destroy());
    inner.on('close', () => outer.destroySoon());
    inner.on('data', (chunk) => {
      if (left <= 0) return;
      outer.write(chunk.subarray(0, left));
      left -= chunk.length;
      if (left > 0) return;
      inner.destroy();
      if (isReset) setTimeout(() => outer.resetAndDestroy(), ARRIVAL_MS);
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: server.address().port,
    cutAfter: (bytes) => (left = bytes),
    close: () => closeWith(server, sockets),
  };
}

function closeWith(server, sockets) {
  server.close();
  for (const socket of sockets) socket.destroy();
}

/** Ends TLS in front of the HTTP door, as an appliance in production has it. The caller closes it. */
export async function startTlsProxy(place, { key, cert }) {
  const sockets = [];
  const server = tls.createServer({ key, cert }, (inner) => {
    const outer = connect(place.httpPort, '127.0.0.1');
    sockets.push(inner, outer);
    for (const socket of [inner, outer]) socket.on('error', () => {});
    outer.on('data', (chunk) => inner.write(chunk));
    outer.on('close', () => inner.destroy());
    inner.on('data', (chunk) => outer.write(chunk));
    inner.on('close', () => outer.end());
  });
  server.on('tlsClientError', () => {});
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: server.address().port, close: () => closeWith(server, sockets) };
}
