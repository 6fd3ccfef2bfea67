import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { run } from './programs.js';

const PEPS = join(import.meta.dirname, '..', '..', 'server', 'peps.cjs');

/** The appliance as a process of its own, as it runs in production. */
export interface Daemon {
  readonly origin: string;
  readonly process: ChildProcess;
  /** Settles when the process is gone, with its exit code; null after a signal. */
  readonly exited: Promise<number | null>;
  /** kill -9; resolves when the process is gone. */
  kill(): Promise<void>;
  /** SIGTERM; resolves with the exit code. */
  terminate(): Promise<number | null>;
}

export interface DaemonPlace {
  readonly directory: string;
  readonly httpPort: number;
  readonly sftpPort: number;
  /** 900 unless told: mails stay in the outbox. */
  readonly quietSeconds?: number;
}

export function environmentOf(place: DaemonPlace): Record<string, string> {
  return {
    PEPS_DATA_DIR: place.directory,
    PEPS_HTTP_PORT: String(place.httpPort),
    PEPS_SFTP_PORT: String(place.sftpPort),
    PEPS_PUBLIC_URL: `http://127.0.0.1:${place.httpPort}`,
    PEPS_MAIL_QUIET_SECONDS: String(place.quietSeconds ?? 900),
  };
}

/** Another build of the same program, and what it is told besides. */
export interface OtherBuild {
  /** Its `server/peps.cjs`. */
  readonly program: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** Starts `peps serve` from the build, unless from another, and waits until it answers. */
export async function startDaemon(place: DaemonPlace, other?: OtherBuild): Promise<Daemon> {
  const child = spawn(process.execPath, [other?.program ?? PEPS, 'serve'], {
    env: { ...process.env, ...environmentOf(place), ...other?.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output = (output + chunk).slice(-20_000);
  });
  child.stderr.on('data', (chunk) => {
    output = (output + chunk).slice(-20_000);
  });
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const origin = `http://127.0.0.1:${place.httpPort}`;
  await untilHealthy(origin, child, () => output);
  return {
    origin,
    process: child,
    exited,
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
    terminate() {
      child.kill('SIGTERM');
      return exited;
    },
  };
}

/** Runs a `peps` command on the same folder. @throws with its output unless it succeeds */
export async function peps(place: DaemonPlace, args: readonly string[], input = ''): Promise<string> {
  const { code, stdout, stderr } = await run(process.execPath, [PEPS, ...args], {
    input,
    environment: environmentOf(place),
  });
  if (code !== 0) throw new Error(`peps ${args.join(' ')} ended with ${code}:\n${stdout}${stderr}`);
  return stdout;
}

async function untilHealthy(origin: string, child: ChildProcess, output: () => string): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    const end = child.exitCode ?? child.signalCode;
    if (end !== null) throw new Error(`The daemon ended with ${end}:\n${output()}`);
    const answer = await fetch(`${origin}/healthz`).catch(() => undefined);
    await answer?.arrayBuffer();
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`The daemon did not answer:\n${output()}`);
}
