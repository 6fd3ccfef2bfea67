// PROPFIND of one large folder, as Explorer asks (for everything) and as Finder and rclone do (for a few properties).
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { compare } from './comparison.mjs';
import { curl, sftp } from './programs.mjs';
import { onScene, writeFiles } from './scene.mjs';
import { settings } from './settings.mjs';
import { rowOf } from './works.mjs';

const NAMED = `<?xml version="1.0"?><propfind xmlns="DAV:"><prop><resourcetype/><getcontentlength/><getlastmodified/><getetag/></prop></propfind>`;

export const bench = () =>
  onScene(['apache', 'rclone', 'nephele'], async ({ appliance, peers, scratch }) => {
    const folder = join(scratch, 'list');
    await writeFiles(folder, settings.children);
    await sftp(appliance.sftp, `put -r ${folder} Banc/list`);
    for (const { files } of peers) await cp(folder, join(files, 'list'), { recursive: true });
    const lists = (body) => (door) => async () => {
      // A password is remembered for a minute: its hash is not what is measured.
      await curl(door, ['-X', 'PROPFIND', '-H', 'Depth: 0', '-o', '/dev/null', door.url]);
      const asked = ['-X', 'PROPFIND', '-H', 'Depth: 1', '-H', 'Content-Type: application/xml', '-d', body];
      const measured = ['-o', join(scratch, 'answer.xml'), '-w', '%{http_code} %{time_total}'];
      const [status, seconds] = (await curl(door, [...asked, ...measured, `${door.url}list/`])).split(' ');
      if (status !== '207') throw new Error(`PROPFIND was answered ${status}.`);
      return settings.children / Number(seconds);
    };
    const common = { unit: 'entries/s', ours: appliance.webdav, peers, goals: { Apache: [1.2, 2] } };
    const rows = [
      rowOf({ ...common, title: `PROPFIND of ${settings.children}, allprop` }, lists('')),
      rowOf({ ...common, title: `PROPFIND of ${settings.children}, named` }, lists(NAMED)),
    ];
    await compare('listing', rows, appliance);
  });
