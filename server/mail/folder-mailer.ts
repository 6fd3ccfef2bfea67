import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DeliveryError, type Mailer } from './mailer.js';
import { composeLetter } from './transport.js';

/**
 * Writes each letter as an .eml file, for installations without a mail server. A file appears whole or not at all; a
 * letter sent again replaces its own file.
 */
export function createFolderMailer(folder: string): Mailer {
  return {
    async send(letter) {
      const { bytes } = await composeLetter(letter);
      const file = path.join(folder, `${letter.id}.eml`);
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await writeWhole(file, bytes);
      } catch (error) {
        throw new DeliveryError(error instanceof Error ? error.message : String(error), false, error);
      }
    },
  };
}

async function writeWhole(file: string, bytes: Buffer): Promise<void> {
  const unfinished = `${file}.unfinished`;
  try {
    await writeFile(unfinished, bytes, { mode: 0o600, flush: true });
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}
