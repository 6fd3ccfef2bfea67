import type { ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { RequestFault } from './request-faults.js';

/** Not yet, or not any more. */
export function refuseForNow(response: ServerResponse): void {
  response.writeHead(503, { 'Retry-After': '5', Connection: 'close', 'Content-Length': '0' }).end();
}

/** Nothing that comes behind it on the connection would be sure to be what it looks like. */
export function refuseFaulty(response: ServerResponse, { status, sentence }: RequestFault): void {
  const body = `${sentence}\n`;
  response
    .writeHead(status, {
      'Content-Type': 'text/plain; charset=utf-8',
      'Content-Length': String(Buffer.byteLength(body)),
      Connection: 'close',
    })
    .end(body);
}

/** Nobody is asked for a password in the clear: a client would send it. */
export function refuseClear(response: ServerResponse): void {
  const sentence = 'This address answers over TLS alone. / Cette adresse ne répond qu’en HTTPS.';
  refuseFaulty(response, { status: 403, sentence });
}

const LINGER_MS = 2000;
const CLIENT_ERRORS: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: '413 Payload Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** What never became a request is answered here, if the client still listens. */
export function endWithClientError(error: Error & { code?: string }, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = CLIENT_ERRORS[error.code ?? ''] ?? '400 Bad Request';
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  // What still comes is taken and forgotten for a while: a reset would take the answer away from the client.
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}

export function addressOf(socket: Duplex): string | undefined {
  return socket instanceof Socket ? socket.remoteAddress : undefined;
}
