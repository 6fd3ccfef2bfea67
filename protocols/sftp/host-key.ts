import { createHash } from 'node:crypto';
import { open, readFile, stat } from 'node:fs/promises';
import ssh2 from 'ssh2';

export interface HostKey {
  /** In OpenSSH's own format, for createSftpDoor. */
  readonly privateKey: string;
  /** `ssh-ed25519 AAAA…`, for a known_hosts file. */
  readonly publicKeyLine: string;
  /** `SHA256:…` as OpenSSH shows it at the first connection. */
  readonly fingerprint: string;
}

/**
 * The appliance's host key: made at the first start, mode 0600, and read ever after. Ed25519 alone.
 * @throws Error when the file can be read by others or holds no private key
 */
export async function loadOrCreateHostKey(file: string): Promise<HostKey> {
  const existing = await readIfThere(file);
  return describe(file, existing ?? (await create(file)));
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    const { mode } = await stat(file);
    if ((mode & 0o077) !== 0)
      throw new Error(`The SSH host key ${file} can be read by others: its mode must be 0600.`);
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

async function create(file: string): Promise<string> {
  const { private: privateKey } = ssh2.utils.generateKeyPairSync('ed25519', { comment: 'peps' });
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(privateKey);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return privateKey;
}

function describe(file: string, privateKey: string): HostKey {
  const key = ssh2.utils.parseKey(privateKey);
  if (key instanceof Error || !key.isPrivateKey())
    throw new Error(`The SSH host key ${file} cannot be read.`, { cause: key });
  const blob = key.getPublicSSH();
  const digest = createHash('sha256').update(blob).digest('base64').replace(/=+$/u, '');
  return {
    privateKey,
    publicKeyLine: `${key.type} ${blob.toString('base64')}`,
    fingerprint: `SHA256:${digest}`,
  };
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
