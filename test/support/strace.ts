import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One system call; `startedAt` and `endedAt` are line numbers of the log, comparable with each other. */
export interface SystemCall {
  readonly name: string;
  /** As strace shows them, with the path or addresses behind each descriptor. */
  readonly args: string;
  readonly result: string;
  readonly startedAt: number;
  readonly endedAt: number;
}

/** Runs `act` while strace watches all threads of a process. @throws when strace cannot attach */
export async function systemCallsDuring(
  pid: number,
  names: readonly string[],
  act: () => Promise<void>,
): Promise<SystemCall[]> {
  const folder = await mkdtemp(join(tmpdir(), 'peps-strace-'));
  try {
    const log = join(folder, 'log');
    const args = ['-f', '-yy', '-s', '40', '-p', String(pid), '-o', log, '-e', `trace=${names.join(',')}`];
    const strace = spawn('strace', args, { stdio: ['ignore', 'ignore', 'pipe'] });
    const gone = new Promise<void>((resolve) => strace.once('exit', () => resolve()));
    await new Promise<void>((resolve, reject) => {
      let said = '';
      strace.stderr.on('data', (chunk) => {
        said += chunk;
        if (said.includes('attached')) resolve();
      });
      strace.once('error', reject);
      void gone.then(() => reject(new Error(`strace did not attach: ${said}`)));
    });
    try {
      await act();
    } finally {
      strace.kill('SIGINT');
      await gone;
    }
    return parseLog(await readFile(log, 'utf8'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A call that another thread overtook is on two lines: "<unfinished ...>" and "<... NAME resumed>". */
function parseLog(text: string): SystemCall[] {
  const calls: SystemCall[] = [];
  const unfinished = new Map<string, { name: string; args: string; startedAt: number }>();
  for (const [line, content] of text.split('\n').entries()) {
    const whole = /^(\d+) +(\w+)\((.*)\) += (.*)$/u.exec(content);
    const begun = /^(\d+) +(\w+)\((.*) <unfinished \.\.\.>$/u.exec(content);
    const resumed = /^(\d+) +<\.\.\. (\w+) resumed>(.*)\) += (.*)$/u.exec(content);
    if (begun) {
      const [, thread = '', name = '', args = ''] = begun;
      unfinished.set(thread, { name, args, startedAt: line });
    } else if (resumed) {
      const [, thread = '', , rest = '', result = ''] = resumed;
      const call = unfinished.get(thread);
      unfinished.delete(thread);
      if (call) calls.push({ ...call, args: call.args + rest, result, endedAt: line });
    } else if (whole) {
      const [, , name = '', args = '', result = ''] = whole;
      calls.push({ name, args, result, startedAt: line, endedAt: line });
    }
  }
  return calls;
}
