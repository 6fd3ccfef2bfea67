import type { IncomingHttpHeaders } from 'node:http';
import { parseDigest } from '../digests.js';
import { badRequest } from './http-problem.js';

/**
 * The SHA-256 a client promises for its body, lower-case hexadecimal: Repr-Digest or Content-Digest (RFC 9530), or
 * OC-Checksum. Undefined when it promises none, or only by algorithms we do not keep.
 * @throws HttpProblem 400 for a malformed promise, or two that contradict each other
 */
export function readPromisedSha256(headers: IncomingHttpHeaders): string | undefined {
  const promises = [
    fromDigestField(headers['repr-digest']),
    fromDigestField(headers['content-digest']),
    fromChecksum(headers['oc-checksum']),
  ].filter((promise) => promise !== undefined);
  if (new Set(promises).size > 1) throw badRequest('The request bears two different digests.');
  return promises[0];
}

function fromDigestField(field: string | readonly string[] | undefined): string | undefined {
  const sha256 = parseDigest(field);
  if (sha256 === null) throw badRequest('The sha-256 digest is not well-formed.');
  return sha256;
}

function fromChecksum(header: string | readonly string[] | undefined): string | undefined {
  const value = /^SHA256:(.*)$/iu.exec(String(header ?? '').trim())?.[1];
  if (value === undefined) return undefined;
  if (!/^[0-9a-f]{64}$/iu.test(value)) throw badRequest('The SHA256 checksum is not well-formed.');
  return value.toLowerCase();
}
