// Files of 4 KiB over WebDAV by wrk: deposits under new names over 8 and 64 connections, fetches over 8. What Apache takes in
// is not synced; what is deposited here is.
import { cp } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compare } from './comparison.mjs';
import { curl, sftp, wrk } from './programs.mjs';
import { onScene, writeFiles } from './scene.mjs';
import { settings } from './settings.mjs';

const LOADS = join(dirname(fileURLToPath(import.meta.url)), 'load');
const FETCHED = 100;

export const bench = () =>
  onScene(['apache'], async ({ appliance, apache, scratch }) => {
    const doors = apache ? [appliance.webdav, apache] : [appliance.webdav];
    for (const door of doors) await curl(door, ['-X', 'MKCOL', `${door.url}put`]);
    const folder = join(scratch, 'get');
    await writeFiles(folder, FETCHED);
    await sftp(appliance.sftp, `put -r ${folder} Banc/get`);
    if (apache) await cp(folder, join(apache.files, 'get'), { recursive: true });
    const load = (name, connections, words) => (door) => (round) =>
      wrk(
        { ...door, url: `${door.url}${name}/` },
        { connections, seconds: settings.seconds, script: join(LOADS, `${name}.lua`), words: words(round) },
      );
    const row = (title, goals, work) => ({
      title,
      unit: 'requests/s',
      peer: 'Apache',
      ...goals,
      ours: work(appliance.webdav),
      ...(apache && { theirs: work(apache) }),
    });
    const rows = [
      row(
        'PUT 4 KiB, 8 connections',
        { least: 0.3, aim: 0.8 },
        load('put', 8, (round) => [`a${round}-`]),
      ),
      row(
        'PUT 4 KiB, 64 connections',
        { least: 0.3, aim: 0.8 },
        load('put', 64, (round) => [`b${round}-`]),
      ),
      row(
        'GET 4 KiB, 8 connections',
        { least: 0.15, aim: 0.4, floor: 2000 },
        load('get', 8, () => [FETCHED]),
      ),
    ];
    await compare('small', rows, appliance);
  });
