import type { StorageErrorCode } from '../storage/index.js';

/** How a failure is told: HTTP status (RFC 9110, RFC 4918), SFTP v3 status (draft-ietf-secsh-filexfer-02), log level. */
export interface Status {
  readonly http: number;
  readonly sftp: number;
  readonly level: 'debug' | 'info' | 'warn' | 'error';
}

/** SSH_FX_* of filexfer-02, section 7. */
export const SftpStatus = {
  ok: 0,
  eof: 1,
  noSuchFile: 2,
  permissionDenied: 3,
  failure: 4,
  badMessage: 5,
  opUnsupported: 8,
} as const;

/** The one table from what storage throws to what a client hears. SFTP v3 has codes 0 to 8 only: the text carries the rest. */
export const STATUS = {
  unauthenticated: { http: 401, sftp: SftpStatus.permissionDenied, level: 'info' },
  forbidden: { http: 403, sftp: SftpStatus.permissionDenied, level: 'info' },
  'not-found': { http: 404, sftp: SftpStatus.noSuchFile, level: 'debug' },
  'parent-missing': { http: 409, sftp: SftpStatus.noSuchFile, level: 'debug' },
  'already-exists': { http: 409, sftp: SftpStatus.failure, level: 'debug' },
  'is-a-directory': { http: 405, sftp: SftpStatus.failure, level: 'debug' },
  'not-a-directory': { http: 409, sftp: SftpStatus.noSuchFile, level: 'debug' },
  'invalid-path': { http: 400, sftp: SftpStatus.failure, level: 'info' },
  'invalid-input': { http: 400, sftp: SftpStatus.failure, level: 'info' },
  locked: { http: 423, sftp: SftpStatus.failure, level: 'info' },
  'precondition-failed': { http: 412, sftp: SftpStatus.failure, level: 'info' },
  'too-large': { http: 413, sftp: SftpStatus.failure, level: 'info' },
  'no-space': { http: 507, sftp: SftpStatus.failure, level: 'warn' },
  throttled: { http: 429, sftp: SftpStatus.failure, level: 'info' },
  unsupported: { http: 501, sftp: SftpStatus.opUnsupported, level: 'info' },
  unavailable: { http: 503, sftp: SftpStatus.failure, level: 'warn' },
  gone: { http: 410, sftp: SftpStatus.failure, level: 'info' },
  corrupt: { http: 500, sftp: SftpStatus.failure, level: 'error' },
  aborted: { http: 400, sftp: SftpStatus.failure, level: 'info' },
} as const satisfies Record<StorageErrorCode, Status>;
