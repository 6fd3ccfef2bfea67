import { availableParallelism } from 'node:os';
import argon2 from 'argon2';
import { StorageError } from '../errors.js';
import {
  normalizePassword,
  PASSWORD_MAX_LENGTH,
  type PasswordContext,
  passwordFaults,
} from './password-rules.js';

/** What one argon2id hash costs. */
export interface PasswordCosts {
  readonly memoryKib: number;
  readonly passes: number;
}

/** OWASP's first choice for argon2id: 19 MiB, two passes, one lane; about 35 ms. */
const COSTS: PasswordCosts = { memoryKib: 19_456, passes: 2 };

/** What a hash of another password looks like to a verification that must fail. */
const DUMMY_HASH =
  '$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';

/** argon2 shares libuv's threads with files and the database, and the processors with everything: one stays free of it. */
export function hashesAtOnce(processors: number): number {
  return Math.max(1, Math.min(4, processors - 1));
}

const MAX_IN_FLIGHT = hashesAtOnce(availableParallelism());
const MAX_WAITING = 64;
const RETRY_AFTER_SECONDS = 5;

export interface Verification {
  readonly isValid: boolean;
  /** The hash was not made at today's costs: hash again while the password is at hand. */
  readonly isOutdated: boolean;
}

/** The only place that hashes passwords. Every method may throw StorageError `unavailable` when too many wait. */
export interface Passwords {
  /** PHC string, argon2id with a fresh salt. */
  hash(password: string): Promise<string>;
  /** Exactly one hash whatever the answer; null stands for an account without a password. */
  verify(secretHash: string | null, password: string): Promise<Verification>;
  /** Hashes computed since the start. */
  hashCount(): number;
}

/** Hashes made at other costs than these are reported as outdated when they are verified. */
export function createPasswords(costs: PasswordCosts = COSTS): Passwords {
  const settings = { memoryCost: costs.memoryKib, timeCost: costs.passes, parallelism: 1 };
  const gate = createGate();
  let count = 0;

  function run<Result>(work: () => Promise<Result>): Promise<Result> {
    return gate(() => {
      count += 1;
      return work();
    });
  }

  return {
    hash: (password) =>
      run(() => argon2.hash(normalizePassword(password), { ...settings, type: argon2.argon2id })),
    async verify(secretHash, password) {
      const isTooLong = [...password].length > PASSWORD_MAX_LENGTH;
      const text = isTooLong ? '' : normalizePassword(password);
      const matches = await run(() => argon2.verify(secretHash ?? DUMMY_HASH, text));
      const isValid = matches && secretHash !== null && !isTooLong;
      return { isValid, isOutdated: isValid && argon2.needsRehash(secretHash, settings) };
    },
    hashCount: () => count,
  };
}

/** @throws StorageError invalid-input with the first broken rule as its reason */
export function assertGoodPassword(password: string, context: PasswordContext): void {
  const [fault] = passwordFaults(password, context);
  if (fault)
    throw new StorageError('invalid-input', 'The password does not keep the rules for passwords.', {
      reason: fault,
    });
}

type Gate = <Result>(work: () => Promise<Result>) => Promise<Result>;

function createGate(): Gate {
  let inFlight = 0;
  const waiting: (() => void)[] = [];

  async function enter(): Promise<void> {
    if (inFlight < MAX_IN_FLIGHT) {
      inFlight += 1;
      return;
    }
    if (waiting.length >= MAX_WAITING)
      throw new StorageError('unavailable', 'Too many people are signing in at once.', {
        reason: 'sign-in-queue',
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      });
    // The one who leaves hands his place over: inFlight stays as it is.
    await new Promise<void>((resolve) => waiting.push(resolve));
  }

  return async (work) => {
    await enter();
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else inFlight -= 1;
    }
  };
}
