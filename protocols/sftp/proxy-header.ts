import { isIP } from 'node:net';

/** « PROXY TCP6 …», two addresses, two ports and the line's end at most (PROXY protocol, section 2.1). */
const MAX_LINE_BYTES = 107;
const SIGNATURE = Buffer.from([0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a]);
const FIXED_BYTES = 16;
/** Addresses take 36 bytes at most; the rest are extensions, which nobody fills with more. */
const MAX_BINARY_BYTES = 4096;

/**
 * What stands at the beginning of a connection from a proxy. `incomplete`: more bytes are needed; `header`: so many bytes
 * belong to it, and this is the client's address, null where the proxy speaks for itself (LOCAL) or does not know it.
 */
export type ProxyHeader =
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'broken' }
  | { readonly kind: 'header'; readonly sizeBytes: number; readonly address: string | null };

/** Reads a PROXY protocol header, version 1 or 2, as HAProxy's doc/proxy-protocol.txt describes them. */
export function readProxyHeader(bytes: Buffer): ProxyHeader {
  const common = Math.min(bytes.length, SIGNATURE.length);
  if (bytes.subarray(0, common).equals(SIGNATURE.subarray(0, common)))
    return common < SIGNATURE.length ? INCOMPLETE : readBinary(bytes);
  return readLine(bytes);
}

const INCOMPLETE = { kind: 'incomplete' } as const;
const BROKEN = { kind: 'broken' } as const;

/** Version 1: `PROXY TCP4 192.0.2.1 192.0.2.2 56324 22`, or UNKNOWN and anything. */
function readLine(bytes: Buffer): ProxyHeader {
  const start = bytes.subarray(0, MAX_LINE_BYTES).toString('latin1');
  if (!start.startsWith('PROXY '.slice(0, start.length))) return BROKEN;
  const end = start.indexOf('\r\n');
  if (end === -1) return start.length < MAX_LINE_BYTES ? INCOMPLETE : BROKEN;
  const [, family = '', source = '', target = '', ...ports] = start.slice(0, end).split(' ');
  const sizeBytes = end + 2;
  if (family === 'UNKNOWN') return { kind: 'header', sizeBytes, address: null };
  const version = family === 'TCP4' ? 4 : family === 'TCP6' ? 6 : 0;
  const isWhole = ports.length === 2 && ports.every(isPort);
  if (version === 0 || isIP(source) !== version || isIP(target) !== version || !isWhole) return BROKEN;
  return { kind: 'header', sizeBytes, address: source };
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/u.test(text) && Number(text) <= 65_535;
}

/** Version 2: signature, version and command, family, length, addresses, extensions. */
function readBinary(bytes: Buffer): ProxyHeader {
  if (bytes.length < FIXED_BYTES) return INCOMPLETE;
  const [command, family] = [bytes.readUInt8(12), bytes.readUInt8(13)];
  const length = bytes.readUInt16BE(14);
  const sizeBytes = FIXED_BYTES + length;
  if (command >> 4 !== 2 || sizeBytes > MAX_BINARY_BYTES) return BROKEN;
  if (bytes.length < sizeBytes) return INCOMPLETE;
  if ((command & 0xf) === LOCAL) return { kind: 'header', sizeBytes, address: null };
  if ((command & 0xf) !== PROXIED) return BROKEN;
  const addresses = bytes.subarray(FIXED_BYTES, sizeBytes);
  if (family === TCP4) return length < 12 ? BROKEN : { kind: 'header', sizeBytes, address: ipv4(addresses) };
  if (family === TCP6) return length < 36 ? BROKEN : { kind: 'header', sizeBytes, address: ipv6(addresses) };
  // A Unix socket, or UNSPEC: the receiver takes the connection as it is (section 2.2).
  return { kind: 'header', sizeBytes, address: null };
}

const LOCAL = 0;
const PROXIED = 1;
const TCP4 = 0x11;
const TCP6 = 0x21;

function ipv4(addresses: Buffer): string {
  return [...addresses.subarray(0, 4)].join('.');
}

function ipv6(addresses: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, index) => addresses.readUInt16BE(index * 2).toString(16));
  return groups.join(':');
}
