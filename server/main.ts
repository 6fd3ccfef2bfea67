import { systemClock } from '../storage/index.js';
import { runCommandLine } from './cli/run.js';
import { readEnvironment } from './config-environment.js';

// `peps activity | head` ends the reader early: that is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

const exitCode = await runCommandLine(process.argv.slice(2), {
  stdin: process.stdin,
  write: (text) => process.stdout.write(text),
  writeError: (text) => process.stderr.write(text),
  environment: readEnvironment(),
  folder: process.cwd(),
  clock: systemClock,
});
// Leaving at once would drop what a slow reader of the pipe has not taken yet: `peps activity --json` into a script, say.
for (const stream of [process.stdout, process.stderr])
  await new Promise<void>((resolve) => stream.write('', () => resolve()));
process.exit(exitCode);
