// One large file over WebDAV, both ways, in clear. A deposit here is on the disk when it is answered; the others' is made so by a
// sync of their file, which is timed too.
import { join } from 'node:path';
import { compare } from './comparison.mjs';
import { curl, run, timed } from './programs.mjs';
import { onScene, writeRandom } from './scene.mjs';
import { settings } from './settings.mjs';
import { rowOf } from './works.mjs';

export const bench = () =>
  onScene(['apache', 'rclone', 'nephele'], async ({ appliance, peers, scratch }) => {
    const file = join(scratch, 'large.bin');
    await writeRandom(file, settings.largeMib * 1024 * 1024);
    const speed = async (work) => settings.largeMib / (await timed(work));
    const put = (door) => () =>
      speed(async () => {
        await curl(door, ['-T', file, `${door.url}large.bin`]);
        if (door.files) await run('sync', [join(door.files, 'large.bin')]);
      });
    const get = (door) => () => speed(() => curl(door, ['-o', '/dev/null', `${door.url}large.bin`]));
    const common = { unit: 'MiB/s', ours: appliance.webdav, peers };
    const size = `${settings.largeMib} MiB`;
    const rows = [
      rowOf({ ...common, title: `PUT ${size}, both to sync`, goals: { Apache: [0.8, 1.2] } }, put),
      rowOf({ ...common, title: `GET ${size} in clear`, goals: { Apache: [0.3, 0.5] } }, get),
    ];
    await compare('large', rows, appliance);
  });
