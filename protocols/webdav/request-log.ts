import type { IncomingMessage, ServerResponse } from 'node:http';
import { performance } from 'node:perf_hooks';
import type { Refusal } from './answers.js';

type Level = Refusal['level'];

/** What the door needs of a logger; pino's has this shape. */
export type DoorLogger = Readonly<Record<Level, (fields: object, message: string) => void>>;

/** Collects what one request's log line says; the line is written when the answer has left or was cut off. */
export interface RequestLog {
  setPath(path: string): void;
  signedIn(login: string): void;
  countBytesIn(sizeBytes: number): void;
  /** A bug is logged at once, with its stack; a refusal only sets the level of the line. */
  refused(error: unknown, refusal: Refusal): void;
}

/** Fields are the same in all doors; bytesOut counts what went out on the socket, headers included. */
export function createRequestLog(
  logger: DoorLogger,
  request: IncomingMessage,
  response: ServerResponse,
  address: string,
): RequestLog {
  const startedAtMilliseconds = performance.now();
  const { socket, method } = request;
  const bytesBefore = socket.bytesWritten;
  let level: Level = 'info';
  let path: string | undefined;
  let account: string | undefined;
  let bytesIn = 0;
  response.once('close', () => {
    const fields = {
      door: 'webdav',
      act: method,
      path,
      status: response.statusCode,
      account,
      address,
      bytesIn,
      bytesOut: socket.bytesWritten - bytesBefore,
      durationMs: Math.round(performance.now() - startedAtMilliseconds),
    };
    logger[level](fields, response.writableFinished ? 'request' : 'request cut off');
  });
  return {
    setPath(value) {
      path = value;
    },
    signedIn(login) {
      account = login;
    },
    countBytesIn(sizeBytes) {
      bytesIn += sizeBytes;
    },
    refused(error, refusal) {
      level = refusal.level;
      if (level !== 'error') return;
      logger.error(
        { door: 'webdav', act: method, path, err: error, incident: refusal.incident },
        'request failed',
      );
    },
  };
}
