import { expect, test } from 'vitest';
import { createRecords } from '../../../protocols/sftp/records.js';

/* The lines of small readings, written while the client goes on. */

function later() {
  let settle = () => {};
  let fail = (_error: Error) => {};
  const promise = new Promise<void>((resolve, reject) => {
    settle = resolve;
    fail = reject;
  });
  return { promise, settle, fail };
}

const isSettled = (work: Promise<unknown>) =>
  Promise.race([
    work.then(() => true),
    new Promise<boolean>((resolve) => setImmediate(() => resolve(false))),
  ]);

test('what waits for them waits for each, also for one that fails', async () => {
  const records = createRecords();
  const told: unknown[] = [];
  const [first, second] = [later(), later()];
  for (const { promise } of [first, second])
    await records.keep(promise, async (error) => {
      told.push(error);
    });
  const waiting = records.settled();
  first.settle();
  expect(await isSettled(waiting)).toBe(false);
  expect(records.isBusy).toBe(true);
  const error = new Error('no room');
  second.fail(error);
  await waiting;
  expect(records.isBusy).toBe(false);
  expect(told).toEqual([error]);
});

test('no more than 64 are on their way: the next CLOSE is answered when they are written', async () => {
  const records = createRecords();
  const all = Array.from({ length: 64 }, later);
  const keep = ({ promise }: { promise: Promise<void> }) => records.keep(promise, async () => {});
  for (const one of all.slice(0, 63)) expect(await isSettled(keep(one))).toBe(true);
  const last = keep(all[63] ?? later());
  expect(await isSettled(last)).toBe(false);
  for (const one of all) one.settle();
  await last;
});
