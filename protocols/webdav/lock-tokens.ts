const STORED = /^urn:uuid:/iu;
const ON_THE_WIRE = /^opaquelocktoken:/iu;

/** A lock's token as clients know it: Windows and old Office look for this scheme of RFC 4918, appendix C. */
export function toWireToken(token: string): string {
  return token.replace(STORED, 'opaquelocktoken:');
}

/** The stored form of a token a client sent, in either scheme. */
export function fromWireToken(token: string): string {
  return token.replace(ON_THE_WIRE, 'urn:uuid:');
}

/** The token of a Lock-Token header, stored form; undefined unless it is one URI in angle brackets (RFC 4918 section 10.5). */
export function readLockTokenHeader(header: string | readonly string[] | undefined): string | undefined {
  const token = /^<([^<>\s]+)>$/u.exec(String(header ?? '').trim())?.[1];
  return token === undefined ? undefined : fromWireToken(token);
}
