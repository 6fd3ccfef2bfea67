import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CrashLabel } from '../../storage/crash-points.js';
import { environmentOf, startDaemon } from '../support/daemon.js';
import { freePort } from '../support/ports.js';
import { run } from '../support/programs.js';
import { openTrace, type Trace } from './trace.js';

/** Where a process is to die: at the `passage`-th time it passes the label, the first unless told. */
export interface Death {
  readonly label: CrashLabel;
  readonly passage?: number;
}

/** A daemon that dies where it was told, as kill -9 does, and writes down what it passes. */
export interface DyingDaemon {
  readonly origin: string;
  readonly sftpPort: number;
  /** The labels it passed since it was ready, each once. */
  passed(): Promise<ReadonlySet<string>>;
  /** Waits until it passed the label so many times. @throws when it does not */
  untilPassed(label: CrashLabel, times: number): Promise<void>;
  /** Waits for its death. @throws when it lives on, or died elsewhere */
  untilDead(): Promise<void>;
  /** Ends it if it lives, and what it wrote down. */
  close(): Promise<void>;
}

/** The build as it is delivered, copied with one file replaced: its crash points kill. `death` null: it dies nowhere. */
export interface DyingBuild {
  /** The WebDAV and the SFTP door over storage, without the rest of a daemon, which takes half of its start. */
  startDoors(directory: string, death: Death | null): Promise<DyingDaemon>;
  /** `peps serve` on a folder, ready to be asked. */
  startDaemon(directory: string, death: Death | null): Promise<DyingDaemon>;
  /** `peps serve` until it dies at what it passes on its own, while it starts or soon after. */
  serveUntilDead(directory: string, death: Death): Promise<void>;
  /**
   * Opens storage as the daemon does (`start`), and runs every background job besides (`sweep`), as if it were `aheadMs` later;
   * in a process without doors, which take most of a daemon's start. @returns the labels it passed, each once
   */
  keepHouse(
    work: 'start' | 'sweep',
    directory: string,
    death: Death | null,
    aheadMs?: number,
  ): Promise<ReadonlySet<string>>;
  remove(): Promise<void>;
}

const ROOT = join(import.meta.dirname, '..', '..');
const REPLACEMENTS = join(import.meta.dirname, 'dying');
const PATIENCE_MS = 20_000;

/** Copies the build. The caller removes it. */
export async function createDyingBuild(): Promise<DyingBuild> {
  const folder = await mkdtemp(join(tmpdir(), 'peps-dying-build-'));
  const isCode = (path: string) => !path.endsWith('.map');
  await cp(join(ROOT, 'dist'), join(folder, 'dist'), { recursive: true, filter: isCode });
  await copyFile(join(REPLACEMENTS, 'crash-points.mjs'), join(folder, 'dist/storage/crash-points.js'));
  await mkdir(join(folder, 'server'));
  for (const name of ['server/peps.cjs', 'package.json'])
    await copyFile(join(ROOT, name), join(folder, name));
  for (const name of ['doors.mjs', 'housekeeping.mjs'])
    await copyFile(join(REPLACEMENTS, name), join(folder, name));
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const program = join(folder, 'server/peps.cjs');
  return {
    startDaemon: (directory, death) => startDaemonOf(program, directory, death),
    startDoors: (directory, death) => startDoorsOf(join(folder, 'doors.mjs'), directory, death),
    async serveUntilDead(directory, death) {
      await runTraced([program, 'serve'], death, environmentOf(await placeOf(directory)));
    },
    keepHouse: (work, directory, death, aheadMs = 0) =>
      runTraced([join(folder, 'housekeeping.mjs'), work, directory, String(aheadMs)], death, {}),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

async function startDaemonOf(program: string, directory: string, death: Death | null): Promise<DyingDaemon> {
  const trace = await openTrace();
  const place = await placeOf(directory);
  const daemon = await startDaemon(place, { program, environment: environmentFor(death, trace) });
  // It answers over HTTP a moment before the SFTP door opens.
  await untilListening(place.sftpPort);
  return watch({ ...place, exited: daemon.exited, kill: daemon.kill }, trace, death);
}

async function startDoorsOf(program: string, directory: string, death: Death | null): Promise<DyingDaemon> {
  const trace = await openTrace();
  const child = spawn(process.execPath, [program, directory], {
    env: { ...process.env, ...environmentFor(death, trace) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const [line] = await Promise.race([once(child.stdout, 'data'), exited.then(() => [''])]);
  const { httpPort, sftpPort } = JSON.parse(String(line));
  const kill = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  return watch({ httpPort, sftpPort, exited, kill }, trace, death);
}

interface Process {
  readonly httpPort: number;
  readonly sftpPort: number;
  readonly exited: Promise<unknown>;
  kill(): Promise<void>;
}

async function watch(process: Process, trace: Trace, death: Death | null): Promise<DyingDaemon> {
  const passedAtStart = (await trace.labels()).length;
  const passages = async () => (await trace.labels()).slice(passedAtStart);
  return {
    origin: `http://127.0.0.1:${process.httpPort}`,
    sftpPort: process.sftpPort,
    passed: async () => new Set(await passages()),
    async untilPassed(label, times) {
      const count = async () => (await passages()).filter((one) => one === label).length;
      for (let attempt = 0; (await count()) < times; attempt++) {
        if (attempt === 1000) throw new Error(`The daemon did not pass ${label} ${times} times.`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    async untilDead() {
      const alive = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS, 'alive').unref());
      if ((await Promise.race([process.exited, alive])) === 'alive')
        throw new Error(`The daemon never passed ${death?.label}.`);
      await assertDiedAt(death, trace);
    },
    async close() {
      await process.kill();
      await trace.close();
    },
  };
}

async function runTraced(
  program: readonly string[],
  death: Death | null,
  environment: Readonly<Record<string, string>>,
): Promise<ReadonlySet<string>> {
  const trace = await openTrace();
  try {
    const { code, stderr } = await run(process.execPath, program, {
      environment: { ...environment, ...environmentFor(death, trace) },
      timeoutSeconds: PATIENCE_MS / 1000,
    });
    if ((code === null) !== (death !== null)) throw new Error(`It ended with ${code}: ${stderr}`);
    await assertDiedAt(death, trace);
    return new Set(await trace.labels());
  } finally {
    await trace.close();
  }
}

async function placeOf(directory: string) {
  return { directory, httpPort: await freePort(), sftpPort: await freePort() };
}

function environmentFor(death: Death | null, trace: Trace): Record<string, string> {
  const told = { CRASH_TRACE: trace.file };
  if (death === null) return told;
  return { ...told, CRASH_LABEL: death.label, CRASH_PASSAGE: String(death.passage ?? 1) };
}

async function assertDiedAt(death: Death | null, trace: Trace): Promise<void> {
  const last = (await trace.labels()).at(-1);
  if (death !== null && last !== death.label)
    throw new Error(`It died after ${last}, not at ${death.label}.`);
}

async function untilListening(port: number): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    const isListening = await new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('error', () => resolve(false));
      socket.once('connect', () => {
        socket.destroy();
        resolve(true);
      });
    });
    if (isListening) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`Nobody listens on port ${port}.`);
}
