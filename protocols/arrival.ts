import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { DeliveryOutcome } from '../storage/index.js';

const PROOF_SECONDS = 30;
/** A reset comes right behind the last words of a client that gives up. */
const RESET_MILLISECONDS = 250;
const PATIENCE_MILLISECONDS = (PROOF_SECONDS + 5) * 1000;
const NOTHING = Buffer.alloc(0);

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
  lines.get(socket)?.settle('proven');
}

/** Ends every wait for a proof as `sent`, at shutdown. */
export function settleArrivals(): void {
  for (const line of waiting) line.settle('sent');
}

/** Tells of the connection under an encrypted one. The HTTP server calls it for each. */
export function noteLayerBelow(socket: TLSSocket, below: Socket): void {
  layersBelow.set(socket, below);
}

const lines = new WeakMap<Socket, SocketLine>();
const layersBelow = new WeakMap<Socket, Socket>();
const waiting = new Set<SocketLine>();

interface Wait {
  readonly timer: NodeJS.Timeout;
  resolve(outcome: DeliveryOutcome): void;
}

/** Listens once for a connection, whatever the number of answers. */
class SocketLine implements Line {
  #holds = 0;
  #isToBeClosed = false;
  #isEndHeld = false;
  #hasEnded = false;
  readonly #endNow: () => void;
  readonly #socket: Socket;
  readonly #waits = new Set<Wait>();

  constructor(socket: Socket) {
    this.#socket = socket;
    const closeSoon = socket.destroySoon.bind(socket);
    this.#endNow = socket.end.bind(socket);
    socket.destroySoon = () => {
      if (this.#holds === 0) return closeSoon();
      this.#isToBeClosed = true;
      this.#endNow();
    };
    this.#holdEnd(socket);
    socket.on('end', () => {
      this.#hasEnded = true;
      if (this.#waits.size > 0) this.#settleSoon();
    });
    socket.on('close', () => {
      // A close without the client's end before it is our own, on a timeout or at shutdown.
      this.settle(this.#isBroken() ? 'interrupted' : this.#hasEnded ? 'proven' : 'sent');
    });
  }

  /** Over TLS our own last words to a client that is gone already are met by a reset, too: by then it had ended in order. */
  #isBroken(): boolean {
    const { errored } = this.#socket;
    const isLate =
      this.#socket instanceof TLSSocket &&
      errored !== null &&
      'code' in errored &&
      errored.code === 'ENOTCONN';
    return errored !== null && !(this.#hasEnded && isLate);
  }

  /**
   * A client that took everything ends in order. So, at first, does one that gave up or was killed: its reset comes behind, and
   * shows when we end as well. Node would do so before the reset is there.
   */
  #holdEnd(socket: Socket): void {
    const { end } = socket;
    socket.end = (...last: readonly unknown[]) => {
      if (this.#holds > 0 && last.length === 0) this.#isEndHeld = true;
      else Reflect.apply(end, socket, last);
      return socket;
    };
  }

  #settleSoon(): void {
    setTimeout(() => {
      this.#meetReset();
      this.#endNow();
      setTimeout(() => this.settle('proven'), RESET_MILLISECONDS).unref();
    }, RESET_MILLISECONDS).unref();
  }

  /**
   * libuv takes a reset that is there together with the last words before it for their end (on POLLHUP), and of what TLS writes
   * when we end, and of a write of nothing through TLS, nobody hears that it failed. Below TLS a write of nothing puts nothing
   * on the wire and fails aloud.
   */
  #meetReset(): void {
    layersBelow.get(this.#socket)?.write(NOTHING, (error) => {
      if (error) this.settle('interrupted');
    });
  }

  hold(): void {
    this.#holds += 1;
  }

  release(): void {
    this.#holds -= 1;
    if (this.#holds > 0) return;
    if (this.#isToBeClosed) this.#socket.destroy();
    else if (this.#isEndHeld) this.#endNow();
    this.#isEndHeld = false;
  }

  proof(): Promise<DeliveryOutcome> {
    const socket = this.#socket;
    if (socket.destroyed) return Promise.resolve(socket.errored ? 'interrupted' : 'sent');
    // Node would close a silent connection before the 30 s are over, and that would say nothing about the client.
    if (socket.timeout && socket.timeout < PATIENCE_MILLISECONDS) socket.setTimeout(PATIENCE_MILLISECONDS);
    waiting.add(this);
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.settle('proven'), PROOF_SECONDS * 1000);
      this.#waits.add({ timer, resolve });
      // It ended while the last bytes were on their way to the kernel.
      if (this.#hasEnded) this.#settleSoon();
    });
  }

  /** Ends every wait. */
  settle(outcome: DeliveryOutcome): void {
    waiting.delete(this);
    for (const { timer, resolve } of this.#waits) {
      clearTimeout(timer);
      resolve(outcome);
    }
    this.#waits.clear();
  }
}
