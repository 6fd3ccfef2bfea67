import { createRequire } from 'node:module';
import type { Algorithms } from 'ssh2';

/**
 * What is offered, best first. No group-exchange (ssh2 fails once it is negotiated), no CBC, no SHA-1, and no compression:
 * deposits are mostly compressed already, and an inflated packet would escape the caps. Strict key exchange is ssh2's own.
 */
export const ALGORITHMS: Algorithms = {
  kex: [
    'curve25519-sha256',
    'curve25519-sha256@libssh.org',
    'diffie-hellman-group16-sha512',
    'diffie-hellman-group18-sha512',
  ],
  cipher: [
    'aes128-gcm@openssh.com',
    'aes256-gcm@openssh.com',
    'chacha20-poly1305@openssh.com',
    'aes128-ctr',
    'aes192-ctr',
    'aes256-ctr',
  ],
  // The last two for libssh2 before 1.11, that is curl and PHP on systems of 2023: they know no other, nor AES-GCM.
  hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256', 'hmac-sha2-512'],
  compress: ['none'],
};

/** Whether ssh2's compiled ciphers are there; without them a transfer costs more than twice the processor time. */
export function hasNativeCiphers(): boolean {
  try {
    createRequire(import.meta.url)('ssh2/lib/protocol/crypto/build/Release/sshcrypto.node');
    return true;
  } catch {
    return false;
  }
}
