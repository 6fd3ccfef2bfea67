// OpenSSH's own client against both servers: one large file each way, then a folder of small ones each way. What ours acknowledges is
// on the disk; sshd syncs nothing unless its client asks for it, file by file (-f).
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { compare } from './comparison.mjs';
import { sftp, timed } from './programs.mjs';
import { onScene, writeFiles, writeRandom } from './scene.mjs';
import { settings } from './settings.mjs';

export const bench = () =>
  onScene(['sshd'], async ({ appliance, sshd, scratch }) => {
    const [file, folder, back] = ['large.bin', 'small', 'back'].map((name) => join(scratch, name));
    await writeRandom(file, settings.largeMib * 1024 * 1024);
    await writeFiles(folder, settings.files);
    const ours = { door: appliance.sftp, root: 'Banc' };
    const theirs = sshd && { door: sshd, root: sshd.folder };
    const row = (title, unit, [least, aim], work, synced) => ({
      title,
      unit,
      ours: work(ours),
      peers: theirs
        ? [
            { name: 'OpenSSH', least, aim, work: work(theirs) },
            ...(synced ? [{ name: 'OpenSSH -f', least: 1, aim: 1.5, work: synced(theirs) }] : []),
          ]
        : [],
    });
    // A new name every round: a server that writes over its old file would find its pages in memory.
    const large = (commands) => (side) => async (round) =>
      settings.largeMib / (await timed(() => sftp(side.door, commands(side.root, round))));
    const small = (commands) => (side) => async (round) => {
      rmSync(back, { recursive: true, force: true });
      return settings.files / (await timed(() => sftp(side.door, commands(side.root, round))));
    };
    const rows = [
      row(
        `put ${settings.largeMib} MiB`,
        'MiB/s',
        [1, 1.5],
        large((root, round) => `put ${file} ${root}/large${round}.bin`),
        large((root, round) => `put -f ${file} ${root}/synced${round}.bin`),
      ),
      row(
        `get ${settings.largeMib} MiB`,
        'MiB/s',
        [1, 1.2],
        large((root, round) => `get ${root}/large${round}.bin /dev/null`),
      ),
      row(
        `put -r ${settings.files} x 4 KiB`,
        'files/s',
        [0.6, 1],
        small((root, round) => `put -r ${folder} ${root}/small${round}`),
        small((root, round) => `put -rf ${folder} ${root}/synced${round}`),
      ),
      row(
        `get -r ${settings.files} x 4 KiB`,
        'files/s',
        [0.7, 1],
        small((root, round) => `get -r ${root}/small${round} ${back}`),
      ),
    ];
    await compare('sftp', rows, appliance);
  });
