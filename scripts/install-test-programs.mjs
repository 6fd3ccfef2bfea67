// The real programs that tests drive. On Debian as root the missing ones are installed; elsewhere they are named, and the
// tests that need them say that they are skipped. With CI=true a missing program is a failure.
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';

/** Program on the PATH, and the Debian package that brings it. */
const PROGRAMS = {
  chromium: 'chromium',
  litmus: 'litmus',
  cadaver: 'cadaver',
  curl: 'curl',
  openssl: 'openssl',
  sftp: 'openssh-client',
  'ssh-keygen': 'openssh-client',
  lftp: 'lftp',
  rclone: 'rclone',
  sshfs: 'sshfs',
  psftp: 'putty-tools',
  strace: 'strace',
  'systemd-analyze': 'systemd',
};
const PARAMIKO = { module: 'paramiko', package: 'python3-paramiko' };

const before = missing();
if (before.length > 0 && canInstall()) {
  say(`installing ${before.map((it) => it.package).join(' ')}`);
  apt('update', '-qq');
  apt('install', '-y', '-qq', '--no-install-recommends', ...new Set(before.map((it) => it.package)));
}
const after = missing();
for (const { program, package: name } of after)
  say(`MISSING: ${program} (Debian package ${name}); its tests are skipped`);
if (after.length > 0 && process.env.CI === 'true') {
  say('with CI=true nothing may be missing');
  process.exitCode = 1;
}

function missing() {
  const absent = Object.entries(PROGRAMS)
    .filter(([program]) => !isOnPath(program))
    .map(([program, name]) => ({ program, package: name }));
  return hasParamiko() ? absent : [...absent, { program: 'paramiko for Python', package: PARAMIKO.package }];
}

function isOnPath(program) {
  return `${process.env.PATH}:/usr/sbin:/sbin`.split(path.delimiter).some((folder) => {
    try {
      accessSync(path.join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Debian's own Python, whatever another one on the PATH may have. */
function hasParamiko() {
  return spawnSync('/usr/bin/python3', ['-c', `import ${PARAMIKO.module}`]).status === 0;
}

function canInstall() {
  return process.getuid?.() === 0 && isOnPath('apt-get');
}

function apt(...args) {
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { status } = spawnSync('apt-get', args, { stdio: ['ignore', 2, 2], env: environment });
  if (status !== 0) say(`apt-get ${args[0]} failed`);
}

function say(text) {
  process.stderr.write(`peps: ${text}\n`);
}
