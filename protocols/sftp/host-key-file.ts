import { randomBytes } from 'node:crypto';
import { link, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** A host key's file cannot be used; the message is a sentence for the operator. */
export class HostKeyError extends Error {
  override readonly name = 'HostKeyError';
}

/** Undefined when there is none. @throws HostKeyError when others can read it */
export async function readKeyFile(file: string): Promise<string | undefined> {
  try {
    const { mode } = await stat(file);
    if ((mode & 0o077) !== 0)
      throw new HostKeyError(`The SSH host key ${file} can be read by others: its mode must be 0600.`);
    return await readFile(file, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Mode 0600, synced, whole or not at all. False when the name is taken: nothing was changed then. */
export async function writeNewKeyFile(file: string, text: string): Promise<boolean> {
  return withDraft(file, text, async (draft) => {
    try {
      await link(draft, file);
      return true;
    } catch (error) {
      if (hasCode(error, 'EEXIST')) return false;
      throw error;
    }
  });
}

/** As writeNewKeyFile, in the place of what lies there. */
export async function replaceKeyFile(file: string, text: string): Promise<void> {
  await withDraft(file, text, (draft) => rename(draft, file));
}

/** One step: whoever looks sees the former file or the new one. */
export async function moveKeyFile(from: string, to: string): Promise<void> {
  await rename(from, to);
  await syncFolder(dirname(to));
}

/** False when there was none. */
export async function removeKeyFile(file: string): Promise<boolean> {
  try {
    await rm(file);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
  await syncFolder(dirname(file));
  return true;
}

/** What a process that died while it wrote has left beside the file: a secret that nobody uses, or one by a second name. */
export async function removeDrafts(file: string): Promise<void> {
  const drafts = (await readdir(dirname(file))).filter(
    (name) => name.startsWith(basename(file)) && /\.draft-[0-9a-f]{12}$/u.test(name),
  );
  for (const name of drafts) await rm(join(dirname(file), name), { force: true });
}

async function withDraft<Result>(
  file: string,
  text: string,
  place: (draft: string) => Promise<Result>,
): Promise<Result> {
  const draft = `${file}.draft-${randomBytes(6).toString('hex')}`;
  try {
    await writeFile(draft, text, { flag: 'wx', mode: 0o600, flush: true });
    return await place(draft);
  } finally {
    await rm(draft, { force: true });
    await syncFolder(dirname(file));
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
