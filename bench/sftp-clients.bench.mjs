// What jobs use besides OpenSSH's client: rclone and lftp, one large file each way, many small ones over eight connections;
// and how fast one signs in. Against sshd, and against rclone as a server.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { compare } from './comparison.mjs';
import { run, sftp, timed } from './programs.mjs';
import { onScene, writeFiles, writeRandom } from './scene.mjs';
import { settings } from './settings.mjs';

const CONNECTIONS = 8;
const LOGINS = 100;
/** Ratios by peer: enough, and aimed at. */
const GOALS = {
  large: { OpenSSH: [0.9, 1.2], rclone: [1, 1.5] },
  small: { OpenSSH: [1, 1.5], rclone: [1, 1] },
  logins: { OpenSSH: [4, 8], rclone: [0.5, 1] },
};

export const bench = () =>
  onScene(['sshd', 'rclone-sftp'], async ({ appliance, peers, scratch }) => {
    const [file, folder, back] = ['large.bin', 'small', 'back'].map((name) => join(scratch, name));
    await writeRandom(file, settings.largeMib * 1024 * 1024);
    await writeFiles(folder, settings.files);
    const ours = { ...appliance.sftp, root: '/Banc' };
    const row = (title, unit, goals, work) => ({
      title,
      unit,
      ours: work(ours),
      peers: peers.map((peer) => {
        const [least, aim] = goals[peer.name];
        return { name: peer.name, least, aim, work: work(peer) };
      }),
    });
    // A new name every round: a server that writes over its old file would find its pages in memory.
    const large = (title, work) =>
      row(`${title} ${settings.largeMib} MiB`, 'MiB/s', GOALS.large, (door) => async (round) => {
        rmSync(back, { recursive: true, force: true });
        return settings.largeMib / (await timed(() => work(door, `${door.root}/large${round}.bin`)));
      });
    const small = (title, work) =>
      row(`${title}, ${CONNECTIONS} connections`, 'files/s', GOALS.small, (door) => async (round) => {
        rmSync(back, { recursive: true, force: true });
        return settings.files / (await timed(() => work(door, `${door.root}/small${round}`)));
      });
    await compare(
      'sftp-clients',
      [
        large('rclone put', (door, path) => rclone(door, 'copyto', file, `side:${path}`)),
        large('rclone get', (door, path) => rclone(door, 'copyto', `side:${path}`, back)),
        large('lftp put', (door, path) => lftp(door, `put ${file} -o ${path}`)),
        large('lftp get', (door, path) => lftp(door, `get ${path} -o ${back}`)),
        small('lftp mirror -R', (door, path) => lftp(door, `mirror -R -P${CONNECTIONS} ${folder} ${path}`)),
        small('lftp mirror', (door, path) => lftp(door, `mirror -P${CONNECTIONS} ${path} ${back}`)),
        row(`${LOGINS} sign-ins`, 'per s', GOALS.logins, (door) => async () => {
          return LOGINS / (await timed(() => signIn(door)));
        }),
      ],
      appliance,
    );
  });

async function signIn(door) {
  for (let count = 0; count < LOGINS; count++) await sftp(door, 'pwd');
}

function rclone(door, ...args) {
  const settingsOf = {
    TYPE: 'sftp',
    HOST: '127.0.0.1',
    PORT: door.port,
    USER: door.user,
    KEY_FILE: door.key,
  };
  const variables = Object.entries(settingsOf).map(([name, value]) => [
    `RCLONE_CONFIG_SIDE_${name}`,
    String(value),
  ]);
  // Nothing is asked for twice: a digest over a second connection is not what is measured.
  return run('rclone', [...args, '--ignore-checksum', '--ignore-times', '--retries', '1'], {
    env: { ...process.env, RCLONE_CONFIG: '/dev/null', ...Object.fromEntries(variables) },
  });
}

function lftp(door, commands) {
  const ssh = `ssh -a -x -F /dev/null -i ${door.key} -o IdentitiesOnly=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR`;
  const script = [
    `set sftp:connect-program '${ssh}'`,
    'set cmd:fail-exit yes',
    'set net:max-retries 1',
    `open -u ${door.user}, sftp://127.0.0.1:${door.port}`,
    commands,
  ];
  return run('lftp', ['-c', script.join('; ')]);
}
