import type { ServerResponse } from 'node:http';
import { type DeliveryOutcome, isStorageError } from '../storage/index.js';
import { lineOf, settleArrivals } from './arrival.js';

/** How an answer with the bytes of files is sent, and told about. */
export interface Delivering {
  /** Settles when the kernel has the last byte. */
  send(): Promise<void>;
  /** Called once, with what is known of what left. */
  close(outcome: DeliveryOutcome): Promise<void>;
}

/**
 * Sends an answer and closes it with what is known of its arrival. `finish` says only that the kernel has the bytes; the client's
 * next request on the socket, its orderly end, or 30 s without an error say that it got them. Settles when it is closed, long
 * after the answer left.
 * @throws what sending failed with, after closing, unless it was the client that went away; the answer is the caller's to give as
 * long as `response.headersSent` is false
 */
export async function proveDelivery(
  { response, signal }: { readonly response: ServerResponse; readonly signal: AbortSignal },
  { send, close }: Delivering,
): Promise<void> {
  // The request's: a pipelined response has no socket yet.
  const line = lineOf(response.req.socket);
  line.hold();
  // Of a request that nobody read Node would say, at the client's end, that it was broken off, and reset the connection.
  response.req.resume();
  try {
    await send();
  } catch (error) {
    line.release();
    await close('interrupted');
    if (signal.aborted || isDeparture(error)) return;
    throw error;
  }
  const closed = line.proof().then((outcome) => {
    line.release();
    return close(outcome);
  });
  closing.add(closed);
  await closed.finally(() => closing.delete(closed));
}

/** Ends every wait for a proof as `sent`, at shutdown, and settles when those deliveries are closed. */
export async function settleDeliveries(): Promise<void> {
  settleArrivals();
  await Promise.allSettled(closing);
}

const closing = new Set<Promise<void>>();

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

/** The client went away before it had all. */
export class Departure extends Error {
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
