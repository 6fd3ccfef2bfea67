// kill -9 while 8 clients deposit, overwrite, move and delete over WebDAV and SFTP. Every time the daemon starts again, what
// was acknowledged must be there, whole, on both doors; what was not may be there, but whole.
import { join } from 'node:path';
import { createLedger } from './ledger.mjs';
import { countKinds, createOracle } from './oracle.mjs';
import { createPlace, pause, populate, startDaemon } from './place.mjs';
import { progress, report, setting } from './report.mjs';
import { lookThroughDoors, makeFolders, pathsSince, workUntil } from './rounds.mjs';
import { planWriters } from './writers.mjs';

const KILLS = setting('FAULTS_KILLS', 25);
const WRITERS = setting('FAULTS_WRITERS', 8);
/** Contents stay restorable for a day: a fresh folder now and then keeps a long campaign small. */
const KILLS_PER_FOLDER = 50;
/** Between these, one door is looked through, in turn. */
const LOOK_THROUGH_BOTH = 10;

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
      `${figures.kills} of ${KILLS} kills, ${figures.acknowledged} acknowledged, findings: ${JSON.stringify(countKinds(findings))}`,
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
      findings: kinds,
    },
    findings,
    notes: [`${WRITERS} writers, half over each door.`],
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
      await workUntil({ place, ledger, writers, fell: () => daemon.end('SIGKILL') });
      daemon = await startDaemon(place);
      const doors = kill % LOOK_THROUGH_BOTH === 0 ? undefined : [kill % 2 === 0 ? 'webdav' : 'sftp'];
      await lookThroughDoors(place, oracle, folders, { paths: pathsSince(ledger, first), doors });
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
