// An SFTP client over ssh2 that tells a refusal from a broken connection.
import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import ssh2 from 'ssh2';
import { ACKNOWLEDGED, REFUSED, UNKNOWN } from './outcome.mjs';
import { GROUP } from './place.mjs';

const PIECE_BYTES = 32_768;
const READY_MS = 20_000;

/** Connects with the place's key, or `password`. Rejects when it is not let in. Paths begin below the group. */
export async function connectSftp(place, login, { port = place.sftpPort, password } = {}) {
  const socket = connect(port, '127.0.0.1');
  const client = new ssh2.Client();
  const credentials = password === undefined ? { privateKey: place.privateKey } : { password };
  const closed = new Promise((resolve) => client.once('close', resolve));
  await new Promise((resolve, reject) => {
    client.on('error', reject);
    client.once('ready', resolve);
    client.once('close', () => reject(new Error('closed')));
    client.connect({ sock: socket, username: login, readyTimeout: READY_MS, ...credentials });
  });
  const sftp = await new Promise((resolve, reject) =>
    client.sftp((error, opened) => (error ? reject(error) : resolve(opened))),
  );
  sftp.on('error', () => {});
  const waiting = new Set();
  let isClosed = false;
  void closed.then(() => {
    isClosed = true;
    for (const reject of waiting) reject(new Error('closed'));
  });

  /** One request. A connection that ends leaves requests unanswered: they fail without a code. */
  const ask = (method, ...args) =>
    new Promise((resolve, reject) => {
      if (isClosed) return reject(new Error('closed'));
      waiting.add(reject);
      sftp[method](...args, (error, result) => {
        waiting.delete(reject);
        if (error) reject(error);
        else resolve(result);
      });
    });

  async function act(work) {
    try {
      await work();
      return { outcome: ACKNOWLEDGED, status: 0 };
    } catch (error) {
      const status = typeof error.code === 'number' ? error.code : undefined;
      return { outcome: status === undefined ? UNKNOWN : REFUSED, status, text: error.message };
    }
  }

  const whole = (path) => `/${GROUP}/${path}`;

  async function read(path, onPiece) {
    const handle = await ask('open', whole(path), 'r');
    const { size } = await ask('fstat', handle);
    for (let at = 0; at < size; ) {
      const wanted = Math.min(PIECE_BYTES, size - at);
      const buffer = Buffer.alloc(wanted);
      const count = await ask('read', handle, buffer, 0, wanted, at);
      onPiece(buffer.subarray(0, count));
      at += count;
    }
    await ask('close', handle);
  }

  return {
    door: 'sftp',
    socket,
    closed,
    ask,
    whole,
    put: (path, body) =>
      act(async () => {
        const handle = await ask('open', whole(path), 'w');
        await writePieces(ask, handle, body, 0);
        await ask('close', handle);
      }),
    move: (from, to) => act(() => ask('ext_openssh_rename', whole(from), whole(to))),
    remove: (path) => act(() => ask('unlink', whole(path))),
    makeFolder: (path) => act(() => ask('mkdir', whole(path))),
    async digest(path) {
      const hash = createHash('sha256');
      let sizeBytes = 0;
      const { status, outcome } = await act(() =>
        read(path, (piece) => {
          hash.update(piece);
          sizeBytes += piece.length;
        }),
      );
      return { status, sizeBytes, sha256: outcome === ACKNOWLEDGED ? hash.digest('hex') : null };
    },
    async list(path) {
      const rows = await ask('readdir', whole(path)).catch(() => null);
      return (
        rows &&
        new Map(rows.map(({ filename, attrs }) => [filename, attrs.isDirectory() ? null : attrs.size]))
      );
    },
    async close() {
      client.end();
      socket.destroy();
      await closed;
    },
  };
}

/** Sends a body in pieces, a few in flight as OpenSSH does. */
export async function writePieces(ask, handle, body, start, end = body.length) {
  const inFlight = new Set();
  let failure;
  for (let at = start; at < end && !failure; at += PIECE_BYTES) {
    const length = Math.min(PIECE_BYTES, end - at);
    const write = ask('write', handle, body, at, length, at)
      .catch((error) => (failure ??= error))
      .finally(() => inFlight.delete(write));
    inFlight.add(write);
    if (inFlight.size >= 16) await Promise.race(inFlight);
  }
  await Promise.all(inFlight);
  if (failure) throw failure;
}
