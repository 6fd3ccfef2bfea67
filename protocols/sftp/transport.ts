import type { Socket } from 'node:net';
import ssh2, { type ClientInfo, type Connection } from 'ssh2';
import { ALGORITHMS } from './algorithms.js';
import type { HostKey } from './host-key.js';
import type { HostKeys } from './host-key-rotation.js';
import type { SftpLimits } from './limits.js';

/** Speaks SSH on sockets that others accepted. */
export interface Transport {
  take(socket: Socket): void;
  /** From the next connection on; those that stand keep the key they began with, for their key renewals too. */
  use(hostKeys: HostKeys): void;
}

/**
 * @param connected called for each client that has sent its banner, with the keys to tell it of
 * @throws Error when a host key cannot be read
 */
export function createTransport(
  first: HostKeys,
  limits: Pick<SftpLimits, 'keepaliveIntervalMs' | 'keepaliveCountMax'>,
  connected: (client: Connection, info: ClientInfo, keys: readonly HostKey[]) => void,
): Transport {
  let server = open(first);

  function open({ current, next }: HostKeys): ssh2.Server {
    const keys = next ? [current, next] : [current];
    const opened = new ssh2.Server({
      hostKeys: [current.privateKey],
      algorithms: ALGORITHMS,
      ident: 'PEPS',
      keepaliveInterval: limits.keepaliveIntervalMs,
      keepaliveCountMax: limits.keepaliveCountMax,
    });
    opened.on('connection', (client, info) => connected(client, info, keys));
    return opened;
  }

  return {
    take: (socket) => server.injectSocket(socket),
    use(hostKeys) {
      server = open(hostKeys);
    },
  };
}
