import type { Socket } from 'node:net';
import type { Connection } from 'ssh2';
import type { SftpLimits } from './limits.js';

/** Says when a connection takes more bytes, and renews its session keys in time. */
export interface Outlet {
  /** Undefined when bytes may leave now; else settles when they may, or when the connection is lost. */
  whenWritable(): Promise<void> | undefined;
  /** Hands all that `work` writes to the kernel at once: ssh2 makes a packet of each 32 KiB, and a write of each packet. */
  together(work: () => void): void;
}

/** ssh2 writes to its socket whatever it is given: without this a client that stops reading would fill the memory. */
const MAX_QUEUED_BYTES = 1024 * 1024;
const REKEY_PATIENCE_MS = 60_000;

/** @param lose destroys the connection: a client that never finishes a key exchange would wait for ever */
export function createOutlet(
  client: Connection,
  socket: Socket,
  limits: Pick<SftpLimits, 'rekeyBytes' | 'rekeyMs'>,
  lose: () => void,
): Outlet {
  const waiting: (() => void)[] = [];
  let isRekeying = false;
  let rekeyedAtBytes = 0;
  let rekeyedAtMs = performance.now();
  let patience: NodeJS.Timeout | undefined;

  const passedBytes = () => socket.bytesRead + socket.bytesWritten;

  function isClear(): boolean {
    return socket.destroyed || (!isRekeying && socket.writableLength <= MAX_QUEUED_BYTES);
  }

  function wake(): void {
    if (isClear()) for (const resume of waiting.splice(0)) resume();
  }

  // ssh2 never renews keys by itself, and queues without bound what is written meanwhile.
  function rekeyIfDue(): void {
    if (isRekeying || socket.destroyed) return;
    const isDue =
      passedBytes() - rekeyedAtBytes >= limits.rekeyBytes ||
      performance.now() - rekeyedAtMs >= limits.rekeyMs;
    if (!isDue) return;
    isRekeying = true;
    patience = setTimeout(lose, REKEY_PATIENCE_MS);
    client.rekey();
  }

  client.on('rekey', () => {
    clearTimeout(patience);
    isRekeying = false;
    rekeyedAtBytes = passedBytes();
    rekeyedAtMs = performance.now();
    wake();
  });
  socket.on('drain', wake);
  socket.once('close', () => {
    clearTimeout(patience);
    wake();
  });

  return {
    whenWritable() {
      rekeyIfDue();
      if (isClear()) return undefined;
      return new Promise((resolve) => waiting.push(resolve));
    },
    together(work) {
      socket.cork();
      try {
        work();
      } finally {
        socket.uncork();
      }
    },
  };
}
