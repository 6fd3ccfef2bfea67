import type { Socket } from 'node:net';
import type { DeliveryOutcome } from '../storage/index.js';

const PROOF_SECONDS = 30;
const PATIENCE_MILLISECONDS = (PROOF_SECONDS + 5) * 1000;

/** What one connection tells of the answers that left on it (docs/decisions/0003). */
export interface Line {
  /**
   * Keeps Node from closing the socket on its own right after the last byte (HTTP/1.0, `Connection: close`): it only half
   * closes, so that the client's end, or its reset, is still seen. The last release closes what was to be closed.
   */
  hold(): void;
  release(): void;
  /** What is known of an answer's arrival, half a minute later at the latest. Called when its last byte went to the kernel. */
  proof(): Promise<DeliveryOutcome>;
}

/** The line of a connection, one and the same as long as it lasts. */
export function lineOf(socket: Socket): Line {
  const line = lines.get(socket) ?? new SocketLine(socket);
  lines.set(socket, line);
  return line;
}

/** Tells of a request, so that what was sent on its socket before counts as received. The HTTP server calls it for each. */
export function noteRequest(socket: Socket): void {
  lines.get(socket)?.settle(() => 'proven');
}

/** Ends every wait for a proof as `sent`, at shutdown. */
export function settleArrivals(): void {
  for (const line of waiting) line.settle(() => 'sent');
}

const lines = new WeakMap<Socket, SocketLine>();
const waiting = new Set<SocketLine>();

interface Wait {
  hasEnded: boolean;
  readonly timer: NodeJS.Timeout;
  resolve(outcome: DeliveryOutcome): void;
}

/** Listens once for a connection, whatever the number of answers. */
class SocketLine implements Line {
  #holds = 0;
  #isToBeClosed = false;
  readonly #socket: Socket;
  readonly #waits = new Set<Wait>();

  constructor(socket: Socket) {
    this.#socket = socket;
    const closeSoon = socket.destroySoon.bind(socket);
    socket.destroySoon = () => {
      if (this.#holds === 0) return closeSoon();
      this.#isToBeClosed = true;
      socket.end();
    };
    socket.on('end', () => {
      for (const wait of this.#waits) wait.hasEnded = true;
    });
    socket.on('close', (hadError: boolean) => {
      const isBroken = hadError || socket.errored;
      // A close without the client's end before it is our own, on a timeout or at shutdown.
      this.settle(({ hasEnded }) => (isBroken ? 'interrupted' : hasEnded ? 'proven' : 'sent'));
    });
  }

  hold(): void {
    this.#holds += 1;
  }

  release(): void {
    this.#holds -= 1;
    if (this.#holds === 0 && this.#isToBeClosed) this.#socket.destroy();
  }

  proof(): Promise<DeliveryOutcome> {
    const socket = this.#socket;
    if (socket.destroyed) return Promise.resolve(socket.errored ? 'interrupted' : 'sent');
    // Node would close a silent connection before the 30 s are over, and that would say nothing about the client.
    if (socket.timeout && socket.timeout < PATIENCE_MILLISECONDS) socket.setTimeout(PATIENCE_MILLISECONDS);
    waiting.add(this);
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#end(wait, 'proven'), PROOF_SECONDS * 1000);
      const wait: Wait = { hasEnded: false, timer, resolve };
      this.#waits.add(wait);
    });
  }

  /** Ends every wait. */
  settle(outcomeOf: (wait: Wait) => DeliveryOutcome): void {
    for (const wait of this.#waits) this.#end(wait, outcomeOf(wait));
  }

  #end(wait: Wait, outcome: DeliveryOutcome): void {
    clearTimeout(wait.timer);
    this.#waits.delete(wait);
    if (this.#waits.size === 0) waiting.delete(this);
    wait.resolve(outcome);
  }
}
