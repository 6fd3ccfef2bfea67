import { StorageError } from './errors.js';
import { nameKey, normalizeName } from './names.js';

const MAX_PATH_BYTES = 4096;
const MAX_DEPTH = 200;

/**
 * A path parsed once, into segments. The first segment is a group's directory; the root lists one's groups.
 * Segments are NFC. No comparison is ever made on the joined text.
 */
export interface VirtualPath {
  readonly segments: readonly string[];
}

export const ROOT: VirtualPath = { segments: [] };

/**
 * Parses a slash-separated, already percent-decoded path. Doubled and trailing slashes are ignored. Whether a name may be
 * *created* is decided later (names.ts), so that a look-up of an impossible name is simply `not-found`.
 * @throws StorageError invalid-path for `..`, `.`, NUL, a backslash, lone surrogates, over 4,096 bytes or 200 levels
 */
export function parsePath(text: string): VirtualPath {
  return pathOf(text.split('/').filter((segment) => segment !== ''));
}

/** The same from segments, for doors that split before they decode, so that `%2F` stays inside a segment and is refused. */
export function pathOf(segments: readonly string[]): VirtualPath {
  for (const segment of segments) assertSegment(segment);
  const path = { segments: segments.map(normalizeName) };
  assertReachable(path);
  return path;
}

/** @throws StorageError invalid-path (reason `path-too-long`) for a path nobody could ask for, over 4,096 bytes or 200 levels */
export function assertReachable({ segments }: VirtualPath): void {
  if (segments.length > MAX_DEPTH || Buffer.byteLength(segments.join('/')) > MAX_PATH_BYTES)
    throw new StorageError('invalid-path', 'The path is longer than 4,096 bytes or 200 levels.', {
      reason: 'path-too-long',
    });
}

function assertSegment(segment: string): void {
  if (
    segment === '' ||
    segment === '.' ||
    segment === '..' ||
    /[/\\\0]/u.test(segment) ||
    !segment.isWellFormed()
  )
    throw new StorageError('invalid-path', 'The path holds a segment that cannot be part of a path.', {
      reason: 'path-segment',
    });
}

export function formatPath(path: VirtualPath): string {
  return `/${path.segments.join('/')}`;
}

export function isRoot(path: VirtualPath): boolean {
  return path.segments.length === 0;
}

export function lastSegment(path: VirtualPath): string {
  return path.segments.at(-1) ?? '';
}

/** The folder a path lies in; the root is its own parent. */
export function parentOf(path: VirtualPath): VirtualPath {
  return { segments: path.segments.slice(0, -1) };
}

export function childOf(path: VirtualPath, name: string): VirtualPath {
  return { segments: [...path.segments, name] };
}

/** True when `path` is `ancestor` or lies below it, compared segment by segment and by name key. */
export function isWithin(path: VirtualPath, ancestor: VirtualPath): boolean {
  return (
    path.segments.length >= ancestor.segments.length &&
    ancestor.segments.every((segment, index) => nameKey(segment) === nameKey(path.segments[index] ?? ''))
  );
}
