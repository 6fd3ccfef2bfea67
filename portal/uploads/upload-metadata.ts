import { parsePath, StorageError, type VirtualPath } from '../../storage/index.js';

/** What to do where the name is taken. `none`: it is told. */
export type Clash = 'none' | 'replace' | 'keep-both';

/** What a browser says of a file it begins to send. */
export interface UploadMetadata {
  /** Where the file is to be deposited, groups first. */
  readonly path: VirtualPath;
  readonly clash: Clash;
  readonly modifiedAt: Date | undefined;
  readonly sha256: string | undefined;
}

const CLASHES: readonly string[] = ['none', 'replace', 'keep-both'];

/** Reads tus's Upload-Metadata, decoded. @throws StorageError invalid-input, invalid-path */
export function parseUploadMetadata(given: Readonly<Record<string, string | null>> = {}): UploadMetadata {
  const { path, clash, modified, sha256 } = given;
  if (!path) throw new StorageError('invalid-input', 'The upload has no path.', { reason: 'name-empty' });
  return {
    path: parsePath(path),
    clash: parseClash(clash),
    modifiedAt: parseMilliseconds(modified),
    sha256: sha256 && /^[0-9a-f]{64}$/u.test(sha256) ? sha256 : undefined,
  };
}

/** `none` for what is no choice. */
export function parseClash(text: string | null | undefined): Clash {
  return isClash(text) ? text : 'none';
}

function isClash(text: string | null | undefined): text is Clash {
  return typeof text === 'string' && CLASHES.includes(text);
}

/** A date outside of what file systems know is none. */
function parseMilliseconds(text: string | null | undefined): Date | undefined {
  if (!text || !/^\d{1,14}$/u.test(text)) return undefined;
  const date = new Date(Number(text));
  return date.getTime() > 0 && date.getUTCFullYear() < 2100 ? date : undefined;
}
