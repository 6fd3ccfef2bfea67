// Clients that deposit, overwrite, move and delete until they are told to stop, each in a folder of its own.
import { createHash, randomBytes, randomInt } from 'node:crypto';
import { UNKNOWN } from './outcome.mjs';
import { CLAIRE, NADIA, pause } from './place.mjs';
import { connectSftp } from './sftp-client.mjs';
import { createWebdavClient } from './webdav-client.mjs';

const NAMES = 6;
const POOL = randomBytes(8 * 1024 * 1024);

/** Who writes where: half over each door, half on each side. */
export function planWriters(count) {
  return Array.from({ length: count }, (_, index) => ({
    client: `w${index}`,
    door: index % 2 === 0 ? 'webdav' : 'sftp',
    login: index % 4 < 2 ? CLAIRE : NADIA,
  }));
}

export async function openDoor(place, { door, login }) {
  return door === 'webdav' ? createWebdavClient(place, login) : connectSftp(place, login);
}

/** Works until `signal` aborts or an operation is left open; never rejects for a server that is gone. */
export async function runWriter(place, ledger, writer, signal, { chooseSize = mixedSize } = {}) {
  const connection = await openDoor(place, writer).catch(() => undefined);
  if (!connection) return;
  try {
    while (!signal.aborted && !ledger.open.has(writer.client)) {
      const operation = ledger.begin({ ...writer, ...choose(ledger, writer, chooseSize) });
      const result = await perform(connection, operation);
      ledger.end(stripBody(operation), result);
      if (result.outcome === UNKNOWN) return;
      await pause(0);
    }
  } finally {
    await connection.close();
  }
}

function perform(connection, { act, path, to, body }) {
  if (act === 'put') return connection.put(path, body());
  return act === 'move' ? connection.move(path, to) : connection.remove(path);
}

/** The body is made anew from its seed whenever asked, so that a ledger of a million operations stays small. */
function stripBody(operation) {
  operation.body = undefined;
  return operation;
}

function choose(ledger, { client }, chooseSize) {
  const own = [...ledger.expected.keys()].filter((path) => path.startsWith(`${client}/`));
  const draw = randomInt(100);
  const path = own[randomInt(Math.max(1, own.length))];
  if (path && draw < 10) return { act: 'delete', path };
  if (path && draw < 22) {
    const to = `${client}/${draw < 16 ? `moved-${ledger.operations.length}.bin` : nameOf(randomInt(NAMES))}`;
    if (to !== path && own.length < 3 * NAMES) return { act: 'move', path, to };
  }
  return { act: 'put', path: `${client}/${nameOf(randomInt(NAMES))}`, ...content(chooseSize()) };
}

const nameOf = (index) => `f${index}.bin`;

/** Mostly small, some of several MiB. */
export function mixedSize() {
  const draw = randomInt(100);
  if (draw < 70) return randomInt(1, 65_536);
  return draw < 96 ? randomInt(65_536, 600_000) : randomInt(1_500_000, 6_000_000);
}

/** Content nobody sent before. @returns its size, digest and, as a function, its bytes */
export function content(sizeBytes) {
  const seed = randomBytes(Math.min(16, sizeBytes));
  const body = () =>
    Buffer.concat([seed, ...Array(Math.ceil(sizeBytes / POOL.length)).fill(POOL)], sizeBytes);
  return { sizeBytes, sha256: createHash('sha256').update(body()).digest('hex'), body };
}
