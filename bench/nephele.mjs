// nephele, the WebDAV server for Node, on loopback. It is no dependency of ours: npm puts it into a folder outside, once, when
// it is to be measured. It asks nobody for a password here, which costs it nothing.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ended, freePort, untilAnswers } from './appliance.mjs';
import { makeCertificate } from './certificate.mjs';
import { run } from './programs.mjs';

const PACKAGES = [
  'nephele@1.0.0-alpha.67',
  '@nephele/adapter-file-system@1.0.0-alpha.61',
  '@nephele/authenticator-none@1.0.0-alpha.61',
  'express@5.1.0',
];
const HOME = join(tmpdir(), 'peps-bench-nephele');

const SERVER = `import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import express from 'express';
import nephele from 'nephele';
import FileSystemAdapter from '@nephele/adapter-file-system';
import Authenticator from '@nephele/authenticator-none';

const [root, port, tlsPort, key, certificate] = process.argv.slice(2);
const app = express();
app.use('/', nephele({ adapter: new FileSystemAdapter({ root }), authenticator: new Authenticator() }));
createServer(app).listen(Number(port), '127.0.0.1');
createTlsServer({ key: readFileSync(key), cert: readFileSync(certificate) }, app).listen(Number(tlsPort), '127.0.0.1');
`;

/** As startRclone; undefined, and said so, where npm cannot fetch it. */
export async function startNephele({ directory }) {
  if (!(await isInstalled())) return undefined;
  const folder = join(directory, 'nephele');
  const files = join(folder, 'dav');
  mkdirSync(files, { recursive: true });
  const { key, certificate } = await makeCertificate(folder);
  const [port, tlsPort] = [await freePort(), await freePort()];
  const args = [join(HOME, 'server.mjs'), files, port, tlsPort, key, certificate].map(String);
  const server = spawn(process.execPath, args, {
    stdio: 'ignore',
    env: { ...process.env, NODE_ENV: 'production' },
  });
  const door = { name: 'nephele', login: 'x', password: 'x', url: `http://127.0.0.1:${port}/` };
  await untilAnswers(door.url);
  return { ...door, files, tlsUrl: `https://127.0.0.1:${tlsPort}/`, stop: () => ended(server, folder) };
}

async function isInstalled() {
  mkdirSync(HOME, { recursive: true });
  writeFileSync(join(HOME, 'server.mjs'), SERVER);
  if (existsSync(join(HOME, 'node_modules', 'nephele'))) return true;
  try {
    await run('npm', ['install', '--prefix', HOME, '--no-audit', '--no-fund', ...PACKAGES]);
    return true;
  } catch (error) {
    process.stdout.write(
      `  nephele is not measured, npm could not fetch it: ${error.message.split('\n')[0]}\n`,
    );
    return false;
  }
}
