// What campaigns share that let clients work, take the daemon away in some manner, start it again and look.
import { randomInt } from 'node:crypto';
import { ACKNOWLEDGED } from './outcome.mjs';
import { CLAIRE, PAUL, pause } from './place.mjs';
import { createWebdavClient } from './webdav-client.mjs';
import { openDoor, runWriter } from './writers.mjs';

export async function makeFolders(place, folders) {
  const webdav = createWebdavClient(place, CLAIRE);
  for (const folder of folders) {
    const { outcome } = await webdav.makeFolder(folder);
    if (outcome !== ACKNOWLEDGED) throw new Error(`The folder ${folder} could not be made.`);
  }
  webdav.close();
}

/** Writers work until some of their operations were acknowledged, then `fell` ends the daemon while they go on. */
export async function workUntil({ place, ledger, writers, fell, chooseSize }) {
  const stop = new AbortController();
  const work = writers.map((writer) => runWriter(place, ledger, writer, stop.signal, { chooseSize }));
  const enough = ledger.count(ACKNOWLEDGED) + randomInt(1, 4 * writers.length);
  for (let turn = 0; turn < 3000 && ledger.count(ACKNOWLEDGED) < enough; turn++) await pause(5);
  await pause(randomInt(0, 120));
  await fell();
  stop.abort();
  await Promise.all(work);
}

/** Paul, who only reads, looks through both doors (or those named): at all contents, or at those of `paths`. */
export async function lookThroughDoors(place, oracle, folders, { paths, doors = ['webdav', 'sftp'] } = {}) {
  const opened = [];
  for (const door of doors) opened.push(await openDoor(place, { door, login: PAUL }));
  await oracle.settle(opened);
  await oracle.verifyDoors(opened, folders, paths);
  for (const door of opened) await door.close();
}

/** Paths that operations from the `first` on touched and where something must be. */
export function pathsSince(ledger, first) {
  const touched = ledger.operations.slice(first).flatMap(({ path, to }) => (to ? [path, to] : [path]));
  return [...new Set(touched)].filter((path) => ledger.expected.has(path));
}
