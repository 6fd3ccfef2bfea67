// A throw-away appliance from the build, for benchmarks: one group, one person, one SSH key.
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeCertificate } from './certificate.mjs';
import { run } from './programs.mjs';
import { settings } from './settings.mjs';

const PEPS = join(dirname(fileURLToPath(import.meta.url)), '..', 'server', 'peps.cjs');
const LOGIN = 'claire.moreau@caf.example.org';
/** The kernel counts processor time in hundredths of a second. */
const TICKS_PER_SECOND = 100;

/** Starts it, with TLS of its own where told; the caller ends it with `stop`. */
export async function startAppliance({ isTls = false } = {}) {
  const directory = throwAwayFolder(tmpdir());
  const tls = isTls ? await makeCertificate(directory) : undefined;
  const origin = (port) => `${isTls ? 'https' : 'http'}://127.0.0.1:${port}`;
  const password = `Aa1!${randomBytes(16).toString('hex').replace(/[aef]/g, 'x')}`;
  const httpPort = await freePort();
  const sftpPort = await freePort();
  const environment = {
    ...process.env,
    // As the systemd unit starts it.
    MALLOC_MMAP_THRESHOLD_: '16777216',
    PEPS_DATA_DIR: join(directory, 'data'),
    PEPS_HTTP_PORT: String(httpPort),
    PEPS_SFTP_PORT: String(sftpPort),
    PEPS_PUBLIC_URL: origin(httpPort),
    ...(tls && { PEPS_TLS_CERTIFICATE_FILE: tls.certificate, PEPS_TLS_KEY_FILE: tls.key }),
  };
  const peps = (args, input = '') => {
    const { status, stderr } = spawnSync(process.execPath, [PEPS, ...args], { env: environment, input });
    if (status !== 0) throw new Error(`peps ${args.join(' ')}: ${stderr}`);
  };
  const key = join(directory, 'key');
  spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
  const daemon = spawn(process.execPath, [...settings.nodeFlags, PEPS, 'serve'], {
    env: environment,
    stdio: 'ignore',
  });
  await untilHealthy(`${origin(httpPort)}/healthz`);
  peps(['group', 'add', 'Banc']);
  peps(['account', 'add', LOGIN, '--name', 'Claire Moreau', '--side', 'house', '--password-stdin'], password);
  peps(['account', 'key', 'add', LOGIN, '--file', `${key}.pub`]);
  peps(['group', 'member', 'set', 'Banc', LOGIN, 'writer']);
  const url = `${origin(httpPort)}/dav/Banc/`;
  return {
    directory,
    key,
    login: LOGIN,
    password,
    httpPort,
    sftpPort,
    pid: daemon.pid,
    url,
    /** In which `peps` finds it. */
    environment,
    /** As the programs take them. */
    webdav: { url, login: LOGIN, password },
    sftp: { user: LOGIN, port: sftpPort, key },
    residentMib: () => statusOf(daemon.pid, 'VmRSS') / 1024,
    /** The most it ever was. */
    peakMib: () => statusOf(daemon.pid, 'VmHWM') / 1024,
    cpuSeconds: () => cpuSecondsOf(daemon.pid),
    async stop() {
      await ended(daemon, directory);
    },
  };
}

/** Ends a server and removes its folder. */
export async function ended(server, folder) {
  if (server.exitCode === null) {
    const gone = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGTERM');
    await gone;
  }
  rmSync(folder, { recursive: true, force: true });
}

const thrownAway = new Set();
process.once('exit', () => {
  for (const folder of thrownAway) rmSync(folder, { recursive: true, force: true });
});

/** A folder that goes with the process, if nobody removes it before. */
export function throwAwayFolder(parent) {
  const folder = mkdtempSync(join(parent, 'peps-bench-'));
  thrownAway.add(folder);
  return folder;
}

/** A TCP port that nobody listens on. */
export function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Waits until something answers at an address, whatever it says. */
export async function untilAnswers(url) {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (await fetch(url).catch(() => undefined)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`Nothing answers at ${url}.`);
}

async function untilHealthy(address) {
  for (let attempt = 0; attempt < 300; attempt++) {
    // Its certificate is signed by itself.
    const status = await run('curl', ['-sk', '-o', '/dev/null', '-w', '%{http_code}', address]).catch(
      () => '',
    );
    if (status === '200') return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('The appliance did not start.');
}

/** A line of /proc/PID/status, in KiB. */
function statusOf(pid, name) {
  return Number(
    new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1],
  );
}

/** Of all its threads, in user and system mode. */
function cpuSecondsOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}
