import type { ServerChannel } from 'ssh2';
import type { Outlet } from './outlet.js';

/** One packet on its way out, in as many pieces as it was made of. */
export interface Outgoing {
  readonly pieces: readonly Buffer[];
  /** Called once the bytes went to the socket. */
  readonly left?: () => void;
}

/** What leaves one channel, in the order of the requests: OpenSSH's scp cuts a download short when DATA overtakes DATA. */
export interface AnswerQueue {
  /** Sends a packet when it is ready and all before it left. Settles when it left, or never can. */
  send(outgoing: Promise<Outgoing>): Promise<void>;
  /** Does something when all before it left. */
  after(work: () => Promise<void>): Promise<void>;
  /** Settles when all that was queued by now left, or never can. */
  allLeft(): Promise<void>;
  /** The client is gone: what is queued is dropped. */
  lose(): void;
}

/** Answers leave through the outlet of the connection, when it takes them. */
export function createAnswerQueue(channel: ServerChannel, outlet: Outlet): AnswerQueue {
  let last: Promise<void> = Promise.resolve();
  let isLost = false;
  let stopWaiting = () => {};

  function line(work: () => Promise<void>): Promise<void> {
    const turn = last.then(work);
    last = turn.catch(() => {});
    return turn;
  }

  async function transmit({ pieces, left }: Outgoing): Promise<void> {
    await outlet.whenWritable();
    if (!isLost && (await write(pieces))) left?.();
  }

  /** @returns whether the bytes went to the socket; false once the connection is lost */
  function write(pieces: readonly Buffer[]): Promise<boolean> {
    return new Promise((resolve) => {
      // A channel whose peer is gone never calls back: `lose` does.
      stopWaiting = () => resolve(false);
      const note = (error: unknown) => resolve(!error && !isLost);
      try {
        outlet.together(() => {
          for (const piece of pieces) channel.write(piece, piece === pieces.at(-1) ? note : undefined);
        });
      } catch {
        // ssh2 throws between the channel's end and its close.
        resolve(false);
      }
    });
  }

  return {
    send: (outgoing) => line(async () => transmit(await outgoing)),
    after: line,
    allLeft: () => last,
    lose() {
      isLost = true;
      stopWaiting();
    },
  };
}
