// PROPFIND of one large folder, as Explorer asks (for everything) and as Finder and rclone do (for a few properties).
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { compare } from './comparison.mjs';
import { curl, sftp } from './programs.mjs';
import { onScene, writeFiles } from './scene.mjs';
import { settings } from './settings.mjs';

const NAMED = `<?xml version="1.0"?><propfind xmlns="DAV:"><prop><resourcetype/><getcontentlength/><getlastmodified/><getetag/></prop></propfind>`;

export const bench = () =>
  onScene(['apache'], async ({ appliance, apache, scratch }) => {
    const folder = join(scratch, 'list');
    await writeFiles(folder, settings.children);
    await sftp(appliance.sftp, `put -r ${folder} Banc/list`);
    if (apache) await cp(folder, join(apache.files, 'list'), { recursive: true });
    const lists = (door, body) => async () => {
      const asked = ['-X', 'PROPFIND', '-H', 'Depth: 1', '-H', 'Content-Type: application/xml', '-d', body];
      const measured = ['-o', join(scratch, 'answer.xml'), '-w', '%{http_code} %{time_total}'];
      const [status, seconds] = (await curl(door, [...asked, ...measured, `${door.url}list/`])).split(' ');
      if (status !== '207') throw new Error(`PROPFIND was answered ${status}.`);
      return settings.children / Number(seconds);
    };
    const row = (title, body) => ({
      title,
      unit: 'entries/s',
      peer: 'Apache',
      least: 1.2,
      aim: 2,
      ours: lists(appliance.webdav, body),
      ...(apache && { theirs: lists(apache, body) }),
    });
    const rows = [
      row(`PROPFIND of ${settings.children}, allprop`, ''),
      row(`PROPFIND of ${settings.children}, named`, NAMED),
    ];
    await compare('listing', rows, appliance);
  });
