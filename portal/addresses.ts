import type { VirtualPath } from '../storage/index.js';

/** Where a group or a folder is shown. */
export function directoryAddress(path: VirtualPath): string {
  return ['/groupes', ...path.segments.map(encodeURIComponent)].join('/');
}

/** A file's page; it survives renames and moves. */
export function fileAddress(entryId: string): string {
  return `/fichiers/${encodeURIComponent(entryId)}`;
}

/** The bytes of a file. */
export function downloadAddress(entryId: string): string {
  return `${fileAddress(entryId)}/telecharger`;
}
