import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

const MAX_KNOWN = 1000;

/** Whether a text is an IP address or a network in CIDR form, `10.0.0.0/8`. */
export function isNetwork(text: string): boolean {
  return readNetwork(text) !== undefined;
}

/** Whether an address is one of these or lies in one of these networks; each must be one by `isNetwork`. */
export function createTrustedPeers(networks: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const text of networks) {
    const network = readNetwork(text);
    if (network === undefined) throw new Error(`${text} is no network.`);
    list.addSubnet(network.address, network.prefix, network.family);
  }
  const isListed = (peer: string) => {
    // Link-local peers come with the name of the interface behind them.
    const [address = ''] = plain(peer).split('%');
    return isIP(address) !== 0 && list.check(address, familyOf(address));
  };
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
  let address = plain(request.socket.remoteAddress ?? '');
  while (isTrustedPeer(address)) {
    const hop = plain(hops.pop() ?? '');
    if (isIP(hop) === 0) break;
    address = hop;
  }
  return address;
}

/** An IPv4 address that came in over IPv6 is the same peer. */
function plain(address: string): string {
  return address.trim().replace(/^::ffff:(?=[\d.]+$)/iu, '');
}

interface Network {
  readonly address: string;
  readonly prefix: number;
  readonly family: 'ipv4' | 'ipv6';
}

function readNetwork(text: string): Network | undefined {
  const [, address = '', digits] = /^([\d.:a-f]+)(?:\/(\d{1,3}))?$/iu.exec(text) ?? [];
  if (isIP(address) === 0) return undefined;
  const family = familyOf(address);
  const longest = family === 'ipv4' ? 32 : 128;
  const prefix = digits === undefined ? longest : Number(digits);
  return prefix <= longest ? { address, prefix, family } : undefined;
}

function familyOf(address: string): Network['family'] {
  return isIP(address) === 4 ? 'ipv4' : 'ipv6';
}
