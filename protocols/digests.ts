/** The SHA-256 as Repr-Digest and Content-Digest tell it (RFC 9530), here lower-case hexadecimal. */

export function formatDigest(sha256: string): string {
  return `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:`;
}

/** @returns undefined where the field is absent or knows other algorithms only, null for a sha-256 that is not well-formed */
export function parseDigest(field: string | readonly string[] | undefined): string | null | undefined {
  const member = String(field ?? '')
    .split(',')
    .map((part) => part.trim())
    .find((part) => /^sha-256=/iu.test(part));
  if (member === undefined) return undefined;
  const base64 = /^sha-256=:([A-Za-z0-9+/]{43}=):$/iu.exec(member)?.[1];
  return base64 === undefined ? null : Buffer.from(base64, 'base64').toString('hex');
}
