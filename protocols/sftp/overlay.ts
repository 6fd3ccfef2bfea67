import { formatPath, lastSegment, parentOf, type VirtualPath } from '../../storage/index.js';
import type { Writing } from './writing.js';

/**
 * The names one session is writing. Others see them once they are published; their own session finds them at once, with
 * the size they have by now, as it would on a disk.
 */
export interface Overlay {
  add(writing: Writing): void;
  remove(writing: Writing): void;
  find(path: VirtualPath): Writing | undefined;
  /** By name, those directly inside a directory. */
  inside(directory: VirtualPath): ReadonlyMap<string, Writing>;
}

/** An overlay without names. */
export function createOverlay(): Overlay {
  const byPath = new Map<string, Writing>();
  return {
    add(writing) {
      byPath.set(formatPath(writing.path), writing);
    },
    remove(writing) {
      const key = formatPath(writing.path);
      if (byPath.get(key) === writing) byPath.delete(key);
    },
    find: (path) => byPath.get(formatPath(path)),
    inside(directory) {
      const folder = formatPath(directory);
      const inside = [...byPath.values()].filter(({ path }) => formatPath(parentOf(path)) === folder);
      return new Map(inside.map((writing) => [lastSegment(writing.path), writing]));
    },
  };
}
