import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a dying process writes down: a line for each passage of a label. */
export interface Trace {
  readonly file: string;
  labels(): Promise<readonly string[]>;
  close(): Promise<void>;
}

export async function openTrace(): Promise<Trace> {
  const folder = await mkdtemp(join(tmpdir(), 'peps-trace-'));
  const file = join(folder, 'labels');
  await writeFile(file, '');
  return {
    file,
    labels: async () => (await readFile(file, 'utf8')).split('\n').filter((line) => line !== ''),
    close: () => rm(folder, { recursive: true, force: true }),
  };
}
