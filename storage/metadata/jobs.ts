import type { Transaction } from './database.js';

/**
 * Takes a job whose time has come and sets its next one.
 * @returns when it ran before (0: never), or null when it is not due or another process has it
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
    .update({ due_at: now + intervalMs, last_run_at: now, last_error: null });
  return job.last_run_at ?? 0;
}

export async function noteJobError(transaction: Transaction, name: string, error: string): Promise<void> {
  await transaction('jobs')
    .where('name', name)
    .update({ last_error: error.slice(0, 1000) });
}
