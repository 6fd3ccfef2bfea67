import { pathOf, StorageError, type VirtualPath } from '../../storage/index.js';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * A path as a client sends it: raw bytes, absolute or relative to the root. `.` and `..` are resolved by text alone, never
 * above the root, so that REALPATH tells nothing about what exists.
 * @throws StorageError invalid-path for bytes that are not UTF-8 and for segments no path may hold
 */
export function parseClientPath(raw: Buffer): VirtualPath {
  const segments: string[] = [];
  for (const segment of decode(raw).split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment === '..') segments.pop();
    else segments.push(segment);
  }
  return pathOf(segments);
}

function decode(raw: Buffer): string {
  try {
    return utf8.decode(raw);
  } catch (cause) {
    throw new StorageError('invalid-path', 'The path is not valid UTF-8.', { reason: 'encoding', cause });
  }
}
