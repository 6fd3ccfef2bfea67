import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';

/** Where certificate and key lie, PEM both. */
export interface CertificateFiles {
  /** The server's own certificate first, then those between it and the root. */
  readonly certificateFile: string;
  readonly keyFile: string;
}

/** A certificate with its key, read and found to belong together. */
export interface Certificate {
  /** PEM, the chain included. */
  readonly certificate: string;
  /** PEM. */
  readonly key: string;
  readonly subject: string;
  readonly issuer: string;
  readonly expiresAt: Date;
}

/** Why the pair cannot be used; `part` says which of the two files is at fault. */
export class CertificateFault extends Error {
  readonly part: 'certificate' | 'key';

  constructor(part: 'certificate' | 'key', problem: string) {
    super(problem);
    this.name = 'CertificateFault';
    this.part = part;
  }
}

/** Reads and checks the pair. An expired one is read: it is better than none. @throws CertificateFault */
export function readCertificate({ certificateFile, keyFile }: CertificateFiles): Certificate {
  const certificate = readText(certificateFile, 'certificate');
  const key = readText(keyFile, 'key');
  if (statSync(keyFile).mode & 0o004)
    throw new CertificateFault(
      'key',
      'can be read by everybody on this machine; take that right away (chmod o-r)',
    );
  const leaf = parseCertificate(certificate);
  if (!leaf.checkPrivateKey(parseKey(key)))
    throw new CertificateFault('key', 'is not the key of the certificate');
  return {
    certificate,
    key,
    subject: inOneLine(leaf.subject),
    issuer: inOneLine(leaf.issuer),
    expiresAt: new Date(leaf.validTo),
  };
}

function readText(file: string, part: CertificateFault['part']): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CertificateFault(
      part,
      `cannot be read: ${error instanceof Error && 'code' in error ? error.code : error}`,
    );
  }
}

function parseCertificate(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw new CertificateFault('certificate', 'is no certificate in PEM form');
  }
}

function parseKey(pem: string): KeyObject {
  // Of PKCS #8 and of the older form (RFC 7468 section 11, RFC 1421 section 4.6.1.1).
  if (/^-----BEGIN ENCRYPTED|^Proc-Type: 4,ENCRYPTED/mu.test(pem))
    throw new CertificateFault('key', 'is protected by a passphrase; nobody is there to type it at a start');
  try {
    return createPrivateKey(pem);
  } catch {
    throw new CertificateFault('key', 'is no private key in PEM form');
  }
}

function inOneLine(name: string | undefined): string {
  return (name ?? '').split('\n').join(', ');
}
