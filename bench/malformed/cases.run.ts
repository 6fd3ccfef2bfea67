import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'vitest';
import type { Arena } from '../../test/malformed/cases.js';
import { CLASSES } from '../../test/malformed/classes.js';
import { type Outcome, tryClass } from '../../test/malformed/run.js';

interface Orders {
  readonly port: number;
  readonly arena: Arena;
  readonly pid: number;
  readonly cases: number;
  readonly seed: number;
  /** Where the outcomes go, as JSON. */
  readonly results: string;
}

/** So many cases of a class at a time; what they cost the daemon is read between them. */
const SLICE = 500;
const WARM_CASES = 5000;
const TICK_MS = 10;

test('bad input', async () => {
  const orders: Orders = JSON.parse(process.env.PEPS_MALFORMED ?? '');
  // The code and the buffers that any input brings into memory are no growth.
  for (const caseClass of CLASSES)
    await tryClass(caseClass, orders, { cases: WARM_CASES, seed: orders.seed - 1 });
  const warmMib = residentMib(orders.pid);
  const rows = [];
  for (const caseClass of CLASSES) {
    const rest = Math.round((orders.cases * caseClass.share) / 100);
    const outcomes: Outcome[] = [];
    let slowestMs = 0;
    const grownFrom = residentMib(orders.pid);
    for (let done = 0; done < rest; done += SLICE) {
      const cases = Math.min(SLICE, rest - done);
      const before = cpuMs(orders.pid);
      outcomes.push(await tryClass(caseClass, orders, { cases, seed: orders.seed + done }));
      slowestMs = Math.max(slowestMs, (cpuMs(orders.pid) - before) / cases);
    }
    rows.push({
      ...joined(caseClass.name, outcomes),
      slowestMs,
      growthMib: residentMib(orders.pid) - grownFrom,
    });
  }
  const growthMib = residentMib(orders.pid) - warmMib;
  writeFileSync(orders.results, JSON.stringify({ rows, growthMib }));
});

function joined(name: string, outcomes: readonly Outcome[]) {
  const statuses: Record<string, number> = {};
  for (const outcome of outcomes)
    for (const [status, count] of Object.entries(outcome.statuses))
      statuses[status] = (statuses[status] ?? 0) + count;
  return {
    name,
    cases: outcomes.reduce((sum, { cases }) => sum + cases, 0),
    statuses,
    findings: outcomes.flatMap(({ findings }) => findings),
    absent: outcomes.flatMap(({ absent }) => absent),
  };
}

function residentMib(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/mu.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

/** Of all threads, in user and system mode. */
function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}
