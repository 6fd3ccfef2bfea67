/** What one client may hold at once, and for how long. */
export interface SftpLimits {
  readonly handles: number;
  /** Requests received and not answered yet, of one channel. */
  readonly requestsInFlight: number;
  readonly bytesInFlight: number;
  /** How long a request about a name that its own session is writing waits for the CLOSE. */
  readonly closeWaitMs: number;
  readonly channelsPerConnection: number;
  readonly sessionsPerAccount: number;
  readonly unauthenticatedPerAddress: number;
  readonly unauthenticatedInAll: number;
  /** From accept to a successful sign-in. */
  readonly graceMs: number;
  readonly passwordTries: number;
  /** Keys a client may offer before it signs with one. */
  readonly keyOffers: number;
  readonly keepaliveIntervalMs: number;
  readonly keepaliveCountMax: number;
  /** New session keys after so many bytes in both directions, or so much time. */
  readonly rekeyBytes: number;
  readonly rekeyMs: number;
}

/** The limits unless told otherwise. */
export const SFTP_LIMITS: SftpLimits = {
  handles: 1024,
  requestsInFlight: 64,
  bytesInFlight: 8 * 1024 * 1024,
  closeWaitMs: 5_000,
  channelsPerConnection: 8,
  sessionsPerAccount: 20,
  unauthenticatedPerAddress: 10,
  unauthenticatedInAll: 100,
  graceMs: 30_000,
  passwordTries: 3,
  keyOffers: 20,
  keepaliveIntervalMs: 15_000,
  keepaliveCountMax: 3,
  rekeyBytes: 1024 * 1024 * 1024,
  rekeyMs: 3_600_000,
};
