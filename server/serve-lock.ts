import { type FileHandle, link, mkdir, open, rename, stat, unlink } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import path from 'node:path';

/** Another daemon holds the data folder. */
export class DataFolderInUseError extends Error {
  constructor(dataDir: string) {
    super(`Another "peps serve" is running on ${dataDir}.`);
    this.name = 'DataFolderInUseError';
  }
}

export interface ServeLock {
  /** May be called again without harm. */
  release(): Promise<void>;
}

const LOCK_NAME = 'serve.sock';

/**
 * Keeps a second daemon off a data folder, which is made (0700) when missing. The lock is a listening Unix socket: it dies
 * with its process, however that ends, so a stale one is told by nobody answering. @throws DataFolderInUseError
 */
export async function lockDataFolder(dataDir: string): Promise<ServeLock> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const folder = await open(dataDir, 'r');
  try {
    return await takeLock(dataDir, folder);
  } catch (error) {
    await folder.close();
    throw error;
  }
}

async function takeLock(dataDir: string, folder: FileHandle): Promise<ServeLock> {
  // A socket's address holds 107 bytes, a folder's path may be longer: /proc gives every open folder a short name.
  const reach = (name: string) =>
    process.platform === 'linux' ? `/proc/self/fd/${folder.fd}/${name}` : path.join(dataDir, name);
  const own = `serve.${process.pid}.sock`;
  await unlink(reach(own)).catch(() => undefined);
  const server = await listen(reach(own));
  const { ino } = await stat(reach(own));
  try {
    await putInPlace(reach, own, dataDir);
    await assertStillOurs(reach(LOCK_NAME), ino, dataDir);
  } catch (error) {
    await close(server);
    throw error;
  } finally {
    await unlink(reach(own)).catch(() => undefined);
  }
  let released: Promise<void> | undefined;
  const release = async () => {
    await unlink(reach(LOCK_NAME)).catch(() => undefined);
    await close(server);
    await folder.close();
  };
  return { release: () => (released ??= release()) };
}

/** `link` fails on an existing name, so only one of two daemons that start together gets a free one. */
async function putInPlace(reach: (name: string) => string, own: string, dataDir: string): Promise<void> {
  try {
    await link(reach(own), reach(LOCK_NAME));
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
    if (await answers(reach(LOCK_NAME))) throw new DataFolderInUseError(dataDir);
    await rename(reach(own), reach(LOCK_NAME));
  }
}

const SETTLING_MS = 100;

/** Two that found the same stale lock both replaced it: the first sees, a moment later, that it lost its place. */
async function assertStillOurs(lock: string, ino: number, dataDir: string): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, SETTLING_MS));
  const found = await stat(lock).catch(() => undefined);
  if (found?.ino !== ino) throw new DataFolderInUseError(dataDir);
}

function listen(address: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', reject);
    server.listen(address, () => resolve(server));
    server.unref();
  });
}

function answers(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(address);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
