// What every benchmark begins with: the appliance, the peers it is compared with, and a folder for the clients' files.
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { startApache } from './apache.mjs';
import { startAppliance, throwAwayFolder } from './appliance.mjs';
import { startNephele } from './nephele.mjs';
import { run } from './programs.mjs';
import { startRclone } from './rclone.mjs';
import { startRcloneSftp } from './rclone-sftp.mjs';
import { startSshd } from './sshd.mjs';

const STARTERS = {
  apache: startApache,
  rclone: startRclone,
  'rclone-sftp': startRcloneSftp,
  nephele: startNephele,
  sshd: startSshd,
};

/**
 * Gives `play` the appliance, `peers` (those of the names that are installed), `sshd` if it is among them, and `scratch`; ends
 * all after it.
 */
export async function onScene(names, play, options = {}) {
  const appliance = await startAppliance(options);
  // In memory: the client's own disk is not what is measured.
  const scratch = throwAwayFolder(existsSync('/dev/shm') ? '/dev/shm' : tmpdir());
  const started = [];
  try {
    for (const name of names) {
      const peer = await STARTERS[name](appliance);
      if (peer) started.push(peer);
    }
    const sshd = started.find(({ name }) => name === 'OpenSSH');
    await play({ appliance, peers: started, sshd, scratch });
  } finally {
    for (const peer of started) await peer.stop();
    await appliance.stop();
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Writes a file that no compression and no sparse block makes smaller. */
export async function writeRandom(file, sizeBytes) {
  const cipher = 'openssl enc -aes-128-ctr -pass pass:bench -nosalt -pbkdf2 -in /dev/zero 2>/dev/null';
  await run('sh', ['-c', `${cipher} | head -c ${sizeBytes} > '${file}'`]);
}

/** A folder of files of 4 KiB, named 000001.bin and up. */
export async function writeFiles(folder, count) {
  mkdirSync(folder);
  await writeRandom(`${folder}.all`, count * 4096);
  await run('split', [
    '-b',
    '4096',
    '-a',
    '6',
    '--numeric-suffixes=1',
    '--additional-suffix=.bin',
    `${folder}.all`,
    `${folder}/`,
  ]);
  rmSync(`${folder}.all`);
}
