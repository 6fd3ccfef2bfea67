import type { VirtualPath } from '../storage/index.js';

/** How to map a network drive. */
export const DRIVE_PATH = '/lecteur-reseau';
/** The command file that maps it on Windows. */
export const ASSISTANT_PATH = `${DRIVE_PATH}/connecter-peps.cmd`;

/** Looks for names in a group. */
export const SEARCH_PATH = '/recherche';

/** « Mon compte ». */
export const ACCOUNT_PATH = '/mon-compte';

/** « Historique d'activité », and the same as a table for spreadsheets. */
export const HISTORY_PATH = '/historique';
export const HISTORY_EXPORT_PATH = `${HISTORY_PATH}/export.csv`;

/** Where a group or a folder is shown. */
export function directoryAddress(path: VirtualPath): string {
  return below('/groupes', path);
}

/** A file's page; it survives renames and moves. */
export function fileAddress(entryId: string): string {
  return `/fichiers/${encodeURIComponent(entryId)}`;
}

/** The bytes of a file. */
export function downloadAddress(entryId: string): string {
  return `${fileAddress(entryId)}/telecharger`;
}

/** A folder with all it holds, as an archive. */
export function archiveAddress(entryId: string): string {
  return `/dossiers/${encodeURIComponent(entryId)}/telecharger`;
}

/** What is new in a group, as an archive. */
export function newsArchiveAddress(groupEntryId: string): string {
  return `/nouveautes/telecharger?groupe=${encodeURIComponent(groupEntryId)}`;
}

/** Where one chooses the group to deposit in. */
export const DEPOSIT_PATH = '/deposer';

/** The plain form for deposits in a directory. */
export function depositAddress(path: VirtualPath): string {
  return below(DEPOSIT_PATH, path);
}

/** Makes a folder in a directory. */
export function newFolderAddress(path: VirtualPath): string {
  return below('/nouveau-dossier', path);
}

/** What can be done with a file or folder. */
export function entryAddress(entryId: string): string {
  return `/elements/${encodeURIComponent(entryId)}`;
}

/** What was deleted lately in the group a path lies in. */
export function deletionsAddress({ segments }: VirtualPath): string {
  return below('/supprimes', { segments: segments.slice(0, 1) });
}

/** Brings a deleted file or folder back. */
export function restoreAddress(entryId: string): string {
  return `${entryAddress(entryId)}/retablir`;
}

/** « Dépôts en cours ». */
export const PENDING_PATH = '/depots';
/** Where tus begins an upload; each then has its own address below. */
export const UPLOADS_PATH = '/depots/envois';
/** What will be refused of files about to be sent, and which names are taken. */
export const INTAKE_PATH = '/depots/verification';
/** Makes the folders of a dropped tree. */
export const FOLDERS_PATH = '/depots/dossiers';

function below(address: string, { segments }: VirtualPath): string {
  return [address, ...segments.map(encodeURIComponent)].join('/');
}
