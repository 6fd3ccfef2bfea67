import { verifyBlob } from './blobs/check.js';
import { StorageError } from './errors.js';
import type { Foundations } from './foundations.js';
import { type BlobRecord, findBlob, knownBlobs, pageOfBlobs } from './metadata/blobs.js';
import { directoryOfRoot } from './metadata/context.js';
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
  // The sweeper may have destroyed it, row and all, while it was read.
  if (!problem || !(await findBlob(database.reader, row.id))) return null;
  return { blobId: row.id, path: await pathOfEntry(foundations, row.entry_id), ...problem };
}

async function pathOfEntry({ database }: Foundations, entryId: string | null): Promise<string | null> {
  const [root, ...steps] = entryId === null ? [] : await findAncestry(database.reader, entryId);
  const directory = root && (await directoryOfRoot(database.reader, root.id));
  return directory === undefined ? null : `/${[directory, ...steps.map((step) => step.name)].join('/')}`;
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
