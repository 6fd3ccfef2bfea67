// What the daemon does on its own, without its doors: `housekeeping.mjs start|sweep FOLDER AHEAD_MS`. Runs beside the `dist`
// of the copied build.
import { join } from 'node:path';
import { createDiskBlobStore } from './dist/storage/blobs/disk.js';
import { loadOrCreateMasterKey } from './dist/storage/blobs/master-key.js';
import { createStorage } from './dist/storage/create-storage.js';
import { openDatabase } from './dist/storage/metadata/database.js';
import { createSweeper } from './dist/storage/sweeper.js';

const [work, directory, aheadMs] = process.argv.slice(2);
const clock = { now: () => new Date(Date.now() + Number(aheadMs)) };
const databaseUrl = `sqlite:${join(directory, 'peps.sqlite')}`;
const masterKeyFile = join(directory, 'master.key');
const fail = (job, error) => {
  throw new Error(`${job} failed`, { cause: error });
};

const storage = await createStorage({
  databaseUrl,
  dataDir: directory,
  masterKeyFile,
  clock,
  settings: { quietSeconds: 86_400 },
  onError: fail,
});
await storage.start();
if (work === 'sweep') {
  const database = await openDatabase(databaseUrl);
  const foundations = {
    database,
    blobs: await createDiskBlobStore(directory),
    masterKey: await loadOrCreateMasterKey(masterKeyFile),
    clock,
    quietWindow: { quietSeconds: 86_400, latestSeconds: 86_400 },
    houseName: storage.houseName,
  };
  await createSweeper(foundations, fail).runDueJobs();
  await database.close();
}
await storage.close();
