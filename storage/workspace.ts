import { locksOn } from './covering-locks.js';
import { type Download, openDownload } from './download.js';
import type { Visit } from './foundations.js';
import { refreshLock, unlock, usableLocksOn } from './held-locks.js';
import {
  exportHistory,
  type HistoryFilter,
  type HistoryPage,
  type HistoryPerson,
  type HistoryStretch,
  history,
  historyPeople,
} from './history.js';
import { type LockHolder, lockHolders } from './lock-holders.js';
import { type LockRequest, lock } from './locking.js';
import type { PageChoice } from './metadata/sorted-children.js';
import type { Conditions, DirectoryEntry, Entry, Lock, Session } from './model.js';
import { type News, type NewsChoice, news } from './news.js';
import type { VirtualPath } from './paths.js';
import { discardUpload, type PendingFilter, type PendingUpload, pendingUploads } from './pending-uploads.js';
import { type PropertyChange, patchProperties } from './properties.js';
import {
  type Browsing,
  browse,
  type EntryPage,
  find,
  list,
  listPage,
  type ReadOptions,
  stat,
  type Usage,
  usage,
} from './reading.js';
import { type CopyOptions, copy, move, type TransferOptions } from './relocation.js';
import { remove, removeDirectory } from './removal.js';
import { type Deletion, deletions, restore } from './restoring.js';
import { resumeUpload } from './resume.js';
import { mayDeposit } from './rights.js';
import { type Findings, search } from './search.js';
import { createDirectory, setModifiedAt } from './tree.js';
import { openUpload, type PutOptions, type Upload } from './upload.js';
import { tree } from './visible-tree.js';

export type {
  Browsing,
  CopyOptions,
  Deletion,
  EntryPage,
  Findings,
  LockHolder,
  LockRequest,
  News,
  NewsChoice,
  PageChoice,
  PropertyChange,
  ReadOptions,
  TransferOptions,
  Usage,
};

/**
 * The only way to a file: allow, act, record. Who is asking was fixed by Storage.open. Every method may throw StorageError
 * `unauthenticated` once the session is revoked, `not-found` for what does not exist or may not be seen,
 * `forbidden` for what may be seen but not done, `locked` for a lock whose token was not submitted,
 * `precondition-failed` for a condition that does not hold, `parent-missing` when the folder above is absent.
 */
export interface Workspace {
  readonly session: Session;
  stat(path: VirtualPath, options?: ReadOptions): Promise<Entry>;
  /** The children of a directory by natural order of names; pages by key inside, so any size is fine. */
  list(path: VirtualPath): AsyncIterable<Entry>;
  /**
   * One page of a directory by name, date or size, folders first: two statements, however far the page is.
   * @throws not-a-directory
   */
  page(path: VirtualPath, choice: PageChoice): Promise<EntryPage>;
  /** An entry with, if it is a directory, its children, some at a time: what a door asks that shows both. */
  browse(path: VirtualPath, options?: ReadOptions): Promise<Browsing>;
  /** An entry and all one sees below it, itself first, parents before children. @throws too-large (reason `tree-size`) beyond 10,000 */
  tree(path: VirtualPath): Promise<readonly Entry[]>;
  /** An entry by its id, for links that survive renames. */
  find(entryId: string): Promise<Entry>;
  /** Pins the current version. The caller closes the download. @throws is-a-directory */
  get(path: VirtualPath): Promise<Download>;
  /** The same to look at it on a page: its one line says `view`, and nothing of it counts as downloaded. */
  view(path: VirtualPath): Promise<Download>;
  /** Opens a deposit; nothing is visible before its commit. The caller ends the upload. @throws no-space, invalid-path, is-a-directory */
  put(path: VirtualPath, options: PutOptions & Conditions): Promise<Upload>;
  /** One's own uploads under way and parked (« Dépôts en cours »), the oldest first. */
  uploads(filter?: PendingFilter): Promise<PendingUpload[]>;
  /**
   * Goes on with a parked upload, at its `sizeBytes`. The caller ends the upload. @throws not-found, locked (reason `being-written`),
   * precondition-failed (reason `base-changed`) or corrupt, both of which end it
   */
  resume(uploadId: string): Promise<Upload>;
  /** Throws a parked upload away, with a line in the history. @throws not-found */
  discard(uploadId: string): Promise<void>;
  createDirectory(path: VirtualPath, conditions?: Conditions): Promise<DirectoryEntry>;
  /** One transaction; a folder is moved whole or not at all. @returns whether something was replaced */
  move(from: VirtualPath, to: VirtualPath, options: TransferOptions): Promise<{ replaced: boolean }>;
  copy(from: VirtualPath, to: VirtualPath, options: CopyOptions): Promise<{ replaced: boolean }>;
  /** A folder goes with all it holds or not at all. */
  remove(path: VirtualPath, conditions?: Conditions): Promise<void>;
  /** Removes an empty directory. @throws already-exists (reason `not-empty`) */
  removeDirectory(path: VirtualPath, conditions?: Conditions): Promise<void>;
  /**
   * What was deleted in the group the path lies in and can come back, the newest first, at most 500: a manager sees all of it, others
   * what they deleted themselves. @throws not-found
   */
  deletions(path: VirtualPath): Promise<readonly Deletion[]>;
  /**
   * Brings back what was deleted less than 24 hours ago, a folder with all that went with it, to where it was. @throws not-found,
   * parent-missing, already-exists, no-space (reason `quota`), too-large (reason `tree-size`)
   */
  restore(entryId: string): Promise<Entry>;
  /** The file's own date, as its owner's system tells it. */
  setModifiedAt(path: VirtualPath, modifiedAt: Date, conditions?: Conditions): Promise<void>;
  /** A free name becomes a placeholder that only the locker sees. */
  lock(path: VirtualPath, request: LockRequest): Promise<{ lock: Lock; created: boolean }>;
  /** @throws precondition-failed when none of the tokens locks the path for this account */
  refreshLock(path: VirtualPath, tokens: readonly string[], timeoutSeconds: number): Promise<Lock>;
  /** @throws precondition-failed (reason `lock-token`) when that token does not lock the path; forbidden for another's lock */
  unlock(path: VirtualPath, token: string): Promise<void>;
  /** Locks that cover the path, those of folders above included. Empty for a path that is absent and not covered. */
  locksOn(path: VirtualPath): Promise<Lock[]>;
  /** Who keeps the entry at a path, or a child of it, for himself: what pages show. @throws not-found */
  lockHolders(path: VirtualPath): Promise<readonly LockHolder[]>;
  /** Those, or where there is none one's own that ran out while nobody else locked or changed the file: a client may still name them. */
  usableLocksOn(path: VirtualPath): Promise<Lock[]>;
  /** All or nothing. @throws too-large beyond 200 properties or 64 KiB of values on one entry */
  patchProperties(
    path: VirtualPath,
    changes: readonly PropertyChange[],
    conditions?: Conditions,
  ): Promise<void>;
  /** Whether one's role lets one deposit in that directory, so that a page offers it; what is deposited is asked about again. */
  mayDeposit(directory: VirtualPath): Promise<boolean>;
  /** Quota and use of the group a path lies in; at the root, of all one's groups: their use, and the room of the roomiest. */
  usage(path: VirtualPath): Promise<Usage>;
  /** Files and folders of the group the path lies in by a part of their names. @throws invalid-input (reason `search-text`), not-found */
  search(path: VirtualPath, text: string): Promise<Findings>;
  /** What others deposited since one's last visit and one has not downloaded, by group. @throws not-found */
  news(choice: NewsChoice): Promise<readonly News[]>;
  /** A page of what one did, and of what was done in one's groups since one belongs to them. @throws not-found for a group or person of the filter */
  history(filter: HistoryFilter, stretch: HistoryStretch): Promise<HistoryPage>;
  /** All of it from the newest on, page by page; that it was asked for stands in the history before the first. @throws as `history` */
  exportHistory(filter: HistoryFilter): Promise<AsyncIterable<HistoryPage>>;
  /** Whose acts one may ask for: the members of one's groups that one is shown, oneself left out, by name. */
  historyPeople(): Promise<readonly HistoryPerson[]>;
}

