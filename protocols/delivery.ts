import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import mime from 'mime-types';
import type { ByteRange, Download, FileEntry } from '../storage/index.js';
import { formatDigest } from './digests.js';
import { httpDate } from './http-date.js';
import { cutOffOn, Departure, proveDelivery } from './proof.js';

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
 * Sends a file's bytes and closes the download with what is known of their arrival, as `proveDelivery`. A file that is damaged
 * further on ends as a short body.
 * @throws what the reading failed with, after closing the download, unless it was the client that went away
 */
export async function deliver(request: DeliveryRequest): Promise<void> {
  const { download, range } = request;
  const start = range?.start ?? 0;
  let end = start;
  const count = (sizeBytes: number) => {
    end += sizeBytes;
  };
  await proveDelivery(request, {
    send: () => send(request, count),
    close: (outcome) => download.close(outcome, [{ start, end }]),
  });
}

/** What makes a browser save what follows under that name (RFC 6266), and never show or run it. */
export function savedHeaders(name: string): Record<string, string> {
  return {
    'Content-Disposition': dispositionOf('attachment', name),
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': "sandbox; default-src 'none'",
    'Cross-Origin-Resource-Policy': 'same-origin',
  };
}

/** The headers under which a file leaves: saved, never shown or run by a browser (RFC 6266; digest by RFC 9530). */
export function fileHeaders(entry: FileEntry): Record<string, string> {
  return {
    'Content-Type': mediaTypeOf(entry.name),
    ...savedHeaders(entry.name),
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

/** One line, whatever the name holds; both spellings of it (RFC 6266). */
export function dispositionOf(type: 'attachment' | 'inline', name: string): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/gu, '_');
  const encoded = encodeURIComponent(name).replace(
    /['()*]/gu,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${type}; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
