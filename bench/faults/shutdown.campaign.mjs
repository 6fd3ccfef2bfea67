// SIGTERM during 50 transfers of slow clients, 25 each way, over both doors: those that come to their end within the drain are
// stored or delivered whole, the others are cut off cleanly, and the daemon ends with 0 in time. Then a second SIGTERM, which
// ends it at once.
import { join } from 'node:path';
import { createLedger } from './ledger.mjs';
import { countKinds, createOracle } from './oracle.mjs';
import { ACKNOWLEDGED } from './outcome.mjs';
import { createPlace, GROUP, PEOPLE, pause, pepsRows, populate, startDaemon } from './place.mjs';
import { progress, report } from './report.mjs';
import { lookThroughDoors, makeFolders } from './rounds.mjs';
import { beginDeposit } from './slow-deposit.mjs';
import { beginDownload } from './slow-download.mjs';
import { content, openDoor } from './writers.mjs';

const EACH_WAY = 25;
const FOLDER = 'stop';
const SHARED = `${FOLDER}/shared.bin`;
/** More than the kernel's buffers take for a client that reads nothing. */
const SHARED_BYTES = 24 * 1_048_576;
const DRAIN_MS = 30_000;
/** On a loaded machine, for what follows the drain. */
const MARGIN_MS = 5000;
const AT_ONCE_MS = 2000;

export async function bench() {
  const place = await createPlace();
  const campaign = { place, ledger: createLedger(join(place.notes, 'ledger.jsonl')), figures: {} };
  campaign.oracle = createOracle(campaign);
  try {
    populate(place);
    campaign.daemon = await startDaemon(place);
    await makeFolders(place, [FOLDER]);
    await depositShared(campaign);
    await stopOnce(campaign);
    progress('one SIGTERM is done');
    await stopTwice(campaign);
    const { findings } = campaign.oracle;
    report('shutdown', { figures: { ...campaign.figures, findings: countKinds(findings) }, findings });
  } finally {
    await campaign.daemon?.end('SIGKILL');
    place.remove();
  }
}

async function stopOnce(campaign) {
  const { daemon, oracle } = campaign;
  const transfers = await beginTransfers(campaign, 'once');
  const startedAt = performance.now();
  daemon.signal('SIGTERM');
  const refused = await isNewWorkRefused(campaign);
  const work = transfers.map((transfer) => goOn(campaign, transfer));
  const exitCode = await daemon.exited;
  const elapsedMs = performance.now() - startedAt;
  // A client that reads nothing does not hear of the end either.
  for (const { slow, willEnd, way } of transfers) if (!willEnd && way === 'down') await slow.cut();
  await Promise.all(work);
  if (exitCode !== 0) oracle.find('exit-code', { exitCode, errors: daemon.errors.slice(-500) });
  if (elapsedMs > DRAIN_MS + MARGIN_MS) oracle.find('too-late', { elapsedMs });
  if (!refused) oracle.find('takes-new-work', {});
  const byEnd = countEnds(transfers);
  campaign.figures.oneSignal = { exitCode, seconds: Math.round(elapsedMs / 100) / 10, transfers: byEnd };
  await verify(campaign, transfers);
}

async function stopTwice(campaign) {
  const { oracle } = campaign;
  const transfers = await beginTransfers(campaign, 'twice');
  const { daemon } = campaign;
  daemon.signal('SIGTERM');
  // Closer together they count as one: a terminal signals npm and the daemon both.
  await pause(1500);
  const startedAt = performance.now();
  daemon.signal('SIGTERM');
  const exitCode = await daemon.exited;
  const elapsedMs = performance.now() - startedAt;
  for (const transfer of transfers) await stopClient(campaign, transfer);
  if (exitCode !== 143) oracle.find('exit-code', { exitCode, expected: 143 });
  if (elapsedMs > AT_ONCE_MS) oracle.find('too-late', { afterSecondSignalMs: elapsedMs });
  campaign.figures.twoSignals = {
    exitCode,
    milliseconds: Math.round(elapsedMs),
    transfers: transfers.length,
  };
  await verify(campaign, transfers);
}

