import type { HostKeys } from '../../protocols/sftp/index.js';
import type { Config } from '../config.js';

/** What is said of the host keys, for programs and for people. */
export function describeHostKeys(
  config: Pick<Config, 'publicUrl' | 'sftp'>,
  { current, next }: HostKeys,
): { readonly document: object; readonly lines: readonly string[] } {
  const lines = [current.fingerprint, current.publicKeyLine];
  const { fingerprint, publicKeyLine: publicKey } = current;
  if (!next) return { document: { fingerprint, publicKey, next: null }, lines };
  const takesOverAt = next.takesOverAt.toISOString();
  const knownHosts = `${nameInKnownHosts(config)} ${next.publicKeyLine}`;
  return {
    document: {
      ...{ fingerprint, publicKey },
      next: { fingerprint: next.fingerprint, publicKey: next.publicKeyLine, takesOverAt, knownHosts },
    },
    lines: [
      ...lines,
      '',
      `Next, from ${takesOverAt} on:`,
      next.fingerprint,
      next.publicKeyLine,
      '',
      'OpenSSH clients that keep UpdateHostKeys on learn it by themselves. For all others, beside the line they have in known_hosts:',
      knownHosts,
    ],
  };
}

/** As sshd(8) wants it; whoever reaches the port by another number or name puts that in its place. */
function nameInKnownHosts({ publicUrl, sftp }: Pick<Config, 'publicUrl' | 'sftp'>): string {
  const host = publicUrl?.hostname.replace(/^\[|\]$/gu, '') ?? sftp.address;
  return sftp.port === 22 ? host : `[${host}]:${sftp.port}`;
}
