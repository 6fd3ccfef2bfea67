import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { test } from 'vitest';
import type { CaseClass } from '../../test/malformed/cases.js';
import { CLASSES } from '../../test/malformed/classes.js';
import { type Outcome, type Place, tryClass } from '../../test/malformed/run.js';
import { type Told, type Traces, watchTraces } from '../../test/malformed/traces.js';
import { isAlive, residentMib, spentMs } from './process.js';

interface Orders extends Place {
  readonly pid: number;
  readonly peps: string;
  readonly cases: number;
  readonly seed: number;
  /** Where the outcomes go, as JSON. */
  readonly results: string;
}

/** So many cases of a class at a time; what they cost the daemon is read between them. */
const SLICE = 250;
/** Of each class, these slices are gone through once more, one case after the other. */
const LOOKED_INTO = 2;
const WARM_PART = 0.2;
const MAX_HISTORY_BYTES = 512 * 1024 * 1024;

test('bad input', async () => {
  const orders: Orders = JSON.parse(process.env.MALFORMED_ORDERS ?? '');
  // The code and the buffers that any input brings into memory are no growth.
  for (const caseClass of CLASSES)
    await tryClass(caseClass, orders, {
      cases: Math.ceil(countOf(caseClass, orders) * WARM_PART),
      seed: orders.seed - 1,
    });
  const traces = await watchTraces(orders, historyOf(orders.peps));
  const warmMib = residentMib(orders.pid);
  const rows = [];
  for (const caseClass of CLASSES)
    if (isAlive(orders.pid)) rows.push(await goThrough(caseClass, orders, traces));
  const growthMib = residentMib(orders.pid) - warmMib;
  writeFileSync(orders.results, JSON.stringify({ rows, growthMib }));
});

async function goThrough(caseClass: CaseClass, orders: Orders, traces: Traces) {
  const { pid, seed } = orders;
  const count = countOf(caseClass, orders);
  const slices: {
    readonly outcome: Outcome;
    readonly trial: { cases: number; seed: number };
    readonly cost: number;
  }[] = [];
  const grownFrom = residentMib(pid);
  for (let done = 0; done < count && isAlive(pid); done += SLICE) {
    const trial = { cases: Math.min(SLICE, count - done), seed: seed + done };
    const before = spentMs(pid);
    const outcome = await tryClass(caseClass, orders, trial);
    slices.push({ outcome, trial, cost: spentMs(pid) - before });
  }
  const growthMib = residentMib(pid) - grownFrom;
  const costly = [...slices].sort((one, other) => other.cost - one.cost).slice(0, LOOKED_INTO);
  const alone: Outcome[] = [];
  for (const { trial } of costly)
    alone.push(await tryClass(caseClass, orders, { ...trial, spentMs: () => spentMs(pid) }));
  const outcomes = [...slices.map(({ outcome }) => outcome), ...alone];
  const unexplained = isAlive(pid) ? await traces.unexplained(sum(outcomes, 'acknowledged')) : [];
  return {
    name: caseClass.name,
    cases: sum(outcomes, 'cases') - sum(alone, 'cases'),
    statuses: statusesOf(slices.map(({ outcome }) => outcome)),
    faults: sum(outcomes, 'faults'),
    unanswered: sum(outcomes, 'unanswered') + sum(outcomes, 'refused'),
    exits: isAlive(pid) ? 0 : 1,
    averageMs: slices.reduce((all, { cost }) => all + cost, 0) / count,
    slowestMs: Math.max(...alone.map(({ costliestMs }) => costliestMs)),
    growthMib,
    findings: [...outcomes.flatMap(({ findings }) => findings), ...unexplained],
    absent: outcomes.flatMap(({ absent }) => absent),
  };
}

function countOf({ share }: CaseClass, { cases }: Orders): number {
  return Math.round((cases * share) / 100);
}

function sum(
  outcomes: readonly Outcome[],
  name: 'cases' | 'faults' | 'unanswered' | 'refused' | 'acknowledged',
): number {
  return outcomes.reduce((all, outcome) => all + outcome[name], 0);
}

function statusesOf(outcomes: readonly Outcome[]): Record<string, number> {
  const statuses: Record<string, number> = {};
  for (const outcome of outcomes)
    for (const [status, count] of Object.entries(outcome.statuses))
      statuses[status] = (statuses[status] ?? 0) + count;
  return statuses;
}

/** As the operator's command prints it; each call goes on where the one before ended. */
function historyOf(peps: string): () => Promise<readonly Told[]> {
  let seen = 0;
  return async () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [peps, 'activity', '--json'], {
      encoding: 'utf8',
      maxBuffer: MAX_HISTORY_BYTES,
    });
    if (status !== 0) throw new Error(`peps activity: ${stderr}`);
    const rows: Told[] = stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
    const fresh = rows.slice(seen);
    seen = rows.length;
    return fresh;
  };
}
