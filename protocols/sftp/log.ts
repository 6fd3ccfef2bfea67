/** The part of a pino logger that the door uses. */
export interface SftpLogger {
  debug(fields: object, message?: string): void;
  info(fields: object, message?: string): void;
  warn(fields: object, message?: string): void;
  error(fields: object, message?: string): void;
}

/** The levels of SftpLogger. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Who is on the other end, for every line. */
export interface Peer {
  readonly account: string;
  readonly address: string;
}

/** One file operation as the log tells it. */
export interface OperationLine {
  readonly act: string;
  readonly path?: string;
  /** Where a rename went. */
  readonly target?: string;
  /** SSH_FX_* code of the answer (filexfer-02 section 7). */
  readonly status: number;
  readonly bytesIn?: number;
  readonly bytesOut?: number;
  readonly durationMs: number;
  readonly reason?: string;
  readonly incident?: string;
  readonly error?: unknown;
}

/** Writes one line per file operation, with the field names all doors use. */
export type OperationLog = (level: LogLevel, line: OperationLine) => void;

/** A log that names the peer on every line. */
export function createOperationLog(logger: SftpLogger, peer: Peer): OperationLog {
  return (level, line) => logger[level]({ door: 'sftp', ...line, ...peer }, 'operation');
}

/** Whole milliseconds since a `performance.now()`. */
export function elapsedMs(startedAtMs: number): number {
  return Math.round(performance.now() - startedAtMs);
}
