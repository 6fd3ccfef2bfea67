import type { Clock } from '../storage/index.js';
import type { Logger } from './logger.js';

/** The process ended on a bug (EX_SOFTWARE). */
export const EXIT_SOFTWARE = 70;
/** The time transfers get to finish after a daemon's SIGTERM. */
export const DRAIN_SECONDS = 30;
const DRAIN_AFTER_BUG_SECONDS = 5;
/** A terminal signals npm and the daemon both, and npm passes its own on: such an echo is no second wish. */
const ECHO_MS = 1000;

export interface Lifecycle {
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long transfers may go on after a signal. */
  readonly drainSeconds: number;
  stop(deadline: Date): Promise<void>;
}

/**
 * Waits for SIGTERM, SIGINT or a bug that nobody caught, then stops within the time that is due. A second signal, a
 * second later or more, ends the process at once. @returns the exit code
 */
export function untilStopped(lifecycle: Lifecycle): Promise<number> {
  const { clock, logger } = lifecycle;
  return new Promise((resolve) => {
    let isStopping = false;
    let signalledAtMs: number | undefined;
    const stop = async (drainSeconds: number, exitCode: number) => {
      isStopping = true;
      const deadline = new Date(clock.now().getTime() + drainSeconds * 1000);
      try {
        await lifecycle.stop(deadline);
        logger.info('stopped');
        resolve(exitCode);
      } catch (error) {
        logger.fatal({ error }, 'stopping failed');
        resolve(EXIT_SOFTWARE);
      }
    };
    const onSignal = (signal: NodeJS.Signals, number: number) => {
      const nowMs = performance.now();
      if (signalledAtMs !== undefined && nowMs - signalledAtMs < ECHO_MS) return;
      signalledAtMs ??= nowMs;
      logger.info({ signal }, isStopping ? 'stopping at once' : 'stopping');
      // 128 + the signal's number is what a shell says of a process that a signal ended.
      if (isStopping) process.exit(128 + number);
      void stop(lifecycle.drainSeconds, 0);
    };
    const onBug = (error: unknown) => {
      logger.fatal({ error }, 'a bug that nobody caught');
      if (!isStopping) void stop(DRAIN_AFTER_BUG_SECONDS, EXIT_SOFTWARE);
    };
    process.on('SIGTERM', onSignal);
    process.on('SIGINT', onSignal);
    process.on('uncaughtException', onBug);
    process.on('unhandledRejection', onBug);
  });
}
