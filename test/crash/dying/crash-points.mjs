// Stands in for storage/crash-points.ts in the copy of the build that dying-build.ts makes for itself. Writes down each label
// that is passed, and kills its own process, as kill -9 does, at the n-th passage of one.
import { openSync, writeSync } from 'node:fs';

const { CRASH_TRACE, CRASH_LABEL, CRASH_PASSAGE = '1' } = process.env;
const trace = CRASH_TRACE === undefined ? undefined : openSync(CRASH_TRACE, 'a');
let left = Number(CRASH_PASSAGE);

export function crashPoint(label) {
  if (trace !== undefined) writeSync(trace, `${label}\n`);
  if (label !== CRASH_LABEL) return;
  left -= 1;
  if (left === 0) process.kill(process.pid, 'SIGKILL');
}
