// A throw-away appliance for fault campaigns: its data folder, its people, its daemon. Everything outside the data folder
// (keys, the clients' ledger) lies on another file system, so that what is done to the data cannot touch what is known of it.
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../appliance.mjs';
import { cleanWhenAbandoned } from './abandon.mjs';

export const PEPS = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'server', 'peps.cjs');
const START_TIMEOUT_MS = 60_000;
const KEPT_CHARACTERS = 200_000;

export const GROUP = 'Banc';
/** Two deposit, on either side; the third only reads and hears of all deposits. */
export const CLAIRE = 'claire.moreau@caf.example.org';
export const NADIA = 'nadia.benali@lutins.example.org';
export const PAUL = 'paul.girard@caf.example.org';
export const PEOPLE = [CLAIRE, NADIA, PAUL];

/**
 * Makes the folders and ports. `dataDir` and `databaseDir`: existing folders to keep the data and its database in; unless
 * given, one in memory is made for both. The caller ends it with `remove`.
 */
export async function createPlace({ dataDir, databaseDir, quietSeconds = 900 } = {}) {
  const notes = mkdtempSync(join(tmpdir(), 'peps-faults-notes-'));
  const owned = dataDir === undefined ? mkdtempSync(join(memoryFolder(), 'peps-faults-')) : undefined;
  const place = {
    notes,
    dataDir: join(owned ?? dataDir, 'data'),
    httpPort: await freePort(),
    sftpPort: await freePort(),
    quietSeconds,
    password: `Aa1!${randomBytes(16).toString('hex').replace(/[aef]/g, 'x')}`,
    keyFile: join(notes, 'key'),
    remove() {
      keep();
      rmSync(notes, { recursive: true, force: true });
      if (owned !== undefined) rmSync(owned, { recursive: true, force: true });
    },
  };
  const keep = cleanWhenAbandoned(() => place.remove());
  mkdirSync(place.dataDir, { recursive: true, mode: 0o700 });
  place.databaseFile = join(databaseDir ?? place.dataDir, 'peps.sqlite');
  if (statSync(notes).dev === statSync(place.dataDir).dev)
    throw new Error(
      'The ledger would lie on the file system of the data: set TMPDIR or FAULTS_FOLDER to another one.',
    );
  spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', place.keyFile]);
  place.privateKey = readFileSync(place.keyFile);
  return place;
}

/** Adds the group and its people; the daemon may run or not. */
export function populate(place, { quotaBytes } = {}) {
  const quota = quotaBytes === undefined ? [] : ['--quota', String(quotaBytes)];
  peps(place, ['group', 'add', GROUP, ...quota]);
  for (const login of PEOPLE) {
    const side = login === NADIA ? 'partner' : 'house';
    const options = ['--name', login.split('@')[0], '--side', side, '--password-stdin'];
    peps(place, ['account', 'add', login, ...options], place.password);
    peps(place, ['account', 'key', 'add', login, '--file', `${place.keyFile}.pub`]);
    peps(place, ['group', 'member', 'set', GROUP, login, 'writer']);
  }
}

export function environmentOf(place) {
  return {
    ...process.env,
    PEPS_DATA_DIR: place.dataDir,
    PEPS_DATABASE_URL: `sqlite:${place.databaseFile}`,
    PEPS_HTTP_PORT: String(place.httpPort),
    PEPS_SFTP_PORT: String(place.sftpPort),
    PEPS_PUBLIC_URL: `http://127.0.0.1:${place.httpPort}`,
    PEPS_MAIL_QUIET_SECONDS: String(place.quietSeconds),
  };
}

/** Runs a command; throws with its output unless it ends with one of `codes`. @returns what it printed */
export function peps(place, args, input = '', codes = [0]) {
  const options = { env: environmentOf(place), input, maxBuffer: 512 * 1024 * 1024 };
  const { status, stdout, stderr } = spawnSync(process.execPath, [PEPS, ...args], options);
  if (!codes.includes(status))
    throw new Error(`peps ${args.join(' ')} ended with ${status}: ${stderr}${stdout}`);
  return stdout.toString();
}

/** The objects a `--json` command prints, one a line. */
export function pepsRows(place, args, codes) {
  return peps(place, [...args, '--json'], '', codes)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

/** Starts `peps serve`; resolves once both doors listen. Rejects with what it said when it ends before. */
export async function startDaemon(place) {
  const child = spawn(process.execPath, [PEPS, 'serve'], {
    env: environmentOf(place),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const daemon = { output: '', errors: '', exitCode: undefined, pid: child.pid };
  child.stdout.on('data', (chunk) => {
    daemon.output = (daemon.output + chunk).slice(-KEPT_CHARACTERS);
  });
  child.stderr.on('data', (chunk) => {
    daemon.errors = (daemon.errors + chunk).slice(-KEPT_CHARACTERS);
  });
  const keep = cleanWhenAbandoned(() => child.kill('SIGKILL'));
  daemon.exited = new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      keep();
      daemon.exitCode = code ?? signal;
      resolve(daemon.exitCode);
    });
  });
  daemon.signal = (signal) => process.kill(daemon.pid, signal);
  daemon.end = async (signal) => {
    if (daemon.exitCode === undefined) daemon.signal(signal);
    return daemon.exited;
  };
  await untilListening(daemon);
  return daemon;
}

/** What both doors say once they listen; the health check alone would stay 503 on a disk that is nearly full. */
async function untilListening(daemon) {
  const until = performance.now() + START_TIMEOUT_MS;
  while (performance.now() < until) {
    if (daemon.exitCode !== undefined) break;
    if (daemon.output.includes('"msg":"listening"')) return;
    await pause(10);
  }
  if (daemon.exitCode === undefined) await daemon.end('SIGKILL');
  throw new Error(
    `The daemon did not start (${daemon.exitCode ?? 'timeout'}): ${daemon.errors}${daemon.output}`,
  );
}

export function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** A sync costs nothing in memory, and a kill leaves such files as it leaves others; a power cut is tried on a real file system. */
function memoryFolder() {
  return process.env.FAULTS_FOLDER ?? (existsSync('/dev/shm') ? '/dev/shm' : tmpdir());
}
