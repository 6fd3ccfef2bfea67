import type { Server, Socket } from 'node:net';
import type { Logger } from './logger.js';

const WARN_EVERY_MS = 60_000;

export interface ConnectionLimits {
  readonly inAll: number;
  /** Of one address; a drive holds a handful, and a town hall's partners may share one address. */
  readonly perAddress: number;
  /** Whose connections are many people's, and count in all only. */
  readonly isExempt: (address: string) => boolean;
}

/**
 * Closes at once what comes beyond the limits, so that nobody's silent sockets take the places of all others. One line a minute
 * says how many were turned away.
 */
export function limitConnections(server: Server, limits: ConnectionLimits, logger: Logger): void {
  const byAddress = new Map<string, number>();
  let inAll = 0;
  let refused = 0;
  let warnedAtMs = Number.NEGATIVE_INFINITY;

  function refuse(socket: Socket, address: string): void {
    socket.destroy();
    refused += 1;
    const nowMs = performance.now();
    if (nowMs - warnedAtMs < WARN_EVERY_MS) return;
    warnedAtMs = nowMs;
    logger.warn({ door: 'http', address, refused, open: inAll }, 'too many connections');
    refused = 0;
  }

  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? '';
    const count = byAddress.get(address) ?? 0;
    if (inAll >= limits.inAll || (count >= limits.perAddress && !limits.isExempt(address)))
      return refuse(socket, address);
    inAll += 1;
    byAddress.set(address, count + 1);
    socket.once('close', () => {
      inAll -= 1;
      const left = (byAddress.get(address) ?? 1) - 1;
      if (left === 0) byAddress.delete(address);
      else byAddress.set(address, left);
    });
  });
}
