import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { createNetworkList, plainAddress } from '../storage/index.js';

const MAX_KNOWN = 1000;

/** Whether an address is one of these or lies in one of these networks; each must be one by `isNetwork`. */
export function createTrustedPeers(networks: readonly string[]): (address: string) => boolean {
  const isListed = createNetworkList(networks);
  const known = new Map<string, boolean>();
  return (peer) => {
    const isTrusted = known.get(peer) ?? isListed(peer);
    // The same few ask again with each request; what a proxy passes on may be anything.
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(peer, isTrusted);
    return isTrusted;
  };
}

/** The client's address: the peer's, or the right-most of X-Forwarded-For that no trusted proxy has, as far as those wrote it. */
export function clientAddress(request: IncomingMessage, isTrustedPeer: (address: string) => boolean): string {
  const hops = String(request.headers['x-forwarded-for'] ?? '').split(',');
  let address = plainAddress(request.socket.remoteAddress ?? '');
  while (isTrustedPeer(address)) {
    const hop = plainAddress(hops.pop() ?? '');
    if (isIP(hop) === 0) break;
    address = hop;
  }
  return address;
}
