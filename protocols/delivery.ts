import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import mime from 'mime-types';
import { type ByteRange, type Download, type FileEntry, isStorageError } from '../storage/index.js';
import { type Line, lineOf, settleArrivals } from './arrival.js';
import { formatDigest } from './digests.js';
import { httpDate } from './http-date.js';

export interface DeliveryRequest {
  readonly download: Pick<Download, 'entry' | 'read' | 'stream' | 'close'>;
  /** Bytes to send; the whole file when absent. */
  readonly range?: ByteRange;
  readonly head: DeliveryHead;
  /** Nothing of it has left. */
  readonly response: ServerResponse;
  /** Cuts the delivery off, on revocation. */
  readonly signal: AbortSignal;
}

/** What the answer begins with, once there are bytes to follow it. */
export interface DeliveryHead {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Sends a file's bytes and closes the download with what is known of their arrival. `finish` says only that the kernel has
 * the bytes; the client's next request on the socket, its orderly end, or 30 s without an error say that it got them.
 * Settles when the download is closed, long after the answer left. A file that is damaged further on ends as a short body.
 * @throws what the reading failed with, after closing the download, unless it was the client that went away; the answer is the
 * caller's to give as long as `response.headersSent` is false
 */
export async function deliver(request: DeliveryRequest): Promise<void> {
  const { download, range, response, signal } = request;
  // The request's: a pipelined response has no socket yet.
  const line = lineOf(response.req.socket);
  line.hold();
  // Of a request that nobody read Node would say, at the client's end, that it was broken off, and reset the connection.
  response.req.resume();
  const start = range?.start ?? 0;
  let end = start;
  try {
    await send(request, (sizeBytes) => {
      end += sizeBytes;
    });
  } catch (error) {
    line.release();
    await download.close('interrupted', [{ start, end }]);
    if (signal.aborted || isDeparture(error)) return;
    throw error;
  }
  const closed = closeWithProof(download, { start, end }, line);
  closing.add(closed);
  await closed.finally(() => closing.delete(closed));
}

/** Ends every wait for a proof as `sent`, at shutdown, and settles when those downloads are closed. */
export async function settleDeliveries(): Promise<void> {
  settleArrivals();
  await Promise.allSettled(closing);
}

const closing = new Set<Promise<void>>();

async function closeWithProof(
  download: DeliveryRequest['download'],
  delivered: ByteRange,
  line: Line,
): Promise<void> {
  const outcome = await line.proof();
  line.release();
  await download.close(outcome, [delivered]);
}

/** Cuts a connection when the session ends: a transfer does not outlive a revocation. Once for a response is enough. */
export function cutOffOn(signal: AbortSignal, response: ServerResponse): void {
  if (signal.aborted) response.destroy();
  const bound = responsesOf(signal);
  if (bound.has(response)) return;
  bound.add(response);
  response.once('close', () => bound.delete(response));
}

const bySignal = new WeakMap<AbortSignal, Set<ServerResponse>>();

/** One session may carry many requests at a time: its signal has one listener for all of them. */
function responsesOf(signal: AbortSignal): Set<ServerResponse> {
  const known = bySignal.get(signal);
  if (known) return known;
  const responses = new Set<ServerResponse>();
  bySignal.set(signal, responses);
  signal.addEventListener('abort', () => {
    for (const response of responses) response.destroy();
  });
  return responses;
}

/** The headers under which a file leaves: saved, never shown or run by a browser (RFC 6266; digest by RFC 9530). */
export function fileHeaders(entry: FileEntry): Record<string, string> {
  return {
    'Content-Type': mediaTypeOf(entry.name),
    'Content-Disposition': dispositionOf('attachment', entry.name),
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': "sandbox; default-src 'none'",
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Cache-Control': 'private, no-cache',
    'Accept-Ranges': 'bytes',
    'Last-Modified': httpDate(entry.modifiedAt),
    ETag: entry.etag,
    'Repr-Digest': formatDigest(entry.sha256),
    // The same for ownCloud's clients and rclone.
    'OC-Checksum': `SHA256:${entry.sha256}`,
  };
}

/** A media type by the name alone; nothing ever looks into the bytes. */
export function mediaTypeOf(name: string): string {
  return mime.lookup(name) || 'application/octet-stream';
}

/** A body up to this long goes out in one piece: a stream costs more than it. */
const ONE_PIECE_BYTES = 64 * 1024;

/** Settles when the kernel has the last byte. `count` is told of bytes as they are handed over. */
async function send(request: DeliveryRequest, count: (sizeBytes: number) => void): Promise<void> {
  const { download, range = { start: 0, end: download.entry.sizeBytes }, response, head } = request;
  cutOffOn(request.signal, response);
  if (range.end - range.start > ONE_PIECE_BYTES) return sendStream(request, range, count);
  const body = await download.read(range);
  count(body.length);
  response.writeHead(head.status, head.headers);
  await sendLast(response, body);
}

async function sendStream(
  { download, response, head, signal }: DeliveryRequest,
  range: ByteRange,
  count: (sizeBytes: number) => void,
): Promise<void> {
  const bytes = download.stream(range);
  try {
    await once(bytes, 'readable', { signal });
  } catch (error) {
    bytes.destroy();
    throw error;
  }
  bytes.on('data', (chunk: Buffer) => count(chunk.length));
  response.writeHead(head.status, head.headers);
  await pipeline(bytes, response, { signal });
}

/** `finished` of node:stream does the same for any stream, with four times the listeners. */
function sendLast(response: ServerResponse, body: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const onClose = () => reject(new Departure());
    if (response.closed) return onClose();
    response.once('error', reject).once('close', onClose);
    response.once('finish', () => {
      response.off('close', onClose);
      resolve();
    });
    response.end(body);
  });
}

/** The client went away before it had all. */
class Departure extends Error {
  readonly code = 'ERR_STREAM_PREMATURE_CLOSE';
}

const DEPARTURES = new Set([
  'ERR_STREAM_PREMATURE_CLOSE',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_UNABLE_TO_PIPE',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
]);

function isDeparture(error: unknown): boolean {
  return (
    !isStorageError(error) &&
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    DEPARTURES.has(error.code)
  );
}

/** One line, whatever the name holds; both spellings of it (RFC 6266). */
export function dispositionOf(type: 'attachment' | 'inline', name: string): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/gu, '_');
  const encoded = encodeURIComponent(name).replace(
    /['()*]/gu,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${type}; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
