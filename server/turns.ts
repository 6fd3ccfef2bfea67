import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** Requests that a connection may have waiting; a browser sends none ahead, a script some dozens. */
const MAX_WAITING = 256;

interface Turn {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** `hasWaited`: it was sent before what came before it was answered. */
  readonly act: (hasWaited: boolean) => void;
  /** Called when its answer has left, or its connection ended. */
  readonly over: () => void;
}

/**
 * Requests of one connection are done one after the other (RFC 9112 section 9.3.2). Node hands over all that came in one piece
 * at once: a PUT and the GET behind it would be at work together, and the refusal of a broken one would stand in the middle of
 * the download before it.
 */
export interface Turns {
  /** Acts now, or once the answers before this one have left. */
  take(turn: Turn): void;
  /**
   * What comes on the connection is no request any more. Refuses once all whole requests before it are answered; at once where
   * the one at work is the broken one.
   */
  end(connection: Duplex, refuse: () => void): void;
}

interface Row {
  current: Turn | undefined;
  readonly waiting: Turn[];
  refuse: (() => void) | undefined;
}

export function createTurns(): Turns {
  const rows = new WeakMap<Duplex, Row>();

  function rowOf(connection: Duplex): Row {
    const row = rows.get(connection) ?? { current: undefined, waiting: [], refuse: undefined };
    rows.set(connection, row);
    return row;
  }

  function begin(row: Row, turn: Turn, hasWaited: boolean): void {
    row.current = turn;
    turn.response.once('close', () => {
      turn.over();
      goOn(row);
    });
    turn.act(hasWaited);
  }

  function goOn(row: Row): void {
    row.current = undefined;
    const next = row.waiting.shift();
    if (!next) row.refuse?.();
    // An answer that closes the connection is the last one on it (RFC 9112 section 9.6).
    else if (next.request.socket.writable) begin(row, next, true);
  }

  function end(connection: Duplex, refuse: () => void): void {
    const row = rowOf(connection);
    if (row.refuse) return;
    row.refuse = refuse;
    const { current, waiting } = row;
    if (waiting.at(-1)?.request.complete === false) waiting.pop();
    if (!current) refuse();
    else if (!current.request.complete) {
      // Its own answer may be under way already: nothing can be said in the middle of it.
      if (current.response.headersSent) connection.destroy();
      else refuse();
    }
  }

  return {
    take(turn) {
      const { socket } = turn.request;
      const row = rowOf(socket);
      if (row.refuse || !socket.writable) return;
      if (!row.current) return begin(row, turn, false);
      row.waiting.push(turn);
      if (row.waiting.length > MAX_WAITING) end(socket, () => socket.destroy());
    },
    end,
  };
}
