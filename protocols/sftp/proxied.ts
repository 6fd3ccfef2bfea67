import type { Socket } from 'node:net';
import { readProxyHeader } from './proxy-header.js';

/** Connections whose header is waited for; they have no client yet to count them by. */
const MAX_WAITING = 100;

/** Takes the PROXY header off connections from proxies that send one. */
export interface ProxiedSockets {
  /**
   * Calls `go` with the client's address once the header came whole, what came behind it being left on the socket; `refuse`, with
   * the reason, when it is none, does not come in time, or too many are waited for. The socket is the caller's to end.
   */
  receive(socket: Socket, go: (address: string | null) => void, refuse: (reason: string) => void): void;
}

export function createProxiedSockets({ graceMs }: { readonly graceMs: number }): ProxiedSockets {
  let waiting = 0;
  return {
    receive(socket, go, refuse) {
      if (waiting >= MAX_WAITING) return refuse('crowded');
      waiting += 1;
      let received = Buffer.alloc(0);
      const grace = setTimeout(() => settle(() => refuse('no-proxy-header')), graceMs);
      const onClose = () => settle(() => refuse('no-proxy-header'));
      const settle = (next: () => void) => {
        clearTimeout(grace);
        socket.off('readable', read).off('close', onClose);
        waiting -= 1;
        next();
      };
      const read = () => {
        for (let chunk = socket.read(); chunk !== null; chunk = socket.read())
          received = Buffer.concat([received, chunk]);
        const header = readProxyHeader(received);
        if (header.kind === 'broken') settle(() => refuse('no-proxy-header'));
        else if (header.kind === 'header')
          settle(() => {
            const rest = received.subarray(header.sizeBytes);
            if (rest.length > 0) socket.unshift(rest);
            go(header.address);
          });
      };
      socket.on('readable', read).once('close', onClose);
    },
  };
}
