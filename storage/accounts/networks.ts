import { BlockList, isIP } from 'node:net';

/** Whether a text is an IP address or a network in CIDR form, `10.0.0.0/8`. */
export function isNetwork(text: string): boolean {
  return readNetwork(text) !== undefined;
}

/** Whether an address is one of these or lies in one of these networks; each must be one by `isNetwork`. */
export function createNetworkList(networks: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const text of networks) {
    const network = readNetwork(text);
    if (network === undefined) throw new Error(`${text} is no network.`);
    list.addSubnet(network.address, network.prefix, network.family);
  }
  return (peer) => {
    // Link-local peers come with the name of the interface behind them.
    const [address = ''] = plainAddress(peer).split('%');
    return isIP(address) !== 0 && list.check(address, familyOf(address));
  };
}

/** An IPv4 address that came in over IPv6 is the same peer. */
export function plainAddress(address: string): string {
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
