import { existsSync, readFileSync } from 'node:fs';

/** What Linux tells of a process by its id. */
export function isAlive(pid: number): boolean {
  return existsSync(`/proc/${pid}/task`);
}

/** Memory it holds, in MiB; NaN for one that is gone. */
export function residentMib(pid: number): number {
  if (!isAlive(pid)) return Number.NaN;
  return Number(/^VmRSS:\s+(\d+)/mu.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

/** Processor time of its main thread, on which every request waits, in milliseconds; NaN for one that is gone. */
export function spentMs(pid: number): number {
  if (!isAlive(pid)) return Number.NaN;
  return Number(readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
}
