// Debian's Apache with mod_dav on loopback, in a throw-away folder with a configuration of its own. The system's service is
// not touched.
import { spawn } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { ended, freePort, untilAnswers } from './appliance.mjs';
import { makeCertificate } from './certificate.mjs';
import { hasPrograms, run } from './programs.mjs';

const MODULES = '/usr/lib/apache2/modules';
const LOADED = [
  'mpm_event',
  'authn_core',
  'authn_file',
  'authz_core',
  'authz_user',
  'auth_basic',
  'dav',
  'dav_fs',
  'dav_lock',
  'headers',
  'mime',
  'socache_shmcb',
  'ssl',
];

/** Apache in a folder of the appliance's, as startRclone. */
export async function startApache({ directory }) {
  if (!hasPrograms({ apache2: 'apache2', htpasswd: 'apache2-utils', openssl: 'openssl' })) return undefined;
  const folder = join(directory, 'apache');
  const files = join(folder, 'dav');
  mkdirSync(files, { recursive: true });
  const [port, tlsPort] = [await freePort(), await freePort()];
  const [login, password] = ['claire', 'claire-de-banc'];
  // SHA-1, its cheapest hash: Apache checks the password at every request and remembers nothing.
  await run('htpasswd', ['-bcs', join(folder, 'passwords'), login, password]);
  const { key, certificate } = await makeCertificate(folder);
  const config = join(folder, 'apache.conf');
  writeFileSync(config, apacheConfig({ folder, files, port, tlsPort, key, certificate }));
  const isRoot = userInfo().uid === 0;
  if (isRoot) await giveToWebServer(directory, folder);
  await run('/usr/sbin/apache2', ['-t', '-f', config]);
  const server = spawn('/usr/sbin/apache2', ['-D', 'FOREGROUND', '-f', config], { stdio: 'ignore' });
  const door = { name: 'Apache', login, password, url: `http://127.0.0.1:${port}/dav/` };
  await untilAnswers(door.url);
  return {
    ...door,
    files,
    tlsUrl: `https://127.0.0.1:${tlsPort}/dav/`,
    stop: () => ended(server, folder),
  };
}

function apacheConfig({ folder, files, port, tlsPort, key, certificate }) {
  const modules = LOADED.map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`);
  return `${modules.join('\n')}
ServerRoot ${folder}
ServerName 127.0.0.1
PidFile ${folder}/pid
ErrorLog ${folder}/errors
DefaultRuntimeDir ${folder}
User www-data
Group www-data
Listen 127.0.0.1:${port}
Listen 127.0.0.1:${tlsPort}
TypesConfig /etc/mime.types
KeepAlive On
MaxKeepAliveRequests 0
Timeout 600
EnableSendfile On
DavLockDB ${folder}/locks
DocumentRoot ${folder}
<Directory ${folder}>
  Require all denied
</Directory>
<Directory ${files}>
  Dav On
  AuthType Basic
  AuthName bench
  AuthUserFile ${folder}/passwords
  Require valid-user
</Directory>
<VirtualHost 127.0.0.1:${tlsPort}>
  SSLEngine on
  SSLCertificateFile ${certificate}
  SSLCertificateKeyFile ${key}
</VirtualHost>
`;
}

/** Started by root it serves as www-data, who must reach the folder and write in it. */
async function giveToWebServer(directory, folder) {
  const [, , uid, gid] = (await run('getent', ['passwd', 'www-data'])).split(':');
  chmodSync(directory, 0o711);
  for (const path of [folder, join(folder, 'dav')]) chownSync(path, Number(uid), Number(gid));
}
