// What a case finds: a folder of its own with files to send, and variables and functions that lead to one of the two servers.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../programs.mjs';
import { writeRandom } from '../scene.mjs';

const FUNCTIONS = `set -eu -o pipefail
batch() { sftp -q -b - -F "$SSH_CONFIG" "$@" side > out || return; grep -v '^sftp>' out || true; }
fails() { if "$@" > /dev/null 2>&1; then return 1; fi; }
lftps() { lftp -c "set sftp:connect-program 'ssh -a -x -F $SSH_CONFIG'; set cmd:fail-exit yes; set net:max-retries 1; open -u $LOGIN, sftp://127.0.0.1:$PORT; $1"; }
curls() { curl -sSk --key "$KEY" --pubkey "$KEY.pub" -u "$LOGIN:" "$@"; }
fill() { rclone copy -q --transfers 8 --checkers 8 "$1" "side:$BASE/$1"; }
`;

/** `{ name, root, environment }` of a door `{ user, port, key }` whose files lie below `root`. */
export async function sideOf(name, { user, port, key }, root, folder) {
  const config = join(folder, `${name}.ssh`);
  const settings = {
    HostName: '127.0.0.1',
    Port: port,
    User: user,
    IdentityFile: key,
    IdentitiesOnly: 'yes',
    StrictHostKeyChecking: 'no',
    UserKnownHostsFile: '/dev/null',
    LogLevel: 'ERROR',
  };
  const lines = Object.entries(settings).map(([setting, value]) => `  ${setting} ${value}`);
  // By its address as well: lftp gives that.
  writeFileSync(config, `Host side 127.0.0.1\n${lines.join('\n')}\n`);
  await run('puttygen', [key, '-q', '-O', 'private', '-o', `${key}.ppk`]);
  chmodSync(`${key}.ppk`, 0o600);
  const scanned = await run('ssh-keyscan', ['-t', 'ed25519', '-p', String(port), '127.0.0.1']);
  const fingerprint = (await run('ssh-keygen', ['-lf', '-'], { input: scanned })).split(' ')[1];
  const rclone = { TYPE: 'sftp', HOST: '127.0.0.1', PORT: port, USER: user, KEY_FILE: key };
  const environment = {
    ...process.env,
    SSH_CONFIG: config,
    PORT: String(port),
    LOGIN: user,
    KEY: key,
    HOST_KEY: fingerprint,
    HOME: folder,
    RCLONE_CONFIG: join(folder, 'rclone.conf'),
    ...Object.fromEntries(
      Object.entries(rclone).map(([setting, value]) => [`RCLONE_CONFIG_SIDE_${setting}`, String(value)]),
    ),
  };
  writeFileSync(environment.RCLONE_CONFIG, '');
  return { name, root, environment };
}

/** @returns what the script's last line says, `ok` without one, or `FAILED: ` with the complaint. */
export async function play(side, script, { folder, base, seconds }) {
  mkdirSync(folder);
  await writeTree(folder);
  const path = `${side.root}/${base}`;
  const environment = {
    ...side.environment,
    BASE: path,
    URL: `sftp://127.0.0.1:${side.environment.PORT}${encodeURI(path)}`,
  };
  const whole = `${FUNCTIONS}\nbatch <<END\nmkdir $BASE\nEND\n${script}\n`;
  try {
    const output = await run('timeout', ['-k', '5', String(seconds), 'bash', '-c', whole], {
      cwd: folder,
      env: environment,
    });
    const last = output.trim().split('\n').at(-1) ?? '';
    return /^(?:refused|made|done)$/.test(last) ? last : 'ok';
  } catch (error) {
    return `FAILED: ${String(error.message).trim().split('\n').at(-1)}`;
  }
}

/** `source.bin` of 5 MB, `small`, and `tree` with an empty file, accents, spaces and thirty files. */
async function writeTree(folder) {
  await writeRandom(join(folder, 'source.bin'), 5_000_000);
  writeFileSync(join(folder, 'small'), 'small\n');
  const inner = join(folder, 'tree', 'sub', 'été 2026');
  mkdirSync(inner, { recursive: true });
  writeFileSync(join(folder, 'tree', 'empty.flag'), '');
  writeFileSync(join(inner, 'Bilan & co (1).txt'), 'bilan\n');
  for (let index = 0; index < 30; index++)
    writeFileSync(join(folder, 'tree', 'sub', `f${index}.bin`), 'x'.repeat(index * 997));
}
