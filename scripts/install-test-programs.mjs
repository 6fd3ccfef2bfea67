// The real programs that tests drive. On Debian as root the missing ones are installed; elsewhere they are named, and the
// tests that need them say that they are skipped. With CI=true a missing program is a failure.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
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
  'mount.davfs': 'davfs2',
  gio: 'libglib2.0-bin',
  'dbus-run-session': 'dbus',
  psftp: 'putty-tools',
  strace: 'strace',
  'systemd-analyze': 'systemd',
};
/** Module of Debian's own Python, and the package that brings it. */
const MODULES = { paramiko: 'python3-paramiko', 'webdav3.client': 'python3-webdavclient' };
/** Files that are on no PATH. */
const FILES = { '/usr/libexec/gvfsd-dav': 'gvfs-backends' };

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
  const absent = (table, isThere) =>
    Object.entries(table)
      .filter(([program]) => !isThere(program))
      .map(([program, name]) => ({ program, package: name }));
  return [...absent(PROGRAMS, isOnPath), ...absent(MODULES, hasModule), ...absent(FILES, existsSync)];
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
function hasModule(name) {
  return spawnSync('/usr/bin/python3', ['-c', `import ${name}`]).status === 0;
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
