import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { finished, pipeline } from 'node:stream/promises';
import mime from 'mime-types';
import {
  type ByteRange,
  type DeliveryOutcome,
  type Download,
  type FileEntry,
  isStorageError,
} from '../storage/index.js';

const PROOF_SECONDS = 30;
const PATIENCE_MILLISECONDS = (PROOF_SECONDS + 5) * 1000;

export interface DeliveryRequest {
  readonly download: Download;
  /** Bytes to send; the whole file when absent. */
  readonly range?: ByteRange;
  /** With status and headers set; the body is ours. */
  readonly response: ServerResponse;
  /** Cuts the delivery off, on revocation. */
  readonly signal: AbortSignal;
}

/**
 * Sends a file's bytes and closes the download with what is known of their arrival. `finish` says only that the kernel has
 * the bytes; the client's next request on the socket, its orderly end, or 30 s without an error say that it got them.
 * Settles when the download is closed, long after the answer left. A damaged file ends as a short body, never as a whole one.
 * @throws what the stream failed with, after closing the download, unless it was the client that went away
 */
export async function deliver(request: DeliveryRequest): Promise<void> {
  const { download, range, response, signal } = request;
  // The request's: a pipelined response has no socket yet.
  const line = holdLine(response.req.socket);
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

/** Tells of a request, so that what was sent on its socket before counts as received. The HTTP server calls it for each. */
export function noteRequest(socket: Socket): void {
  for (const settle of pending.get(socket) ?? []) settle('proven');
}

/** Ends every wait for a proof as `sent`, at shutdown, and settles when those downloads are closed. */
export async function settleDeliveries(): Promise<void> {
  for (const settle of waiting) settle('sent');
  await Promise.allSettled(closing);
}

/** The headers under which a file leaves: saved, never shown or run by a browser (RFC 6266; digest by RFC 9530). */
export function fileHeaders(entry: FileEntry): Record<string, string> {
  return {
    'Content-Type': mediaTypeOf(entry.name),
    'Content-Disposition': attachmentNamed(entry.name),
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': "sandbox; default-src 'none'",
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Cache-Control': 'private, no-cache',
    'Accept-Ranges': 'bytes',
    'Last-Modified': entry.modifiedAt.toUTCString(),
    ETag: entry.etag,
    'Repr-Digest': `sha-256=:${Buffer.from(entry.sha256, 'hex').toString('base64')}:`,
  };
}

/** A media type by the name alone; nothing ever looks into the bytes. */
export function mediaTypeOf(name: string): string {
  return mime.lookup(name) || 'application/octet-stream';
}

/** A body up to this long goes out in one piece: a stream costs more than it. */
const ONE_PIECE_BYTES = 64 * 1024;

/** Settles when the kernel has the last byte. `count` is told of bytes as they are handed over. */
async function send(
  { download, range, response, signal }: DeliveryRequest,
  count: (sizeBytes: number) => void,
): Promise<void> {
  const whole = range ?? { start: 0, end: download.entry.sizeBytes };
  if (whole.end - whole.start > ONE_PIECE_BYTES) {
    const bytes = download.stream(range);
    bytes.on('data', (chunk: Buffer) => count(chunk.length));
    return pipeline(bytes, response, { signal });
  }
  try {
    const body = await download.read(whole);
    count(body.length);
    response.end(body);
    await finished(response, { signal });
  } catch (error) {
    // As a pipeline does: what was announced and did not come must not look like the end of the answer.
    response.destroy();
    throw error;
  }
}

type Settle = (outcome: DeliveryOutcome) => void;

const pending = new WeakMap<Socket, Set<Settle>>();
const waiting = new Set<Settle>();
const closing = new Set<Promise<void>>();

async function closeWithProof(download: Download, delivered: ByteRange, line: Line): Promise<void> {
  const outcome = await proofOf(line.socket);
  line.release();
  await download.close(outcome, [delivered]);
}

interface Line {
  readonly socket: Socket;
  release(): void;
}

interface HeldLine {
  holds: number;
  isToBeClosed: boolean;
}

const held = new WeakMap<Socket, HeldLine>();

/**
 * Keeps Node from closing the socket on its own right after the last byte (HTTP/1.0, `Connection: close`): it only half
 * closes, so that the client's end, or its reset, is still seen. The last release closes what was to be closed.
 */
function holdLine(socket: Socket): Line {
  const line = held.get(socket) ?? { holds: 0, isToBeClosed: false };
  held.set(socket, line);
  line.holds += 1;
  socket.destroySoon = () => {
    line.isToBeClosed = true;
    socket.end();
  };
  return {
    socket,
    release() {
      line.holds -= 1;
      if (line.holds > 0) return;
      held.delete(socket);
      // Back to the method of its class.
      Reflect.deleteProperty(socket, 'destroySoon');
      if (line.isToBeClosed) socket.destroy();
    },
  };
}

/** Called when the last byte went to the kernel. */
function proofOf(socket: Socket): Promise<DeliveryOutcome> {
  if (socket.destroyed) return Promise.resolve(socket.errored ? 'interrupted' : 'sent');
  // Node would close a silent connection before the 30 s are over, and that would say nothing about the client.
  if (socket.timeout && socket.timeout < PATIENCE_MILLISECONDS) socket.setTimeout(PATIENCE_MILLISECONDS);
  return new Promise((resolve) => {
    let hasEnded = false;
    const onEnd = () => {
      hasEnded = true;
    };
    // A close without the client's end before it is our own, on a timeout or at shutdown.
    const onClose = (hadError: boolean) =>
      settle(hadError || socket.errored ? 'interrupted' : hasEnded ? 'proven' : 'sent');
    const timer = setTimeout(() => settle('proven'), PROOF_SECONDS * 1000);
    const settles = pending.get(socket) ?? new Set();
    const settle: Settle = (outcome) => {
      clearTimeout(timer);
      socket.off('end', onEnd).off('close', onClose);
      settles.delete(settle);
      waiting.delete(settle);
      resolve(outcome);
    };
    pending.set(socket, settles.add(settle));
    waiting.add(settle);
    socket.on('end', onEnd).on('close', onClose);
  });
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

function attachmentNamed(name: string): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/gu, '_');
  const encoded = encodeURIComponent(name).replace(
    /['()*]/gu,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
