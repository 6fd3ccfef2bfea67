import type { Clock } from '../../storage/index.js';

/** A clock that stands still until it is moved. */
export interface FakeClock extends Clock {
  advance(seconds: number): void;
  set(instant: Date): void;
}

export function createFakeClock(start = new Date('2026-06-30T07:00:00Z')): FakeClock {
  let now = start.getTime();
  return {
    now: () => new Date(now),
    advance(seconds) {
      now += seconds * 1000;
    },
    set(instant) {
      now = instant.getTime();
    },
  };
}
