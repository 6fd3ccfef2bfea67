/** The SFTP door (SSH file transfer, version 3) and its host keys. */
export { type HostKey, loadOrCreateHostKey } from './host-key.js';
export { HostKeyError, removeDrafts } from './host-key-file.js';
export {
  cancelHostKey,
  type HostKeys,
  type NextHostKey,
  nextHostKeyFile,
  planHostKey,
  readHostKeys,
  readNextHostKey,
  takeOverIfDue,
} from './host-key-rotation.js';
export { SFTP_LIMITS, type SftpLimits } from './limits.js';
export { createSftpDoor, type SftpDoor, type SftpDoorOptions } from './listener.js';
export type { SftpLogger } from './log.js';