/** Opens the tree to one session. Holds nothing that would have to be closed. */
export function createWorkspace(visit: Visit): Workspace {
  return {
    session: visit.session,
    stat: (path, options = {}) => stat(visit, path, options),
    list: (path) => list(visit, path),
    page: (path, choice) => listPage(visit, path, choice),
    browse: (path, options = {}) => browse(visit, path, options),
    tree: (path) => tree(visit, path),
    find: (entryId) => find(visit, entryId),
    get: (path) => openDownload(visit, path, 'download'),
    view: (path) => openDownload(visit, path, 'view'),
    put: (path, options) => openUpload(visit, path, options),
    uploads: (filter = {}) => pendingUploads(visit, filter),
    resume: (uploadId) => resumeUpload(visit, uploadId),
    discard: (uploadId) => discardUpload(visit, uploadId),
    createDirectory: (path, conditions = {}) => createDirectory(visit, path, conditions),
    move: (from, to, options) => move(visit, from, to, options),
    copy: (from, to, options) => copy(visit, from, to, options),
    remove: (path, conditions = {}) => remove(visit, path, conditions),
    removeDirectory: (path, conditions = {}) => removeDirectory(visit, path, conditions),
    deletions: (path) => deletions(visit, path),
    restore: (entryId) => restore(visit, entryId),
    setModifiedAt: (path, modifiedAt, conditions = {}) => setModifiedAt(visit, path, modifiedAt, conditions),
    lock: (path, request) => lock(visit, path, request),
    refreshLock: (path, tokens, timeoutSeconds) => refreshLock(visit, path, tokens, timeoutSeconds),
    unlock: (path, token) => unlock(visit, path, token),
    locksOn: (path) => locksOn(visit, path),
    lockHolders: (path) => lockHolders(visit, path),
    usableLocksOn: (path) => usableLocksOn(visit, path),
    patchProperties: (path, changes, conditions = {}) => patchProperties(visit, path, changes, conditions),
    mayDeposit: (directory) => mayDeposit(visit, directory),
    usage: (path) => usage(visit, path),
    search: (path, text) => search(visit, path, text),
    news: (choice) => news(visit, choice),
    history: (filter, stretch) => history(visit, filter, stretch),
    exportHistory: (filter) => exportHistory(visit, filter),
    historyPeople: () => historyPeople(visit),
  };
}
