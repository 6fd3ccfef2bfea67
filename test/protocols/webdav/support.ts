import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { settleDeliveries } from '../../../protocols/proof.js';
import { createWebdavDoor, type DoorLogger } from '../../../protocols/webdav/index.js';
import { createHttpServer } from '../../../server/http.js';
import { createLogger } from '../../../server/logger.js';
import { type Clock, systemClock } from '../../../storage/index.js';
import { openTestStorage, PEOPLE, type PersonKey, type TestStorage } from '../../support/appliance.js';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly text: string;
}

export interface Sent {
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Buffer | Readable;
}

/** A request's log line, or the line of a failure. */
export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** The WebDAV door on a real listener over a real storage. */
export interface TestDoor extends TestStorage {
  readonly port: number;
  /** `/dav/GROUP`, escaped. */
  readonly base: string;
  readonly logged: readonly LogLine[];
  authorization(person: PersonKey): Record<string, string>;
  /** Sends one request as somebody, or as nobody; the path is taken as it stands. */
  send(person: PersonKey | null, method: string, path: string, sent?: Sent): Promise<Answer>;
  /** A bare connection, for what no client library would send. */
  dial(): Promise<Socket>;
  stop(): Promise<void>;
}

export async function openTestDoor(options: { clock?: Clock; publicUrl?: string } = {}): Promise<TestDoor> {
  const test = await openTestStorage(options);
  const logged: LogLine[] = [];
  const silent = createLogger({ level: 'silent', clock: systemClock });
  const door = createWebdavDoor({
    storage: test.storage,
    clock: options.clock ?? systemClock,
    logger: recorder(logged),
    ...(options.publicUrl === undefined ? {} : { publicUrl: options.publicUrl }),
  });
  const server = createHttpServer({ address: '127.0.0.1', port: 0, logger: silent });
  const port = await server.listen();
  server.serve({
    webdav: door.handle,
    pages: (_request, response) => response.writeHead(404).end(),
    isHealthy: async () => true,
  });
  const agent = new Agent({ keepAlive: true });
  const authorization = (person: PersonKey) => ({
    Authorization: `Basic ${Buffer.from(`${PEOPLE[person].login}:${test.password}`).toString('base64')}`,
  });
  return {
    ...test,
    port,
    base: `/dav/${encodeURIComponent(test.group)}`,
    logged,
    authorization,
    async send(person, method, path, { headers = {}, body } = {}) {
      const signedIn = person === null ? {} : authorization(person);
      const host = { host: '127.0.0.1', port, agent, method, path };
      const sent = httpRequest({ ...host, headers: { ...signedIn, ...headers } });
      if (body instanceof Readable) body.pipe(sent);
      else sent.end(body);
      const [response] = await once(sent, 'response');
      const bytes = await buffer(response);
      return { status: response.statusCode, headers: response.headers, body: bytes, text: bytes.toString() };
    },
    async dial() {
      const socket = connect(port, '127.0.0.1');
      await once(socket, 'connect');
      return socket;
    },
    async stop() {
      agent.destroy();
      await server.stop(0);
      await settleDeliveries();
      await test.close();
    },
  };
}

/** A file's worth of bytes nobody can guess. */
export function someBytes(sizeBytes: number): Buffer {
  return randomBytes(sizeBytes);
}

function recorder(lines: LogLine[]): DoorLogger {
  const at = (level: string) => (fields: object, message: string) =>
    void lines.push({ level, message, fields: { ...fields } });
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
