// A throw-away appliance from the build, for benchmarks: one group, one person, one SSH key.
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PEPS = join(dirname(fileURLToPath(import.meta.url)), '..', 'server', 'peps.cjs');
const LOGIN = 'claire.moreau@caf.example.org';

/** Starts it; the caller ends it with `stop`. */
export async function startAppliance() {
  const directory = mkdtempSync(join(tmpdir(), 'peps-bench-'));
  const password = `Aa1!${randomBytes(12).toString('base64url')}`;
  const httpPort = await freePort();
  const sftpPort = await freePort();
  const environment = {
    ...process.env,
    PEPS_DATA_DIR: join(directory, 'data'),
    PEPS_HTTP_PORT: String(httpPort),
    PEPS_SFTP_PORT: String(sftpPort),
    PEPS_PUBLIC_URL: `http://127.0.0.1:${httpPort}`,
  };
  const peps = (args, input = '') => {
    const { status, stderr } = spawnSync(process.execPath, [PEPS, ...args], { env: environment, input });
    if (status !== 0) throw new Error(`peps ${args.join(' ')}: ${stderr}`);
  };
  const key = join(directory, 'key');
  spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
  const daemon = spawn(process.execPath, [PEPS, 'serve'], { env: environment, stdio: 'ignore' });
  await untilHealthy(`http://127.0.0.1:${httpPort}/healthz`);
  peps(['group', 'add', 'Banc']);
  peps(['account', 'add', LOGIN, '--name', 'Claire Moreau', '--side', 'house', '--password-stdin'], password);
  peps(['account', 'key', 'add', LOGIN, '--file', `${key}.pub`]);
  peps(['group', 'member', 'set', 'Banc', LOGIN, 'writer']);
  return {
    directory,
    key,
    login: LOGIN,
    password,
    sftpPort,
    url: `http://127.0.0.1:${httpPort}/dav/Banc/`,
    residentMib: () => Number(spawnSync('ps', ['-o', 'rss=', '-p', String(daemon.pid)]).stdout) / 1024,
    async stop() {
      const gone = new Promise((resolve) => daemon.once('exit', resolve));
      daemon.kill('SIGTERM');
      await gone;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function untilHealthy(address) {
  for (let attempt = 0; attempt < 300; attempt++) {
    const answer = await fetch(address).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('The appliance did not start.');
}
