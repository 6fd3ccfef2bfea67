// One large file each way over both doors, beside Debian's sshd with its sftp-server in the same run. Sealing, hashing,
// syncing, recording and quota are on; sshd does none of them.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { freePort, startAppliance } from './appliance.mjs';

const SIZE_MIB = Number(process.env.BENCH_MIB ?? 1024);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const SSHD = '/usr/sbin/sshd';
const SFTP_SERVER = '/usr/lib/openssh/sftp-server';

export async function bench() {
  const appliance = await startAppliance();
  const sshd = await startSshd(appliance);
  try {
    const file = join(appliance.directory, 'large.bin');
    const back = join(appliance.directory, 'back.bin');
    spawnSync('sh', ['-c', `head -c ${SIZE_MIB * 1048576} /dev/urandom > ${file}`]);
    const ours = (commands) => sftp(appliance.key, appliance.login, appliance.sftpPort, commands);
    const theirs = sshd && ((commands) => sftp(appliance.key, userInfo().username, sshd.port, commands));
    const login = ['-sS', '--fail', '-u', `${appliance.login}:${appliance.password}`];
    const works = {
      'webdav put': () => run('curl', [...login, '-T', file, `${appliance.url}large.bin`]),
      'webdav get': () => run('curl', [...login, '-o', back, `${appliance.url}large.bin`]),
      'sftp put': () => ours(`put ${file} Banc/sftp.bin`),
      'sftp get': () => ours(`get Banc/sftp.bin ${back}`),
      ...(theirs && {
        'sshd put': () => theirs(`put ${file} ${sshd.folder}/sftp.bin`),
        'sshd get': () => theirs(`get ${sshd.folder}/sftp.bin ${back}`),
      }),
    };
    const seconds = Object.fromEntries(Object.keys(works).map((name) => [name, []]));
    for (let round = 0; round < ROUNDS; round++)
      for (const [name, work] of Object.entries(works)) seconds[name].push(timed(work));
    report(seconds, appliance.residentMib());
  } finally {
    sshd?.stop();
    await appliance.stop();
  }
}

function report(seconds, residentMib) {
  const speed = (name) => SIZE_MIB / median(seconds[name]);
  for (const name of Object.keys(seconds)) {
    const peer = name.replace('sftp', 'sshd');
    const ratio = peer !== name && seconds[peer] ? `  ${(speed(name) / speed(peer)).toFixed(2)} x sshd` : '';
    process.stdout.write(`  ${name.padEnd(12)} ${speed(name).toFixed(0).padStart(6)} MiB/s${ratio}\n`);
  }
  process.stdout.write(
    `  median of ${ROUNDS}, ${SIZE_MIB} MiB each; resident after all of it ${residentMib.toFixed(0)} MiB\n`,
  );
}

function sftp(key, user, port, commands) {
  const options = [
    'StrictHostKeyChecking=no',
    'UserKnownHostsFile=/dev/null',
    'IdentitiesOnly=yes',
    'LogLevel=ERROR',
  ];
  const args = [
    '-q',
    '-b',
    '-',
    '-i',
    key,
    '-P',
    String(port),
    ...options.flatMap((option) => ['-o', option]),
  ];
  run('sftp', [...args, '-o', `User=${user}`, '127.0.0.1'], `${commands}\n`);
}

function run(program, args, input) {
  const { status, stderr } = spawnSync(program, args, { input, stdio: ['pipe', 'ignore', 'pipe'] });
  if (status !== 0) throw new Error(`${program}: ${stderr}`);
}

function timed(work) {
  const startedAt = performance.now();
  work();
  return (performance.now() - startedAt) / 1000;
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

/** Debian's server on loopback with a host key of its own; undefined where it is not installed. */
async function startSshd({ directory, key }) {
  if (!existsSync(SSHD) || !existsSync(SFTP_SERVER)) {
    process.stdout.write('  sshd is not installed (openssh-server): no ratios.\n');
    return undefined;
  }
  const folder = join(directory, 'sshd');
  mkdirSync(folder);
  mkdirSync('/run/sshd', { recursive: true });
  const hostKey = join(folder, 'host');
  spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', hostKey]);
  const port = await freePort();
  const settings = [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${hostKey}`,
    `AuthorizedKeysFile ${key}.pub`,
    'StrictModes no',
    'PermitRootLogin yes',
    'PasswordAuthentication no',
    `PidFile ${join(folder, 'pid')}`,
    `Subsystem sftp ${SFTP_SERVER}`,
  ];
  writeFileSync(join(folder, 'config'), `${settings.join('\n')}\n`);
  const server = spawn(SSHD, ['-D', '-e', '-f', join(folder, 'config')], { stdio: 'ignore' });
  await new Promise((resolve) => setTimeout(resolve, 500));
  return {
    port,
    folder,
    stop() {
      server.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
