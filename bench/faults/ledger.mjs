// What the clients know: every operation with path, size, SHA-256 and what they heard of it. One JSON line when it begins,
// one when it ends, on another file system than the data.
import { appendFileSync } from 'node:fs';
import { ACKNOWLEDGED, UNKNOWN } from './outcome.mjs';

/**
 * `expected` maps each path to what must be found there; `open` holds operations nobody heard of, one per client at most,
 * until the oracle has seen what became of them. Each client works alone on its own paths.
 */
export function createLedger(file) {
  const expected = new Map();
  const open = new Map();
  const operations = [];
  const sent = new Set();

  function apply(operation) {
    operation.happened = true;
    if (operation.act === 'put') expected.set(operation.path, contentOf(operation));
    if (operation.act === 'move') expected.set(operation.to, expected.get(operation.path));
    if (operation.act !== 'put') expected.delete(operation.path);
  }

  return {
    expected,
    open,
    operations,
    /** `act` is put, move or delete; `to` goes with a move, sizeBytes and sha256 with a put. */
    begin(operation) {
      const begun = { number: operations.length, outcome: UNKNOWN, happened: undefined, ...operation };
      operations.push(begun);
      if (begun.sha256) sent.add(begun.sha256).add(begun.sizeBytes);
      write(file, { ...operation, number: begun.number });
      return begun;
    },
    end(operation, { outcome, status }) {
      operation.outcome = outcome;
      operation.status = status;
      write(file, { number: operation.number, outcome, status });
      if (outcome === ACKNOWLEDGED) apply(operation);
      // A failure that was told may still have happened: its answer says only that nothing is promised.
      else open.set(operation.client, operation);
    },
    /** What the oracle found out about an operation that was not acknowledged. */
    resolve(operation, happened) {
      if (happened) apply(operation);
      else operation.happened = false;
      open.delete(operation.client);
      write(file, { number: operation.number, happened });
    },
    /** What the operation's paths hold if it happened, and if it did not; null where nothing must be. */
    outcomesOf(operation) {
      const before = expected.get(operation.path) ?? null;
      if (operation.act === 'put')
        return { paths: [operation.path], before: [before], after: [contentOf(operation)] };
      if (operation.act === 'delete') return { paths: [operation.path], before: [before], after: [null] };
      const target = expected.get(operation.to) ?? null;
      return { paths: [operation.path, operation.to], before: [before, target], after: [null, before] };
    },
    /** Whether this, a SHA-256 or a size, is of something that was sent whole: older content is a loss, anything else a part. */
    wasSent: (value) => sent.has(value),
    count: (outcome, act) =>
      operations.filter((one) => one.outcome === outcome && (act === undefined || one.act === act)).length,
  };
}

function contentOf({ sizeBytes, sha256 }) {
  return { sizeBytes, sha256 };
}

function write(file, line) {
  appendFileSync(file, `${JSON.stringify(line)}\n`);
}
