/** The face of storage: all that the rest of the appliance may import. */

export { createNetworkList, isNetwork, plainAddress } from './accounts/networks.js';
export {
  PASSPHRASE_MIN_LENGTH,
  PASSWORD_MAX_LENGTH,
  PASSWORD_MIN_LENGTH,
  type PasswordFault,
  passwordFaults,
} from './accounts/password-rules.js';
export type * from './administration.js';
export { MasterKeyError } from './blobs/master-key.js';
export type { Clock } from './clock.js';
export { systemClock } from './clock.js';
export { createStorage } from './create-storage.js';
export type { DeliveryOutcome, Download } from './download.js';
export type * from './enrolment.js';
export { isStorageError, StorageError, type StorageErrorCode } from './errors.js';
export type { HistoryFilter, HistoryPage, HistoryPerson, HistoryRow, HistoryStretch } from './history.js';
export { HOUSE_TEXT_NAMES, MAX_HOUSE_TEXT_CHARACTERS } from './house-texts.js';
export type * from './model.js';
export { assertCreatableName, foldedName, isPrivateName, isSystemLitter, isTemporaryName } from './names.js';
export type { ClaimedMail, MailedFile, MailIntent, Outbox } from './outbox.js';
export type { OwnAccount, OwnSession } from './own-account.js';
export {
  childOf,
  formatPath,
  isRoot,
  isWithin,
  lastSegment,
  parentOf,
  parsePath,
  pathOf,
  ROOT,
  type VirtualPath,
} from './paths.js';
export type { PendingFilter, PendingUpload } from './pending-uploads.js';
export type { Credential, Fault, Health, Storage, StorageOptions } from './storage.js';
export type { DepositedFile, PutOptions, Upload } from './upload.js';
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
  Workspace,
} from './workspace.js';
