import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { type AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { noteRequest } from '../protocols/arrival.js';
import { isWebdavRequest } from '../protocols/webdav/index.js';
import { type BodyRateOptions, createBodyRateWatch } from './body-rate.js';
import type { Logger } from './logger.js';

export interface HttpOptions {
  readonly address: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly logger: Logger;
  /** 1 KiB/s over 60 s unless told. */
  readonly bodyRate?: BodyRateOptions;
}

/** What stands behind the listener. */
export interface HttpDoors {
  readonly webdav: RequestListener;
  readonly pages: RequestListener;
  isHealthy(): Promise<boolean>;
}

export interface HttpServer {
  /** Listens and answers 503 until `serve` is called. @returns the port */
  listen(): Promise<number>;
  serve(doors: HttpDoors): void;
  /** Takes no new requests, lets running ones finish for so long, then cuts the rest off. */
  stop(graceMs: number): Promise<void>;
}

const BODY_RATE: BodyRateOptions = { bytesPerSecond: 1024, windowSeconds: 60 };
const IDLE_CHECK_MS = 50;

/** The one HTTP listener: WebDAV, pages and /healthz. */
export function createHttpServer(options: HttpOptions): HttpServer {
  const bodies = createBodyRateWatch(options.bodyRate ?? BODY_RATE);
  let doors: HttpDoors | undefined;
  let isStopping = false;

  const answer = (request: IncomingMessage, response: ServerResponse, expectsContinue: boolean) => {
    noteRequest(request.socket);
    bodies.add(request, response);
    if (!doors || isStopping) return refuse(response);
    if (isHealthCheck(request)) return void answerHealth(doors, response);
    if (isWebdavRequest(request)) return doors.webdav(request, response);
    // Pages take small forms only: nothing is gained by letting a client wait.
    if (expectsContinue) response.writeContinue();
    return doors.pages(request, response);
  };

  const server = createServer({
    maxHeaderSize: 16 * 1024,
    headersTimeout: 20_000,
    // A whole request may take hours; the watch on bodies replaces the limit.
    requestTimeout: 0,
    keepAliveTimeout: 65_000,
    connectionsCheckingInterval: 5000,
    keepAlive: true,
    keepAliveInitialDelay: 30_000,
  });
  server.on('request', (request, response) => answer(request, response, false));
  server.on('checkContinue', (request, response) => answer(request, response, true));
  server.on('clientError', (error, socket) => {
    options.logger.debug({ door: 'http', address: addressOf(socket), error: error.message }, 'refused');
    endWithClientError(error, socket);
  });

  return {
    async listen() {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen({ host: options.address, port: options.port }, () => resolve());
      });
      return portOf(server.address());
    },
    serve(given) {
      doors = given;
    },
    async stop(graceMs) {
      isStopping = true;
      bodies.stop();
      if (!server.listening) return;
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      // Node closes connections that are idle now; those that become so later would stay for the keep-alive time.
      const idle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
      const cut = setTimeout(() => server.closeAllConnections(), graceMs);
      await closed;
      clearInterval(idle);
      clearTimeout(cut);
    },
  };
}

function refuse(response: ServerResponse): void {
  response.writeHead(503, { 'Retry-After': '5', Connection: 'close', 'Content-Length': '0' }).end();
}

function isHealthCheck(request: IncomingMessage): boolean {
  return request.url === '/healthz' && (request.method === 'GET' || request.method === 'HEAD');
}

/** For supervisors: whether it can serve, and nothing more to whoever asks. */
async function answerHealth(doors: HttpDoors, response: ServerResponse): Promise<void> {
  const isHealthy = await doors.isHealthy().catch(() => false);
  const body = JSON.stringify({ status: isHealthy ? 'ok' : 'unavailable' });
  response
    .writeHead(isHealthy ? 200 : 503, {
      'Content-Type': 'application/json',
      'Content-Length': String(Buffer.byteLength(body)),
      'Cache-Control': 'no-store',
    })
    .end(body);
}

const CLIENT_ERRORS: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: '413 Payload Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** What never became a request is answered here, if the client still listens. */
function endWithClientError(error: Error & { code?: string }, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = CLIENT_ERRORS[error.code ?? ''] ?? '400 Bad Request';
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function addressOf(socket: Duplex): string | undefined {
  return socket instanceof Socket ? socket.remoteAddress : undefined;
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('The HTTP listener has no port.');
  return address.port;
}
