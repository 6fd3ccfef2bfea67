import {
  childOf,
  isStorageError,
  lastSegment,
  parentOf,
  StorageError,
  type Upload,
  type VirtualPath,
  type Workspace,
} from '../../storage/index.js';
import { numberedName } from './numbered-name.js';
import type { UploadMetadata } from './upload-metadata.js';

const MAX_TRIES = 100;

/** Begins a deposit of a known size; a taken name is replaced, told (already-exists), or another is found. The caller ends it. */
export async function openDeposit(
  workspace: Workspace,
  { path, clash, sizeBytes, modifiedAt, sha256 }: UploadMetadata & { readonly sizeBytes: number | undefined },
): Promise<Upload> {
  const options = {
    base: 'empty' as const,
    mode: clash === 'replace' ? ('create-or-replace' as const) : ('create' as const),
    ...(sizeBytes !== undefined && { declaredSizeBytes: sizeBytes }),
    ...(modifiedAt && { modifiedAt }),
    ...(sha256 !== undefined && { expectedSha256: sha256 }),
  };
  for (let number = 1; number <= MAX_TRIES; number += 1)
    try {
      return await workspace.put(numbered(path, number), options);
    } catch (error) {
      if (clash !== 'keep-both' || !isTaken(error)) throw error;
    }
  throw new StorageError('already-exists', 'Too many files bear that name already.', {
    reason: 'names-taken',
  });
}

function numbered(path: VirtualPath, number: number): VirtualPath {
  return number === 1 ? path : childOf(parentOf(path), numberedName(lastSegment(path), number));
}

function isTaken(error: unknown): boolean {
  return isStorageError(error, 'already-exists') || isStorageError(error, 'is-a-directory');
}
