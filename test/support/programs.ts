import { spawn, spawnSync } from 'node:child_process';

export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a real program to its end, killed after `timeoutSeconds`; never throws for its exit code. */
export function run(
  program: string,
  args: readonly string[],
  options: {
    input?: string;
    cwd?: string;
    environment?: Record<string, string>;
    timeoutSeconds?: number;
  } = {},
): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: { ...process.env, LC_ALL: 'C.UTF-8', ...options.environment },
      timeout: (options.timeoutSeconds ?? 60) * 1000,
      killSignal: 'SIGKILL',
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk) => out.push(chunk));
    child.stderr.on('data', (chunk) => err.push(chunk));
    child.on('error', reject);
    child.on('close', (code) =>
      resolve({ code, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() }),
    );
    child.stdin.on('error', () => {});
    child.stdin.end(options.input ?? '');
  });
}

/**
 * Whether a program is there to test with. Where it is not, says so out loud; with CI=true that is a failure, because a
 * skipped client is an untested one.
 */
export function hasProgram(program: string): boolean {
  const found = spawnSync('which', [program]).status === 0;
  if (!found && process.env.CI === 'true')
    throw new Error(`${program} is not installed, so its tests cannot run.`);
  if (!found) process.stderr.write(`\nSKIPPED: ${program} is not installed, so its tests do not run.\n`);
  return found;
}
