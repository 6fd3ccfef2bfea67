import { randomInt } from 'node:crypto';
import type { ClaimedMail, Clock, Outbox } from '../../storage/index.js';
import type { Logger } from '../logger.js';
import { DeliveryError, type Mailer } from './mailer.js';
import { type LetterSettings, writeLetter } from './templates/letter.js';

export interface OutboxWorkerOptions {
  readonly outbox: Outbox;
  readonly mailer: Mailer;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>;
  readonly settings: LetterSettings;
}

export interface OutboxWorker {
  /** Looks for due mail every second until stopped. */
  start(): void;
  /** Sends what is due now, one batch of at most 20. @returns how many it claimed */
  sendDue(): Promise<number>;
  /** Lets mails on their way finish for a few seconds; what is cut off is due again at once. */
  stop(): Promise<void>;
}

const BATCH_MAILS = 20;
const MAILS_AT_ONCE = 5;
/** A batch takes at most four rounds of these, so a lease outlives it. */
const SEND_TIMEOUT_MS = 60_000;
const LEASE_SECONDS = 300;
const LOOK_EVERY_MS = 1000;
/** A worker that died leaves leases behind, which `nextDueAt` does not tell of. */
const LOOK_FOR_LEASES_EVERY = 30;
const STOP_PATIENCE_MS = 5000;
const FIRST_RETRY_SECONDS = 60;
const LAST_RETRY_SECONDS = 1800;
/** With half an hour between them, about five days. */
const MOST_ATTEMPTS = 240;
const MAX_ERROR_CHARACTERS = 500;

/** Sends what the outbox promises. One mail has one recipient, so a failure is always of that recipient alone. */
export function createOutboxWorker(options: OutboxWorkerOptions): OutboxWorker {
  const { outbox, clock, logger } = options;
  const ending = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let looks = 0;

  async function sendDue(): Promise<number> {
    const mails = await outbox.claim(BATCH_MAILS, later(clock, LEASE_SECONDS));
    const queue = [...mails];
    const sendInTurn = async () => {
      for (let mail = queue.shift(); mail; mail = queue.shift()) await sendOne(options, mail, ending.signal);
    };
    await Promise.all(Array.from({ length: MAILS_AT_ONCE }, sendInTurn));
    return mails.length;
  }

  async function look(): Promise<void> {
    const nextDueAt = await outbox.nextDueAt();
    const isDue = nextDueAt !== null && nextDueAt <= clock.now();
    looks += 1;
    if (!isDue && looks % LOOK_FOR_LEASES_EVERY !== 1) return;
    while ((await sendDue()) === BATCH_MAILS && !ending.signal.aborted);
  }

  async function lookAgain(): Promise<void> {
    await look().catch((error: unknown) =>
      logger.error({ door: 'system', act: 'mail', error }, 'outbox failed'),
    );
    if (!ending.signal.aborted) timer = setTimeout(next, LOOK_EVERY_MS);
  }

  function next(): void {
    running = lookAgain();
  }

  return {
    start: next,
    sendDue,
    async stop() {
      clearTimeout(timer);
      const patience = setTimeout(() => ending.abort(), STOP_PATIENCE_MS);
      // One look may still be sending; without one there is nothing to wait for.
      await running;
      clearTimeout(timer);
      clearTimeout(patience);
      ending.abort();
    },
  };
}

async function sendOne(options: OutboxWorkerOptions, mail: ClaimedMail, ending: AbortSignal): Promise<void> {
  const { outbox, mailer, clock, logger, settings } = options;
  const line = {
    door: 'system',
    act: 'mail',
    template: mail.intent.template,
    mail: mail.id,
    attempt: mail.attempt,
  };
  const signal = AbortSignal.any([ending, AbortSignal.timeout(SEND_TIMEOUT_MS)]);
  try {
    await mailer.send(writeLetter(mail, settings, clock.now()), signal);
    await outbox.markSent(mail.id);
    logger.info(line, 'mail sent');
  } catch (error) {
    const reason = describe(error);
    const retryAt = ending.aborted ? clock.now() : retryAfter(error, mail.attempt, clock);
    await outbox.markFailed(mail.id, reason, retryAt);
    logger.warn({ ...line, reason, retryAt }, 'mail not sent');
  }
}

/** Null: never again. A bug in a template is retried too: the next release may have mended it. */
function retryAfter(error: unknown, attempt: number, clock: Clock): Date | null {
  if ((error instanceof DeliveryError && error.isPermanent) || attempt >= MOST_ATTEMPTS) return null;
  return later(clock, retrySeconds(attempt));
}

/** One minute, doubling up to thirty, a fifth more or less: mails that failed together do not come back together. */
function retrySeconds(attempt: number): number {
  const seconds = Math.min(LAST_RETRY_SECONDS, FIRST_RETRY_SECONDS * 2 ** (attempt - 1));
  return (seconds * randomInt(800, 1201)) / 1000;
}

function later(clock: Clock, seconds: number): Date {
  return new Date(clock.now().getTime() + Math.round(seconds * 1000));
}

/** The server's own words, for administrators: on one line, without what could steer a page or terminal. */
function describe(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim()
    .slice(0, MAX_ERROR_CHARACTERS);
}
