import fc from 'fast-check';
import type { Arena, Case, CaseClass } from './cases.js';
import { converse } from './wire.js';

const AT_ONCE = 32;

export interface Outcome {
  readonly name: string;
  readonly cases: number;
  /** How many cases heard each status first; 0 counts those whose connection was closed without a word. */
  readonly statuses: Readonly<Record<number, number>>;
  /** What must not happen, each with the bytes it was heard on, the first hundred of them. */
  readonly findings: readonly string[];
  /** Names that must not be in the arena. */
  readonly absent: readonly string[];
}

/**
 * 501 is what RFC 9112 section 6.1 wants said of an unknown coding, 502 what RFC 4918 section 9.8.5 wants of a destination
 * elsewhere; every other answer from 500 on is a fault.
 */
const EXPECTED = new Set([501, 502]);

/** Tries so many cases of a class, some dozens at once, each on a connection of its own. */
export async function tryClass(
  caseClass: CaseClass,
  target: { readonly port: number; readonly arena: Arena },
  { cases, seed }: { readonly cases: number; readonly seed: number },
): Promise<Outcome> {
  const statuses: Record<number, number> = {};
  const findings: string[] = [];
  const absent: string[] = [];
  const note = (what: string, { bytes }: Case) => {
    if (findings.length < 100)
      findings.push(`${what}: ${JSON.stringify(bytes.toString('latin1').slice(0, 2000))}`);
  };
  const sampled = fc.sample(caseClass.arbitrary(target.arena), { numRuns: cases, seed });
  const work = sampled.values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const one of work) {
        const said = await converse(target.port, one.bytes);
        if (one.absent !== undefined) absent.push(one.absent);
        const first = said.statuses[0] ?? 0;
        statuses[first] = (statuses[first] ?? 0) + 1;
        if (said.isUnanswered) note('unanswered', one);
        const fault = said.statuses.find((status) => status >= 500 && !EXPECTED.has(status));
        if (fault !== undefined) note(`answered ${fault}`, one);
      }
    }),
  );
  return { name: caseClass.name, cases, statuses, findings, absent };
}
