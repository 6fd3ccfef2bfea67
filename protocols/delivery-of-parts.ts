import type { ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type DeliveryOutcome, type Download, StorageError } from '../storage/index.js';
import type { DeliveryHead } from './delivery.js';
import { cutOffOn, proveDelivery } from './proof.js';

/**
 * Both kernels together hold no more than half of this of a connection, and this process less than the other half of one answer:
 * what so many bytes followed has arrived.
 */
const FOLLOWED_BYTES = 16 * 1024 * 1024;

/** A body made of several files, such as an archive. */
export interface PartsRequest {
  readonly body: Readable;
  readonly parts: Parts;
  readonly head: DeliveryHead;
  /** Nothing of it has left. */
  readonly response: ServerResponse;
  /** Cuts the delivery off, on revocation. */
  readonly signal: AbortSignal;
}

/**
 * Sends the body and closes each file with what is known of its arrival: one line in the history for each. Files that enough bytes
 * followed are closed while the rest is on its way; the others when the whole answer is proven, or broken off. @throws as `deliver`
 */
export async function deliverParts(request: PartsRequest): Promise<void> {
  const { body, parts, head, response, signal } = request;
  await proveDelivery(request, {
    async send() {
      cutOffOn(signal, response);
      response.writeHead(head.status, head.headers);
      body.on('data', (chunk: Buffer) => parts.passed(chunk.length));
      await pipeline(body, response, { signal });
    },
    close: (outcome) => parts.close(outcome),
  });
}

/** One file of a body, and how much of the file left. */
interface Part {
  readonly download: Download;
  delivered: number;
  /** Bytes of the body that had left when the last of its own were handed over. */
  endedAt: number;
}

/** The files that went into a body so far. One is read at a time, so that one is open at a time. */
export class Parts {
  #passedBytes = 0;
  #current: Part | undefined;
  /** Whole, and not proven yet; the oldest first. */
  readonly #ended: Part[] = [];
  readonly #closing = new Set<Promise<void>>();
  #isClosed = false;
  #failure: unknown;

  /** The next file, whose plain bytes come back, paused; the one before has left whole. @throws aborted when all was closed meanwhile */
  async begin(download: Download): Promise<Readable> {
    await this.#endCurrent();
    if (this.#isClosed) {
      await download.close('interrupted', []);
      throw new StorageError('aborted', 'The answer this file was for has ended.');
    }
    const part: Part = { download, delivered: 0, endedAt: 0 };
    this.#current = part;
    const bytes = download.stream();
    bytes.on('data', (chunk: Buffer) => {
      part.delivered += chunk.length;
    });
    // Whoever listens sets it going, and the one it is for is not there yet.
    return bytes.pause();
  }

  /** So many more bytes of the body left. */
  passed(sizeBytes: number): void {
    this.#passedBytes += sizeBytes;
    for (;;) {
      const oldest = this.#ended[0];
      if (oldest === undefined || oldest.endedAt + FOLLOWED_BYTES > this.#passedBytes) return;
      this.#ended.shift();
      this.#close(oldest, 'proven');
    }
  }

  /** Settles when each file is recorded. @throws what the first that could not be failed with */
  async close(outcome: DeliveryOutcome): Promise<void> {
    this.#isClosed = true;
    if (this.#current) this.#ended.push(this.#current);
    this.#current = undefined;
    for (const part of this.#ended.splice(0)) this.#close(part, outcome);
    await Promise.all(this.#closing);
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** All bytes of the current file were handed over. */
  async #endCurrent(): Promise<void> {
    const part = this.#current;
    if (!part) return;
    this.#current = undefined;
    part.endedAt = this.#passedBytes;
    this.#ended.push(part);
    await part.download.release();
  }

  #close({ download, delivered }: Part, outcome: DeliveryOutcome): void {
    const closed = download
      .close(outcome, [{ start: 0, end: delivered }])
      .catch((error: unknown) => {
        this.#failure ??= error;
      })
      .finally(() => this.#closing.delete(closed));
    this.#closing.add(closed);
  }
}
