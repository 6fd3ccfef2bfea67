// Debian's sshd with its sftp-server on loopback, in a throw-away folder with a configuration of its own. The system's
// service is not touched.
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { ended, freePort } from './appliance.mjs';
import { hasPrograms, run } from './programs.mjs';

/** sshd for the account that runs the benchmark. Undefined where it is not installed. The caller ends it with `stop`. */
export async function startSshd({ directory, key }) {
  if (!hasPrograms({ sshd: 'openssh-server', 'sftp-server': 'openssh-sftp-server' })) return undefined;
  const folder = join(directory, 'sshd');
  mkdirSync(folder);
  if (userInfo().uid === 0) mkdirSync('/run/sshd', { recursive: true });
  const hostKey = join(folder, 'host');
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', hostKey]);
  const port = await freePort();
  const lines = [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${hostKey}`,
    `AuthorizedKeysFile ${key}.pub`,
    'StrictModes no',
    'PermitRootLogin yes',
    'PasswordAuthentication no',
    `PidFile ${join(folder, 'pid')}`,
    'Subsystem sftp /usr/lib/openssh/sftp-server',
  ];
  writeFileSync(join(folder, 'config'), `${lines.join('\n')}\n`);
  const server = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', join(folder, 'config')], { stdio: 'ignore' });
  await new Promise((resolve) => setTimeout(resolve, 500));
  const door = { name: 'OpenSSH', user: userInfo().username, key, port, root: folder };
  return { ...door, folder, stop: () => ended(server, folder) };
}
