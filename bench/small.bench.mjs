// Files of 4 KiB over WebDAV by wrk: deposits under new names over 8 and 64 connections, fetches over 8. What the others take in
// is not synced; what is deposited here is.
import { cp } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compare } from './comparison.mjs';
import { curl, sftp, wrk } from './programs.mjs';
import { onScene, writeFiles } from './scene.mjs';
import { settings } from './settings.mjs';
import { rowOf } from './works.mjs';

const LOADS = join(dirname(fileURLToPath(import.meta.url)), 'load');
const FETCHED = 100;

export const bench = () =>
  onScene(['apache', 'rclone', 'nephele'], async ({ appliance, peers, scratch }) => {
    const folder = join(scratch, 'get');
    await writeFiles(folder, FETCHED);
    await sftp(appliance.sftp, `put -r ${folder} Banc/get`);
    for (const { files } of peers) await cp(folder, join(files, 'get'), { recursive: true });
    // Later than that: rclone remembers for minutes what a folder held when it was asked first.
    for (const door of [appliance.webdav, ...peers]) await curl(door, ['-X', 'MKCOL', `${door.url}put`]);
    const load = (name, connections, words) => (door) => (round) =>
      wrk(
        { ...door, url: `${door.url}${name}/` },
        { connections, seconds: settings.seconds, script: join(LOADS, `${name}.lua`), words: words(round) },
      );
    const common = { unit: 'requests/s', ours: appliance.webdav, peers };
    const row = (title, apache, work, floor) =>
      rowOf({ ...common, title, floor, goals: { Apache: apache } }, work);
    const rows = [
      row(
        'PUT 4 KiB, 8 connections',
        [0.3, 0.8],
        load('put', 8, (round) => [`a${round}-`]),
      ),
      row(
        'PUT 4 KiB, 64 connections',
        [0.3, 0.8],
        load('put', 64, (round) => [`b${round}-`]),
      ),
      row(
        'GET 4 KiB, 8 connections',
        [0.15, 0.4],
        load('get', 8, () => [FETCHED]),
        2000,
      ),
    ];
    await compare('small', rows, appliance);
  });
