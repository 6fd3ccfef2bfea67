// kill -9 while 8 clients deposit, overwrite, move and delete over WebDAV and SFTP. Every time the daemon starts again, what
// was acknowledged must be there, whole, on both doors; what was not may be there, but whole.
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { createLedger } from './ledger.mjs';
import { countKinds, createOracle } from './oracle.mjs';
import { ACKNOWLEDGED } from './outcome.mjs';
import { CLAIRE, createPlace, PAUL, pause, populate, startDaemon } from './place.mjs';
import { progress, report, setting } from './report.mjs';
import { connectSftp } from './sftp-client.mjs';
import { createWebdavClient } from './webdav-client.mjs';
import { planWriters, runWriter } from './writers.mjs';

const KILLS = setting('FAULTS_KILLS', 25);
const WRITERS = setting('FAULTS_WRITERS', 8);
/** Contents stay restorable for a day: a fresh folder now and then keeps a long campaign small. */
const KILLS_PER_FOLDER = 50;

export async function bench() {
  const figures = { kills: 0 };
  const findings = [];
  while (figures.kills < KILLS && findings.length < 50) {
    const kills = Math.min(KILLS_PER_FOLDER, KILLS - figures.kills);
    // Every other folder sends its mails at once, so that mails on their way are killed too.
    const quietSeconds = (figures.kills / KILLS_PER_FOLDER) % 2 === 0 ? 900 : 1;
    const generation = await runGeneration(kills, quietSeconds);
    for (const [key, value] of Object.entries(generation.figures)) figures[key] = (figures[key] ?? 0) + value;
    findings.push(...generation.findings);
    progress(
      `${figures.kills} of ${KILLS} kills, ${figures.acknowledged} acknowledged, ${findings.length} findings`,
    );
  }
  const kinds = countKinds(findings);
  report('kills', {
    figures: {
      ...figures,
      acknowledgedLost: kinds.lost ?? 0,
      partialVisible: (kinds.partial ?? 0) + (kinds.unexpected ?? 0),
      activityMismatches: kinds.activity ?? 0,
      mailMismatches: kinds.mail ?? 0,
      otherFindings: kinds,
    },
    findings,
    notes: [`${WRITERS} writers, half over each door; ledger on another file system than the data.`],
  });
}

/** So many kills on one folder, then everything is looked at. */
async function runGeneration(kills, quietSeconds) {
  const place = await createPlace({ quietSeconds });
  const ledger = createLedger(join(place.notes, 'ledger.jsonl'));
  const oracle = createOracle({ place, ledger });
  const writers = planWriters(WRITERS);
  const folders = writers.map(({ client }) => client);
  let daemon;
  try {
    populate(place);
    daemon = await startDaemon(place);
    await makeFolders(place, folders);
    for (let kill = 0; kill < kills; kill++) {
      const first = ledger.operations.length;
      await workUntilKilled(place, ledger, writers, daemon);
      daemon = await startDaemon(place);
      await lookThroughDoors(place, oracle, folders, pathsSince(ledger, first));
    }
    await lookThroughDoors(place, oracle, folders);
    if (quietSeconds < 900) await pause(3000);
    const counted = await oracle.verifyRecords();
    return { figures: { kills, ...counted }, findings: oracle.findings };
  } finally {
    await daemon?.end('SIGKILL');
    place.remove();
  }
}

async function makeFolders(place, folders) {
  const webdav = createWebdavClient(place, CLAIRE);
  for (const folder of folders) {
    const { outcome } = await webdav.makeFolder(folder);
    if (outcome !== ACKNOWLEDGED) throw new Error(`The folder ${folder} could not be made.`);
  }
  webdav.close();
}

/** A kill before anything was stored would prove little: each round waits for some acknowledgements first. */
async function workUntilKilled(place, ledger, writers, daemon) {
  const stop = new AbortController();
  const work = writers.map((writer) => runWriter(place, ledger, writer, stop.signal));
  const enough = ledger.count(ACKNOWLEDGED) + randomInt(1, 4 * writers.length);
  for (let turn = 0; turn < 3000 && ledger.count(ACKNOWLEDGED) < enough; turn++) await pause(5);
  await pause(randomInt(0, 120));
  await daemon.end('SIGKILL');
  stop.abort();
  await Promise.all(work);
}

/** Paul reads: he takes part in nothing else. */
async function lookThroughDoors(place, oracle, folders, paths) {
  const webdav = createWebdavClient(place, PAUL);
  const sftp = await connectSftp(place, PAUL);
  await oracle.settle([webdav, sftp]);
  await oracle.verifyDoors([webdav, sftp], folders, paths);
  webdav.close();
  await sftp.close();
}

/** What the last round touched and still is there. */
function pathsSince(ledger, first) {
  const touched = ledger.operations.slice(first).flatMap(({ path, to }) => (to ? [path, to] : [path]));
  return [...new Set(touched)].filter((path) => ledger.expected.has(path));
}
