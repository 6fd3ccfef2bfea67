import { createHash } from 'node:crypto';
import { StorageError } from '../errors.js';
import type { BlobStore } from './blob-store.js';
import { openSealedReader, type SealedBlob } from './sealed-reader.js';

/** What is wrong with a blob; `detail` is an English sentence for the operator. */
export interface BlobProblem {
  readonly problem: 'missing' | 'damaged' | 'wrong-size' | 'wrong-digest';
  readonly detail: string;
}

/**
 * Reads all of a blob and compares it with what the database knows (`sha256` lower-case hexadecimal); null when it is whole.
 * Rejects only when it could not tell, as with too many open files (unavailable).
 */
export async function verifyBlob(
  options: SealedBlob & { store: BlobStore; sha256: string },
): Promise<BlobProblem | null> {
  try {
    const sha256 = await digestOf(options);
    if (sha256 === options.sha256) return null;
    return {
      problem: 'wrong-digest',
      detail: `The SHA-256 is ${sha256}, not ${options.sha256}.`,
    };
  } catch (error) {
    if (!(error instanceof StorageError) || error.code !== 'corrupt') throw error;
    const problem = error.reason === 'missing' || error.reason === 'wrong-size' ? error.reason : 'damaged';
    return { problem, detail: error.message };
  }
}

async function digestOf(options: SealedBlob & { store: BlobStore }): Promise<string> {
  const reader = await openSealedReader(options);
  try {
    const hash = createHash('sha256');
    for await (const piece of reader.stream()) hash.update(piece);
    return hash.digest('hex');
  } finally {
    await reader.close();
  }
}
