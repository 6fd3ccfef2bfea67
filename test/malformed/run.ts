import fc from 'fast-check';
import { type Arena, type Case, type CaseClass, request } from './cases.js';
import { converse, type Said } from './wire.js';

/**
 * No more than may wait for a password to be hashed: each comes from an address of its own, and once a minute, when what was
 * verified is forgotten, all of them do. The next one would hear 503, and rightly.
 */
const AT_ONCE = 64;
/** Of the usual patience. */
const ALONE = 0.1;
const MAX_FINDINGS = 20;
const MAX_SHOWN_BYTES = 1000;

/** A server with an arena in it, and in that `file.txt`, which holds `kept`. */
export interface Place {
  readonly port: number;
  readonly arena: Arena;
}

export interface Trial {
  readonly cases: number;
  readonly seed: number;
  /** One after the other, each with what it costs; 64 at once unless told. */
  readonly spentMs?: () => number;
}

export interface Outcome {
  readonly name: string;
  readonly cases: number;
  /** How many cases heard each status first; 0 counts those whose connection was closed without a word. */
  readonly statuses: Readonly<Record<number, number>>;
  /** Answers from 500 on that nothing allows, cases without answer or end, and those that found nobody listening. */
  readonly faults: number;
  readonly unanswered: number;
  readonly refused: number;
  /** Answers that say that something was made, changed or taken away (201, 204). */
  readonly acknowledged: number;
  /** What must not happen, each with the bytes it was heard on, the first twenty of them. */
  readonly findings: readonly string[];
  /** Names that must not be in the arena. */
  readonly absent: readonly string[];
  /** What the one that cost most did cost; 0 where that was not asked. */
  readonly costliestMs: number;
}

/**
 * 501 is what RFC 9112 section 6.1 wants said of an unknown coding, 502 what RFC 4918 section 9.8.5 wants of a destination
 * elsewhere; every other answer from 500 on is a fault.
 */
const EXPECTED = new Set([501, 502]);

/** Tries so many cases of a class, each on a connection of its own, then asks for something good. */
export async function tryClass(caseClass: CaseClass, place: Place, trial: Trial): Promise<Outcome> {
  const { cases, seed, spentMs } = trial;
  const sampled = fc.sample(caseClass.arbitrary(place.arena), { numRuns: cases, seed });
  const tally = createTally();
  const work = sampled.values();
  await Promise.all(
    Array.from({ length: spentMs ? 1 : AT_ONCE }, async () => {
      for (const one of work) {
        const before = spentMs?.() ?? 0;
        const said = await converse(place.port, one, spentMs ? ALONE : 1);
        tally.add(one, said, (spentMs?.() ?? 0) - before);
      }
    }),
  );
  const { arena, port } = place;
  const good = { bytes: request(arena, { method: 'GET', target: `${arena.base}/file.txt`, headers: [] }) };
  const { statuses, text } = await converse(port, good);
  if (statuses[0] !== 200 || !text.endsWith('\r\n\r\nkept')) tally.find('afterwards not served', good);
  const absent = sampled.flatMap((one) => one.absent ?? []);
  return { name: caseClass.name, cases, absent, ...tally.counts(), findings: tally.findings };
}

function createTally() {
  const statuses: Record<number, number> = {};
  const findings: string[] = [];
  const counts = { faults: 0, unanswered: 0, refused: 0, acknowledged: 0, costliestMs: 0 };
  function find(what: string, { bytes }: Case): void {
    if (findings.length < MAX_FINDINGS)
      findings.push(`${what}: ${JSON.stringify(bytes.toString('latin1').slice(0, MAX_SHOWN_BYTES))}`);
  }
  return {
    findings,
    find,
    counts: () => ({ ...counts, statuses }),
    add(one: Case, said: Said, costMs: number): void {
      const first = said.statuses[0] ?? 0;
      statuses[first] = (statuses[first] ?? 0) + 1;
      counts.costliestMs = Math.max(counts.costliestMs, costMs);
      counts.acknowledged += said.statuses.filter((status) => status === 201 || status === 204).length;
      const fault = said.statuses.find((status) => status >= 500 && !EXPECTED.has(status));
      if (fault !== undefined) {
        counts.faults += 1;
        find(`answered ${fault}`, one);
      }
      if (said.isUnanswered) {
        counts.unanswered += 1;
        find('unanswered', one);
      }
      if (said.isRefused) {
        counts.refused += 1;
        find('nobody listens', one);
      }
    },
  };
}
