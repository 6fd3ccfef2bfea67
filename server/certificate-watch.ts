import type { Clock } from '../storage/index.js';
import { type Certificate, CertificateFault, type CertificateFiles, readCertificate } from './certificate.js';
import { stateOfFiles } from './file-states.js';
import type { Logger } from './logger.js';

const LOOK_EVERY_MS = 5_000;
const DAY_MS = 86_400_000;
const WARN_DAYS = 14;

export interface CertificateWatchParts {
  readonly files: CertificateFiles;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Five seconds unless told. */
  readonly lookEveryMs?: number | undefined;
  /** Called with each new pair that can be used, not with the first one. */
  readonly onChange: (certificate: Certificate) => void;
}

export interface CertificateWatch {
  readonly certificate: Certificate;
  stop(): void;
}

/**
 * Reads the pair, then looks every few seconds whether one of the files was replaced: renewals do that by rename, by a symbolic
 * link or in place. One that cannot be used leaves the former in use and is told once, if the next look finds it unchanged: a
 * renewal writes one file after the other. @throws CertificateFault when the first pair cannot be used
 */
export function watchCertificate(parts: CertificateWatchParts): CertificateWatch {
  const { files, logger, clock } = parts;
  let seen = stateOf(files);
  let current = readCertificate(files);
  let used = seen;
  let isToldOff = false;
  let warnedAt = Number.NEGATIVE_INFINITY;

  function warn(): void {
    const now = clock.now().getTime();
    const daysLeft = Math.floor((current.expiresAt.getTime() - now) / DAY_MS);
    if (daysLeft >= WARN_DAYS || now - warnedAt < DAY_MS) return;
    warnedAt = now;
    const said = daysLeft < 0 ? 'the TLS certificate has expired' : 'the TLS certificate expires soon';
    logger.warn({ door: 'http', ...describe(current), daysLeft }, said);
  }

  function takeNew(): void {
    try {
      current = readCertificate(files);
    } catch (error) {
      if (!(error instanceof CertificateFault)) throw error;
      const state = stateOf(files);
      if (state === seen && !isToldOff) {
        isToldOff = true;
        const file = error.part === 'key' ? files.keyFile : files.certificateFile;
        logger.error(
          { door: 'http', file, problem: error.message },
          'the new TLS certificate cannot be used, the former stays',
        );
      }
      return;
    }
    used = seen;
    warnedAt = Number.NEGATIVE_INFINITY;
    parts.onChange(current);
    logger.info({ door: 'http', ...describe(current) }, 'a new TLS certificate is in use');
  }

  function look(): void {
    const state = stateOf(files);
    if (state !== seen) {
      seen = state;
      isToldOff = false;
      // What is being written is read at the next look, when it is whole or does not change any more.
      return;
    }
    if (seen !== used) takeNew();
    warn();
  }

  logger.info({ door: 'http', ...describe(current) }, 'TLS certificate');
  warn();
  const timer = setInterval(look, parts.lookEveryMs ?? LOOK_EVERY_MS);
  timer.unref();
  return {
    certificate: current,
    stop: () => clearInterval(timer),
  };
}

function stateOf({ certificateFile, keyFile }: CertificateFiles): string {
  return stateOfFiles([certificateFile, keyFile]);
}

function describe({ subject, issuer, expiresAt }: Certificate) {
  return { subject, issuer, expiresAt: expiresAt.toISOString() };
}
