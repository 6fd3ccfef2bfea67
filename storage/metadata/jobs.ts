import type { Transaction } from './database.js';

/**
 * Takes a job whose time has come and sets its next one.
 * @returns when the last run began that came to its end (0: none did), or null when it is not due or another process has it
 */
export async function takeJob(
  transaction: Transaction,
  name: string,
  now: number,
  intervalMs: number,
): Promise<number | null> {
  await transaction('jobs').insert({ name, due_at: 0 }).onConflict('name').ignore();
  const job = await transaction('jobs').where('name', name).first();
  if (job.due_at > now) return null;
  await transaction('jobs')
    .where('name', name)
    .update({ due_at: now + intervalMs });
  return job.last_run_at ?? 0;
}

/** Notes that a run came to its end. `startedAt` in milliseconds since 1970. */
export async function noteJobDone(transaction: Transaction, name: string, startedAt: number): Promise<void> {
  await transaction('jobs').where('name', name).update({ last_run_at: startedAt, last_error: null });
}

export async function noteJobError(transaction: Transaction, name: string, error: string): Promise<void> {
  await transaction('jobs')
    .where('name', name)
    .update({ last_error: error.slice(0, 1000) });
}
