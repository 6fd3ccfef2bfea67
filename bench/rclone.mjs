// Debian's rclone serving a folder over WebDAV on loopback, in clear and over TLS.
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ended, freePort, untilAnswers } from './appliance.mjs';
import { makeCertificate } from './certificate.mjs';
import { hasPrograms } from './programs.mjs';

/** `url`, `tlsUrl` and the folder `files`; undefined where it is not installed. The caller ends it with `stop`. */
export async function startRclone({ directory }) {
  if (!hasPrograms({ rclone: 'rclone', openssl: 'openssl' })) return undefined;
  const folder = join(directory, 'rclone');
  const files = join(folder, 'dav');
  mkdirSync(files, { recursive: true });
  const [login, password] = ['claire', 'claire-de-banc'];
  const { key, certificate } = await makeCertificate(folder);
  const serve = (port, ...more) =>
    spawn(
      'rclone',
      ['serve', 'webdav', files, '--addr', `127.0.0.1:${port}`, '--user', login, '--pass', password, ...more],
      { stdio: 'ignore', env: { ...process.env, RCLONE_CONFIG: join(folder, 'rclone.conf') } },
    );
  const [port, tlsPort] = [await freePort(), await freePort()];
  const servers = [serve(port), serve(tlsPort, '--cert', certificate, '--key', key)];
  const door = { name: 'rclone', login, password, url: `http://127.0.0.1:${port}/` };
  await untilAnswers(door.url);
  return {
    ...door,
    files,
    tlsUrl: `https://127.0.0.1:${tlsPort}/`,
    async stop() {
      for (const server of servers) await ended(server, folder);
    },
  };
}
