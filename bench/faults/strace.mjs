// strace attached to a running daemon: to make system calls on one path fail, or to log them.
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { pause } from './place.mjs';

/** A sentence, or undefined where strace can attach to our own child. */
export function whyNoStrace() {
  const probe = spawnSync('strace', ['-f', '-qq', '-e', 'trace=none', 'true']);
  if (probe.error) return 'strace is not installed';
  return probe.status === 0 ? undefined : `strace may not attach here: ${probe.stderr.toString().trim()}`;
}

/**
 * Attaches to all threads; `args` say what to trace. Resolves once it holds; `detach` lets go and resolves with the log,
 * in which an injected failure ends with (INJECTED).
 */
export async function attach(pid, args, logFile) {
  const strace = spawn('strace', ['-f', '-y', '-p', String(pid), '-o', logFile, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  strace.stderr.on('data', (chunk) => {
    said += chunk;
  });
  const gone = new Promise((resolve) => strace.once('exit', resolve));
  let hasGone = false;
  void gone.then(() => {
    hasGone = true;
  });
  for (let turn = 0; turn < 500 && !/attached/.test(said) && !hasGone; turn++) await pause(10);
  if (!/attached/.test(said)) throw new Error(`strace did not attach: ${said}`);
  return {
    async detach() {
      if (!hasGone) strace.kill('SIGINT');
      await gone;
      return readFileSync(logFile, 'utf8');
    },
  };
}
