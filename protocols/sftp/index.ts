/** The SFTP door (SSH file transfer, version 3) and its host key. */
export { type HostKey, loadOrCreateHostKey } from './host-key.js';
export { SFTP_LIMITS, type SftpLimits } from './limits.js';
export { createSftpDoor, type SftpDoor, type SftpDoorOptions } from './listener.js';
export type { SftpLogger } from './log.js';
