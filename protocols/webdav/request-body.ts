import type { IncomingMessage } from 'node:http';
import { StorageError } from '../../storage/index.js';
import type { Exchange } from './exchange.js';
import { HttpProblem } from './http-problem.js';
import { HttpStatus } from './http-status.js';
import { parseXml, type XmlElement } from './xml.js';

const MAX_XML_BYTES = 64 * 1024;
/** An announced body up to this long is gathered: to read it as a stream costs more than the rest of the reading. */
const BRIEF_BYTES = 64 * 1024;
const MAX_DISCARDED_BYTES = 8 * 1024 * 1024;
const MAX_DISCARDED_MILLISECONDS = 10_000;

/** As much of an exchange as reading a body takes: it is there before anybody has signed in. */
export type Body = Pick<Exchange, 'request' | 'response' | 'countBytesIn'>;

/**
 * Reads an XML body of at most 64 KiB, counted before anything is parsed; undefined for an empty one.
 * @throws HttpProblem 413, 400
 */
export async function readXmlBody(exchange: Exchange): Promise<XmlElement | undefined> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  if (declaredBodyBytes(exchange.request) > MAX_XML_BYTES) throw tooLarge();
  for await (const chunk of bodyOf(exchange)) {
    sizeBytes += chunk.length;
    if (sizeBytes > MAX_XML_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  return sizeBytes === 0 ? undefined : parseXml(Buffer.concat(chunks));
}

/**
 * The chunks of a body, asked for now if the client waits for leave (RFC 9110 section 10.1.1). Stopping early leaves the
 * socket open for the answer. @throws StorageError aborted when it ends before all of it came
 */
export async function* bodyOf(exchange: Body): AsyncGenerator<Buffer> {
  const { request, response } = exchange;
  if (awaitsLeave(request)) response.writeContinue();
  try {
    if (isBrief(request)) yield* await wholeBody(exchange);
    else
      for await (const chunk of request.iterator({ destroyOnReturn: false })) {
        if (!Buffer.isBuffer(chunk)) continue;
        exchange.countBytesIn(chunk.length);
        yield chunk;
      }
  } catch (cause) {
    throw interrupted(cause);
  }
  // Some ends that come too early reach us without an error.
  if (!request.complete) throw interrupted(undefined);
}

/**
 * Waits for the end of a request whose body says nothing to us: what breaks off never changes anything, nor is it answered as done.
 * @throws HttpProblem 413 beyond 64 KiB; StorageError aborted when it ends before all of it came
 */
export async function endOf(exchange: Body): Promise<void> {
  if (!hasBody(exchange.request)) return;
  let sizeBytes = 0;
  for await (const chunk of bodyOf(exchange)) {
    sizeBytes += chunk.length;
    if (sizeBytes > MAX_XML_BYTES) throw tooLarge();
  }
}

function isBrief(request: IncomingMessage): boolean {
  return request.headers['transfer-encoding'] === undefined && declaredBodyBytes(request) <= BRIEF_BYTES;
}

function wholeBody({ request, countBytesIn }: Body): Promise<readonly Buffer[]> {
  return new Promise((resolve, reject) => {
    // What was cut off before has nothing more to tell.
    if (request.closed) return reject(request.errored);
    const chunks: Buffer[] = [];
    request.once('end', () => resolve(chunks));
    // After the end the close means nothing any more.
    request.once('error', reject).once('close', reject);
    request.on('data', (chunk: Buffer) => {
      countBytesIn(chunk.length);
      chunks.push(chunk);
    });
  });
}

function interrupted(cause: unknown): StorageError {
  return new StorageError('aborted', 'The request ended before its body did.', {
    reason: 'interrupted',
    cause,
  });
}

/** True when the request carries, or announces, a body. */
export function hasBody(request: IncomingMessage): boolean {
  return request.headers['transfer-encoding'] !== undefined || declaredBodyBytes(request) > 0;
}

function declaredBodyBytes(request: IncomingMessage): number {
  return Number(request.headers['content-length'] ?? 0);
}

/** True while a client holds its body back until it hears 100 Continue. */
export function awaitsLeave(request: IncomingMessage): boolean {
  return /^100-continue$/iu.test(request.headers.expect ?? '') && !request.readableDidRead;
}

/**
 * Reads past a body nobody wants any more, so that the connection can be used again and the answer is not lost in a reset;
 * a client that goes on sending after 8 MiB or 10 s is cut off.
 */
export function discardRest(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return;
  let sizeBytes = 0;
  const cutOff = () => request.socket.destroy();
  const timer = setTimeout(cutOff, MAX_DISCARDED_MILLISECONDS);
  request.once('close', () => clearTimeout(timer));
  request.on('data', (chunk: Buffer) => {
    sizeBytes += chunk.length;
    if (sizeBytes > MAX_DISCARDED_BYTES) cutOff();
  });
  request.resume();
}

function tooLarge(): HttpProblem {
  return new HttpProblem(HttpStatus.contentTooLarge, 'The body is larger than 64 KiB.');
}
