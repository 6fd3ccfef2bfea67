// Debian's rclone serving a folder over SFTP on loopback.
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { ended, freePort } from './appliance.mjs';
import { hasPrograms } from './programs.mjs';

/** A door `{ user, port, key, root }`; undefined where it is not installed. The caller ends it with `stop`. */
export async function startRcloneSftp({ directory, key }) {
  if (!hasPrograms({ rclone: 'rclone' })) return undefined;
  const folder = join(directory, 'rclone-sftp');
  const files = join(folder, 'files');
  mkdirSync(files, { recursive: true });
  const port = await freePort();
  const server = spawn(
    'rclone',
    ['serve', 'sftp', files, '--addr', `127.0.0.1:${port}`, '--authorized-keys', `${key}.pub`],
    { stdio: 'ignore', env: { ...process.env, HOME: folder, RCLONE_CONFIG: join(folder, 'rclone.conf') } },
  );
  await untilListens(port);
  return { name: 'rclone', user: 'claire', key, port, root: '', stop: () => ended(server, folder) };
}

async function untilListens(port) {
  for (let attempt = 0; attempt < 100; attempt++) {
    const isOpen = await new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
      socket.unref();
    });
    if (isOpen) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`Nothing listens on port ${port}.`);
}
