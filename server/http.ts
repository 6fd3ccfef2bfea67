import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { noteRequest } from '../protocols/arrival.js';
import { isWebdavRequest } from '../protocols/webdav/index.js';
import type { Clock } from '../storage/index.js';
import type { CertificateFiles } from './certificate.js';
import { watchCertificate } from './certificate-watch.js';
import { type ConnectionLimits, limitConnections } from './connections.js';
import { addressOf, endWithClientError, refuseClear, refuseFaulty, refuseForNow } from './http-refusals.js';
import { createListener } from './listener.js';
import type { Logger } from './logger.js';
import { faultOf, pageFaultOf } from './request-faults.js';
import { createPaceWatch, type TransferPace } from './transfer-pace.js';
import { createTurns } from './turns.js';

export interface HttpOptions {
  readonly address: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly logger: Logger;
  /** Over TLS, with this certificate; in the clear unless given. @throws CertificateFault when it cannot be used */
  readonly tls?: {
    readonly files: CertificateFiles;
    readonly clock: Clock;
    readonly lookEveryMs?: number;
  } | null;
  /** Who may ask in the clear; everybody unless told. */
  readonly mayAskInClear?: (address: string) => boolean;
  readonly pace?: TransferPace;
  readonly connections?: Partial<ConnectionLimits>;
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

/** Explorer stops taking a file while it asks whether to replace one. */
const PACE: TransferPace = { bytesPerSecond: 1024, windowSeconds: 60, stalledSeconds: 600 };
const CONNECTIONS: ConnectionLimits = { inAll: 5000, perAddress: 500, isExempt: () => false };
const IDLE_CHECK_MS = 50;

/** The one HTTP listener: WebDAV, pages and /healthz. */
export function createHttpServer(options: HttpOptions): HttpServer {
  const { logger, tls = null, mayAskInClear } = options;
  const pace = createPaceWatch(options.pace ?? PACE);
  const watch =
    tls &&
    watchCertificate({ ...tls, logger, onChange: (certificate) => listener.useCertificate(certificate) });
  const listener = createListener(watch?.certificate ?? null);
  const { server } = listener;
  let doors: HttpDoors | undefined;
  let isStopping = false;

  const turns = createTurns();
  const take = (request: IncomingMessage, response: ServerResponse, expectsContinue: boolean) =>
    turns.take({
      request,
      response,
      act: (hasWaited) => {
        // What was sent before the last answer left proves nothing of its arrival.
        if (!hasWaited) noteRequest(request.socket);
        answer(request, response, expectsContinue);
      },
      over: () => pace.settle(response),
    });
  const answer = (request: IncomingMessage, response: ServerResponse, expectsContinue: boolean) => {
    pace.add(request, response);
    const fault = faultOf(request);
    if (fault) return refuseFaulty(response, fault);
    if (!doors || isStopping) return refuseForNow(response);
    if (isHealthCheck(request)) return void answerHealth(doors, response);
    if (!tls && mayAskInClear && !mayAskInClear(request.socket.remoteAddress ?? ''))
      return refuseClear(response);
    if (isWebdavRequest(request)) return doors.webdav(request, response);
    const misled = pageFaultOf(request);
    if (misled) return refuseFaulty(response, misled);
    // Pages take small forms only: nothing is gained by letting a client wait.
    if (expectsContinue) response.writeContinue();
    return doors.pages(request, response);
  };

  limitConnections(server, { ...CONNECTIONS, ...options.connections }, logger);
  server.on('request', (request, response) => take(request, response, false));
  server.on('checkContinue', (request, response) => take(request, response, true));
  server.on('clientError', (error, socket) => {
    logger.debug({ door: 'http', address: addressOf(socket), error: error.message }, 'refused');
    turns.end(socket, () => endWithClientError(error, socket));
  });
  server.on('tlsClientError', (error: Error, socket: Socket) => {
    logger.debug({ door: 'http', address: addressOf(socket), error: error.message }, 'no TLS');
    socket.destroy();
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
      pace.stop();
      watch?.stop();
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

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('The HTTP listener has no port.');
  return address.port;
}