/** Half of them will come to their end, the others never go on. */
async function beginTransfers(campaign, name) {
  const { place, ledger } = campaign;
  const transfers = [];
  for (let index = 0; index < 2 * EACH_WAY; index++) {
    const door = index % 4 < 2 ? 'webdav' : 'sftp';
    const login = PEOPLE[index % PEOPLE.length];
    const willEnd = index % 3 !== 0;
    const common = { door, login, willEnd, way: index % 2 === 0 ? 'up' : 'down', client: `${name} ${index}` };
    if (common.way === 'up') {
      const { body, ...fresh } = content(2_000_000 + index);
      const path = `${FOLDER}/${name}-${index}.bin`;
      const operation = ledger.begin({ client: common.client, act: 'put', path, ...fresh });
      transfers.push({
        ...common,
        operation,
        slow: await beginDeposit(place, { door, login, path, body: body() }),
      });
    } else transfers.push({ ...common, slow: await beginDownload(place, { door, login, path: SHARED }) });
  }
  // What was written arrives, what is read fills the buffers.
  await pause(500);
  return transfers;
}

async function goOn(campaign, transfer) {
  const { ledger, oracle } = campaign;
  const { way, slow, willEnd, operation, client, door } = transfer;
  const ends = willEnd ? 1000 + Math.random() * 8000 : undefined;
  if (way === 'up') {
    if (ends !== undefined) await pause(ends);
    const result = await (willEnd ? slow.finish() : slow.ended);
    ledger.end(operation, result);
    transfer.isWhole = result.outcome === ACKNOWLEDGED;
  } else {
    if (ends !== undefined) void slow.finish(ends);
    const sha256 = await slow.ended;
    transfer.isWhole = sha256 === ledger.expected.get(SHARED).sha256;
    if (sha256 !== null && !transfer.isWhole) oracle.find('wrong-download', { client });
  }
  if (transfer.isWhole !== willEnd)
    oracle.find('transfer', { client, way, door, willEnd, isWhole: transfer.isWhole });
}

async function stopClient({ ledger }, { way, slow, operation }) {
  await slow.cut();
  if (way === 'up') ledger.end(operation, await slow.ended);
}

/** A door that drains takes nothing new. */
async function isNewWorkRefused({ place }) {
  await pause(300);
  try {
    const connection = await openDoor(place, { door: 'webdav', login: PEOPLE[0] });
    const { outcome } = await connection.put(`${FOLDER}/late.bin`, Buffer.from('late'));
    await connection.close();
    return outcome !== ACKNOWLEDGED;
  } catch {
    return true;
  }
}

/** Started again: stored is what was acknowledged, and each download that was cut off is told as interrupted. */
async function verify(campaign, transfers) {
  const { place, oracle } = campaign;
  const before = campaign.interrupted ?? 0;
  campaign.daemon = await startDaemon(place);
  await lookThroughDoors(place, oracle, [FOLDER]);
  await oracle.verifyRecords();
  campaign.interrupted = pepsRows(place, ['activity']).filter(
    ({ action, outcome, path }) =>
      action === 'read' && outcome === 'interrupted' && path === `/${GROUP}/${SHARED}`,
  ).length;
  const cutOff = transfers.filter(({ way, isWhole }) => way === 'down' && !isWhole).length;
  if (campaign.interrupted - before !== cutOff)
    oracle.find('activity', { downloadsCutOff: cutOff, toldAsInterrupted: campaign.interrupted - before });
}

function countEnds(transfers) {
  const counts = {};
  for (const { way, door, isWhole } of transfers) {
    const key = `${door} ${way} ${isWhole ? 'finished' : 'cut off'}`;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

async function depositShared({ place, ledger }) {
  const connection = await openDoor(place, { door: 'sftp', login: PEOPLE[0] });
  const { body, ...fresh } = content(SHARED_BYTES);
  const operation = ledger.begin({ client: 'shared', act: 'put', path: SHARED, ...fresh });
  ledger.end(operation, await connection.put(SHARED, body()));
  await connection.close();
}
