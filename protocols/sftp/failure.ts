import { randomUUID } from 'node:crypto';
import { isStorageError } from '../../storage/index.js';
import { SftpStatus, STATUS } from '../status.js';
import type { LogLevel } from './log.js';
import { MalformedPacket } from './wire.js';

/** What a client and the log are told of a failed request. */
export interface Failure {
  /** SSH_FX_* code. */
  readonly code: number;
  readonly text: string;
  readonly level: LogLevel;
  readonly reason: string;
  /** Only for a bug: the client sees this id and nothing more, the log has the error beside it. */
  readonly incident?: string;
}

const MAX_TEXT = 1_000;

/** A StorageError by the one table of all doors, a broken packet as such, anything else as a bug. */
export function describeFailure(error: unknown): Failure {
  if (error instanceof MalformedPacket)
    return { code: SftpStatus.badMessage, text: error.message, level: 'info', reason: 'malformed' };
  if (isStorageError(error)) {
    const { sftp, level } = STATUS[error.code];
    const reason = error.reason ?? error.code;
    return { code: sftp, text: error.message.slice(0, MAX_TEXT), level, reason };
  }
  const incident = randomUUID();
  const text = `Something went wrong here. The operator finds it under ${incident}.`;
  return { code: SftpStatus.failure, text, level: 'error', reason: 'bug', incident };
}
