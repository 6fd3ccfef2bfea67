import type { VirtualPath } from '../storage/index.js';

/** How to map a network drive. */
export const DRIVE_PATH = '/lecteur-reseau';
/** The command file that maps it on Windows. */
export const ASSISTANT_PATH = `${DRIVE_PATH}/connecter-peps.cmd`;

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

/** Uploads under way. */
export const PENDING_PATH = '/depots';
/** Where tus begins an upload; each then has its own address below. */
export const UPLOADS_PATH = `${PENDING_PATH}/envois`;
/** What will be refused of files about to be sent, and which names are taken. */
export const INTAKE_PATH = `${PENDING_PATH}/verification`;
/** Makes the folders of a dropped tree. */
export const FOLDERS_PATH = `${PENDING_PATH}/dossiers`;

/** The page to deposit files in a folder, without a script. */
export function depositAddress(path: VirtualPath): string {
  return ['/deposer', ...path.segments.map(encodeURIComponent)].join('/');
}
