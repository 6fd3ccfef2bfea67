import {
  HOST_KEY_TYPE,
  type HostKey,
  loadOrCreateHostKey,
  makePrivateKey,
  parseHostKey,
  withComment,
} from './host-key.js';
import {
  HostKeyError,
  moveKeyFile,
  readKeyFile,
  removeKeyFile,
  replaceKeyFile,
  writeNewKeyFile,
} from './host-key-file.js';

/** A host key that is told to clients already, and not shown to them as the server's before its time. */
export interface NextHostKey extends HostKey {
  readonly takesOverAt: Date;
}

/** What the appliance is known by, and will be. */
export interface HostKeys {
  readonly current: HostKey;
  readonly next: NextHostKey | null;
}

const PLANNED = /^peps, from (\d{4}-\d\d-\d\dT[\d:.]+Z)$/u;

/** Where the next key lies until it takes over. Key and hour are one file: no crash can part them. */
export function nextHostKeyFile(file: string): string {
  return `${file}.next`;
}

/**
 * The next key, null when none is planned.
 * @throws HostKeyError when its file can be read by others, is damaged, or says no hour
 */
export async function readNextHostKey(file: string): Promise<NextHostKey | null> {
  const name = nextHostKeyFile(file);
  const text = await readKeyFile(name);
  if (text === undefined) return null;
  const key = parseHostKey(name, text);
  const takesOverAt = new Date(PLANNED.exec(key.comment)?.[1] ?? Number.NaN);
  if (key.publicKeyLine.split(' ')[0] !== HOST_KEY_TYPE || Number.isNaN(takesOverAt.getTime()))
    throw new HostKeyError(`The SSH host key ${name} does not say from when on it is to be used.`);
  return { ...key, takesOverAt };
}

/** Both keys; the current one is made if there is none. @throws HostKeyError when a file cannot be used */
export async function readHostKeys(file: string): Promise<HostKeys> {
  return { current: await loadOrCreateHostKey(file), next: await readNextHostKey(file) };
}

/**
 * Makes the next key; one that is planned already is kept, with the new hour: clients may know it.
 * @throws HostKeyError when a file cannot be used, or the planned key took over meanwhile
 */
export async function planHostKey(file: string, takesOverAt: Date): Promise<HostKeys> {
  const name = nextHostKeyFile(file);
  const comment = `peps, from ${takesOverAt.toISOString()}`;
  const { next } = await readHostKeys(file);
  if (next) await replaceKeyFile(name, withComment(next, comment));
  else await writeNewKeyFile(name, makePrivateKey(comment));
  const planned = await readHostKeys(file);
  if (next && planned.current.fingerprint === next.fingerprint) {
    // The daemon was faster: what was written now is a second copy of the key in use.
    await removeKeyFile(name);
    throw new HostKeyError(`The planned SSH host key ${next.fingerprint} has just taken over.`);
  }
  return planned;
}

/** Forgets the next key, a damaged one too. False when none is planned. */
export async function cancelHostKey(file: string): Promise<boolean> {
  return removeKeyFile(nextHostKeyFile(file));
}

/**
 * Puts the next key in the place of the current one if its hour has come: one rename. The former key is gone.
 * @returns the key that took over @throws HostKeyError when the next key cannot be used; the current one stays then
 */
export async function takeOverIfDue(file: string, now: Date): Promise<HostKey | null> {
  const next = await readNextHostKey(file);
  if (!next || next.takesOverAt > now) return null;
  await moveKeyFile(nextHostKeyFile(file), file);
  return next;
}
