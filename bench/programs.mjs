// The real programs that make the load: none of them is written in JavaScript, so that the client is not what is measured.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Runs a program to its end and gives what it printed; rejects with its complaints when it fails. */
export function run(program, args, options = {}) {
  const { input = '', ...others } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], ...others });
    let output = '';
    let complaints = '';
    child.stdout.on('data', (text) => (output += text));
    child.stderr.on('data', (text) => (complaints += text));
    child.once('error', reject);
    child.once('close', (code, signal) =>
      code === 0 ? resolve(output) : reject(new Error(`${program} (${code ?? signal}): ${complaints}`)),
    );
    child.stdin.on('error', () => {}).end(input);
  });
}

/** Seconds that a piece of work takes. */
export async function timed(work) {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1000;
}

/** Whether the programs are there; says which Debian package brings one that is not. */
export function hasPrograms(packages) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/lib/openssh'];
  const missing = Object.keys(packages).filter((name) => !folders.some((at) => existsSync(join(at, name))));
  for (const name of missing)
    process.stdout.write(`  ${name} is missing (Debian package ${packages[name]}).\n`);
  return missing.length === 0;
}

/** curl as one account; a status of 400 and more is a failure. A door is `{ url, login, password }`. */
export function curl(door, args, options) {
  return run('curl', ['-sS', '--fail', '-u', `${door.login}:${door.password}`, ...args], options);
}

/** OpenSSH's sftp with a list of commands. A door is `{ user, port, key }`. */
export function sftp(door, commands) {
  const settings = [
    'StrictHostKeyChecking=no',
    'UserKnownHostsFile=/dev/null',
    'IdentitiesOnly=yes',
    'LogLevel=ERROR',
    `User=${door.user}`,
  ];
  const args = ['-q', '-b', '-', '-i', door.key, '-P', String(door.port)];
  return run('sftp', [...args, ...settings.flatMap((setting) => ['-o', setting]), '127.0.0.1'], {
    input: `${commands}\n`,
  });
}

/** wrk for so many seconds; gives requests per second. Any answer but 2xx is a failure, and so is more than one broken connection in 100 requests. */
export async function wrk(door, { connections, seconds, script, words = [] }) {
  const authorization = Buffer.from(`${door.login}:${door.password}`).toString('base64');
  const load = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '30s', '-s', script];
  const output = await run('wrk', [
    ...load,
    '-H',
    `Authorization: Basic ${authorization}`,
    door.url,
    '--',
    ...words.map(String),
  ]);
  const figureOf = (pattern) => Number(pattern.exec(output)?.[1]);
  const broken = output.match(/(?<=(connect|read|write|timeout) )\d+/g) ?? [];
  const requests = figureOf(/(\d+) requests in/);
  // Apache ends a kept connection now and then.
  if (/Non-2xx/.test(output) || broken.reduce((sum, count) => sum + Number(count), 0) > requests / 100)
    throw new Error(`wrk: ${output}`);
  return figureOf(/Requests\/sec:\s+([\d.]+)/);
}
