import { verifyBlob } from './blobs/check.js';
import { StorageError } from './errors.js';
import type { Foundations } from './foundations.js';
import { type BlobRecord, knownBlobs, pageOfBlobs } from './metadata/blobs.js';
import { findAncestry } from './metadata/entries.js';
import type { Fault } from './storage.js';

const PAGE = 100;
/** A younger blob without a row may belong to a deposit on its way. */
const ORPHAN_MS = 60 * 60 * 1000;

type CheckedBlob = BlobRecord & { readonly sha256: string | null; readonly entry_id: string | null };

/** Reads every blob back against its digest, then looks for blobs nobody points at. */
export async function* checkBlobs(
  foundations: Foundations,
  onProgress: (blobs: number) => void = () => {},
): AsyncGenerator<Fault> {
  const { database } = foundations;
  let after = '';
  let count = 0;
  for (;;) {
    const page: readonly CheckedBlob[] = await pageOfBlobs(database.reader, after, PAGE);
    for (const row of page) {
      const fault = await faultOf(foundations, row);
      if (fault) yield fault;
      onProgress(++count);
    }
    const last = page.at(-1);
    if (!last || page.length < PAGE) break;
    after = last.id;
  }
  yield* findOrphans(foundations);
}

async function faultOf(foundations: Foundations, row: CheckedBlob): Promise<Fault | null> {
  const { blobs, masterKey, database } = foundations;
  const facts = { blobId: row.id, sizeBytes: row.size_bytes, sha256: row.sha256 ?? '', store: blobs };
  const problem = await verifyWith(() => masterKey.unwrap(row.wrapped_key, row.id), facts);
  if (!problem) return null;
  const steps = row.entry_id === null ? [] : await findAncestry(database.reader, row.entry_id);
  const path =
    steps.length === 0
      ? null
      : `/${steps
          .slice(1)
          .map((step) => step.name)
          .join('/')}`;
  return { blobId: row.id, path, ...problem };
}

async function verifyWith(unwrap: () => Buffer, facts: Omit<Parameters<typeof verifyBlob>[0], 'key'>) {
  try {
    return await verifyBlob({ ...facts, key: unwrap() });
  } catch (error) {
    if (error instanceof StorageError && error.code === 'corrupt')
      return { problem: 'damaged', detail: 'Its key cannot be unwrapped with this master key.' } as const;
    throw error;
  }
}

async function* findOrphans({ blobs, database, clock }: Foundations): AsyncGenerator<Fault> {
  const before = clock.now().getTime() - ORPHAN_MS;
  for await (const blob of blobs.list()) {
    if (blob.storedAt.getTime() >= before) continue;
    const known = await knownBlobs(database.reader, [blob.id]);
    if (!known.has(blob.id))
      yield {
        blobId: blob.id,
        problem: 'orphan',
        path: null,
        detail: 'Nothing refers to this blob; the sweeper removes it.',
      };
  }
}
