import { createNetworkList, isNetwork } from './networks.js';

/** How a service account may sign in: `networks` null lets it in from anywhere. */
export interface SignInLimits {
  readonly keysOnly: boolean;
  /** As the database has it: a JSON list of addresses and networks. */
  readonly networks: string | null;
}

export type LimitRefusal = 'keys-only' | 'wrong-address';

const lists = new Map<string, (address: string) => boolean>();
const MAX_LISTS = 1000;

/** Why an account may not sign in in this way from there, whatever it proves; null when it may. What cannot be read lets nobody in. */
export function refusalByLimits(
  { keysOnly, networks }: SignInLimits,
  use: { readonly isKey: boolean; readonly address: string },
): LimitRefusal | null {
  if (keysOnly && !use.isKey) return 'keys-only';
  if (networks === null) return null;
  return listOf(networks)(use.address) ? null : 'wrong-address';
}

/** The networks of a stored list. @throws SyntaxError, TypeError for what is none */
export function readNetworks(stored: string): readonly string[] {
  const value: unknown = JSON.parse(stored);
  if (!Array.isArray(value)) throw new TypeError('A list of networks is expected.');
  return value.map((network) => {
    if (typeof network !== 'string' || !isNetwork(network)) throw new TypeError('A network is expected.');
    return network;
  });
}

function listOf(stored: string): (address: string) => boolean {
  const known = lists.get(stored) ?? makeList(stored);
  if (lists.size >= MAX_LISTS) lists.clear();
  lists.set(stored, known);
  return known;
}

function makeList(stored: string): (address: string) => boolean {
  try {
    return createNetworkList(readNetworks(stored));
  } catch {
    return () => false;
  }
}
