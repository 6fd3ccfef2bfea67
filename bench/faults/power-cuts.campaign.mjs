// The power taken from an ext4 file system (FS_IOC_SHUTDOWN without flushing its journal) while 8 clients work: what was never
// synced is gone, what was acknowledged must be there. Half of the time the database lies on a file system of its own: on one,
// the sync of its log would also make the names of blobs durable and hide a forgotten sync of their folder.
import { join } from 'node:path';
import { createLedger } from './ledger.mjs';
import { countKinds, createOracle } from './oracle.mjs';
import { createPlace, populate, startDaemon } from './place.mjs';
import { progress, report, setting } from './report.mjs';
import { lookThroughDoors, makeFolders, pathsSince, workUntil } from './rounds.mjs';
import { createVolume, whyNoVolumes } from './volumes.mjs';
import { planWriters } from './writers.mjs';

const CUTS = setting('FAULTS_CUTS', 12);
const WRITERS = 8;
const CUTS_PER_FOLDER = 12;
const VOLUME_MIB = 1024;
/** The journal's own timer is put off, so that nothing becomes durable but what is synced. */
const MOUNTS = ['commit=600', 'commit=600,noauto_da_alloc', 'commit=600,noauto_da_alloc,data=writeback'];

export async function bench() {
  const reason = whyNoVolumes();
  if (reason) return report('power-cuts', { figures: { cuts: 0 }, notes: [`Not run: ${reason}.`] });
  const figures = { cuts: 0 };
  const findings = [];
  for (let folder = 0; figures.cuts < CUTS && findings.length < 50; folder++) {
    const cuts = Math.min(CUTS_PER_FOLDER, CUTS - figures.cuts);
    const generation = await runGeneration(cuts, folder % 2 === 1);
    for (const [key, value] of Object.entries(generation.figures)) figures[key] = (figures[key] ?? 0) + value;
    findings.push(...generation.findings);
    progress(
      `${figures.cuts} of ${CUTS} cuts, ${figures.acknowledged} acknowledged, findings: ${JSON.stringify(countKinds(findings))}`,
    );
  }
  const kinds = countKinds(findings);
  report('power-cuts', {
    figures: {
      ...figures,
      acknowledgedLost: kinds.lost ?? 0,
      partialVisible: (kinds.partial ?? 0) + (kinds.unexpected ?? 0),
      damagedBlobs: kinds.blob ?? 0,
      findings: kinds,
    },
    findings,
    notes: [`ext4 on a loop device, mounted in turn with ${MOUNTS.join(' / ')}.`],
  });
}

async function runGeneration(cuts, isDatabaseApart) {
  const volumes = [createVolume(VOLUME_MIB)];
  let place;
  let daemon;
  try {
    if (isDatabaseApart) volumes.push(createVolume(128));
    for (const volume of volumes) volume.mount(MOUNTS[0]);
    place = await createPlace({ dataDir: volumes[0].mountPoint, databaseDir: volumes.at(-1).mountPoint });
    const ledger = createLedger(join(place.notes, 'ledger.jsonl'));
    const oracle = createOracle({ place, ledger });
    const writers = planWriters(WRITERS);
    const folders = writers.map(({ client }) => client);
    populate(place);
    daemon = await startDaemon(place);
    await makeFolders(place, folders);
    for (let cut = 0; cut < cuts; cut++) {
      const first = ledger.operations.length;
      const fell = () => {
        for (const volume of volumes) volume.cutPower();
      };
      await workUntil({ place, ledger, writers, fell });
      await daemon.end('SIGKILL');
      for (const volume of volumes) {
        volume.unmount();
        volume.mount(MOUNTS[(cut + 1) % MOUNTS.length]);
      }
      daemon = await startDaemon(place);
      await lookThroughDoors(place, oracle, folders, { paths: pathsSince(ledger, first) });
    }
    await lookThroughDoors(place, oracle, folders);
    const counted = await oracle.verifyRecords();
    return { figures: { cuts, ...counted }, findings: oracle.findings };
  } finally {
    await daemon?.end('SIGKILL');
    for (const volume of volumes) volume.remove();
    place?.remove();
  }
}
