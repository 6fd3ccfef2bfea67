// System calls of one deposit made to fail by strace: what fails is answered with a failure, never acknowledged later, and
// afterwards the daemon reads, signs in and deposits again, or has ended and starts again cleanly.
import { randomInt } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createLedger } from './ledger.mjs';
import { countKinds, createOracle } from './oracle.mjs';
import { ACKNOWLEDGED, REFUSED } from './outcome.mjs';
import { CLAIRE, createPlace, NADIA, PAUL, pause, populate, startDaemon } from './place.mjs';
import { progress, report, setting } from './report.mjs';
import { connectSftp } from './sftp-client.mjs';
import { beginDeposit } from './slow-deposit.mjs';
import { attach, whyNoStrace } from './strace.mjs';
import { createWebdavClient } from './webdav-client.mjs';
import { content } from './writers.mjs';

const ROUNDS = setting('FAULTS_IO_ROUNDS', 1);
const FOLDER = 'io';
const ANSWER_MS = 30_000;

/** `at` gives the path whose calls fail, from the id of the deposit's blob. */
const FAULTS = [
  {
    name: 'fsync of the blob',
    call: 'fsync,fdatasync',
    error: 'EIO',
    at: (data, id) => [join(data, 'staging', id)],
  },
  {
    name: 'fsync of its folder',
    call: 'fsync',
    error: 'EIO',
    at: (data, id) => [join(data, 'blobs', id.slice(0, 2))],
  },
  { name: 'fsync of the database', call: 'fsync,fdatasync', error: 'EIO', at: databaseFiles },
  {
    name: 'write of the blob',
    call: 'pwrite64,pwritev,write',
    error: 'EIO',
    at: (data, id) => [join(data, 'staging', id)],
  },
  {
    name: 'write of the blob',
    call: 'pwrite64,pwritev,write',
    error: 'ENOSPC',
    at: (data, id) => [join(data, 'staging', id)],
  },
  { name: 'write of the database', call: 'pwrite64,write', error: 'EIO', at: databaseFiles },
  { name: 'write of the database', call: 'pwrite64,write', error: 'ENOSPC', at: databaseFiles },
  {
    name: 'rename of the blob',
    call: 'rename,renameat,renameat2',
    error: 'EIO',
    at: (data, id) => [join(data, 'staging', id)],
  },
];

export async function bench() {
  const reason = whyNoStrace();
  if (reason) return report('io-errors', { figures: { injections: 0 }, notes: [`Not run: ${reason}.`] });
  const place = await createPlace();
  const campaign = {
    place,
    ledger: createLedger(join(place.notes, 'ledger.jsonl')),
    answers: {},
    reads: {},
    ends: {},
  };
  campaign.oracle = createOracle(campaign);
  try {
    populate(place);
    campaign.daemon = await startDaemon(place);
    await prepare(campaign);
    for (const one of planCases()) await runCase(campaign, one);
    await campaign.daemon.end('SIGKILL');
    campaign.daemon = await startDaemon(place);
    await verify(campaign);
    report('io-errors', { figures: figuresOf(campaign), findings: campaign.oracle.findings });
  } finally {
    await campaign.daemon?.end('SIGKILL');
    place.remove();
  }
}

function databaseFiles(data) {
  return [join(data, 'peps.sqlite-wal'), join(data, 'peps.sqlite')];
}

function planCases() {
  const cases = [];
  for (let round = 0; round < ROUNDS; round++)
    for (const fault of FAULTS)
      for (const door of ['webdav', 'sftp'])
        for (const isOverwrite of [false, true]) cases.push({ round, fault, door, isOverwrite });
  return cases;
}

async function prepare({ place, ledger }) {
  const webdav = createWebdavClient(place, CLAIRE);
  await webdav.makeFolder(FOLDER);
  const { body, ...kept } = content(100_000);
  ledger.end(
    ledger.begin({ client: 'kept', act: 'put', path: `${FOLDER}/kept.bin`, ...kept }),
    await webdav.put(`${FOLDER}/kept.bin`, body()),
  );
  webdav.close();
}

async function runCase(campaign, { round, fault, door, isOverwrite }) {
  const { place, ledger, oracle } = campaign;
  const client = `${fault.name} ${fault.error} ${door} ${isOverwrite} ${round}`;
  const path = `${FOLDER}/${client.replaceAll(' ', '-')}.bin`;
  if (isOverwrite) await deposit(campaign, client, path);
  const { body, ...fresh } = content(randomInt(200_000, 3_000_000));
  const operation = ledger.begin({
    client,
    act: 'put',
    path,
    ...fresh,
    fault: fault.name,
    error: fault.error,
  });
  const before = new Set(stagedIds(place));
  const slow = await beginDeposit(place, { door, login: NADIA, path, body: body() });
  const id = await newStaged(place, before);
  const paths = fault.at(place.dataDir, id).flatMap((file) => ['-P', file]);
  const inject = ['-e', `trace=${fault.call}`, '-e', `inject=${fault.call}:error=${fault.error}`];
  const strace = await attach(campaign.daemon.pid, [...paths, ...inject], join(place.notes, 'strace.log'));
  const result = await Promise.race([slow.finish(), pause(ANSWER_MS).then(() => ({ outcome: 'no answer' }))]);
  ledger.end(operation, result);
  note(campaign.answers, `${fault.name} ${fault.error}`, `${door} ${result.status ?? result.outcome}`);
  await readMeanwhile(campaign, fault);
  const log = await strace.detach();
  if (!log.includes('(INJECTED)')) oracle.find('not-injected', { client });
  if (result.outcome === ACKNOWLEDGED) oracle.find('false-acknowledgement', { client, result });
  else if (campaign.daemon.exitCode === undefined && !isFailure(door, result, fault))
    oracle.find('wrong-answer', { client, result });
  await goOn(campaign, client);
}

/** 507 for a full disk, another 5xx for a broken one; SFTP has one code for both. */
function isFailure(door, { outcome, status }, { error }) {
  if (outcome !== REFUSED) return false;
  if (door === 'sftp') return status === 4;
  return error === 'ENOSPC' ? status === 507 : status >= 500 && status !== 507;
}

/** While the calls still fail: what is asked of a daemon whose disk is broken. Counted, not judged. */
async function readMeanwhile(campaign, fault) {
  const webdav = createWebdavClient(campaign.place, PAUL);
  const [{ status }, listing] = [await webdav.digest(`${FOLDER}/kept.bin`), await webdav.list(FOLDER)];
  webdav.close();
  note(campaign.reads, `${fault.name} ${fault.error}`, `get ${status}, list ${listing ? 207 : 'failed'}`);
}

/** The fault is over: reading, signing in anew and depositing work, in this process or after a clean start. */
async function goOn(campaign, client) {
  const { place, oracle } = campaign;
  await pause(50);
  note(
    campaign.ends,
    client.split(' ').slice(0, -3).join(' '),
    campaign.daemon.exitCode === undefined ? 'goes on' : `exit ${campaign.daemon.exitCode}`,
  );
  if (campaign.daemon.exitCode !== undefined) campaign.daemon = await startDaemon(place);
  const doors = [
    createWebdavClient(place, PAUL),
    await connectSftp(place, PAUL, { password: place.password }),
  ];
  for (const door of doors) {
    const { sha256 } = await door.digest(`${FOLDER}/kept.bin`);
    if (!sha256) oracle.find('does-not-read', { client, door: door.door });
  }
  await oracle.settle(doors);
  for (const door of doors) await door.close();
  await deposit(campaign, `after ${client}`, `${FOLDER}/after-${client.replaceAll(' ', '-')}.bin`);
}

async function deposit({ place, ledger, oracle }, client, path) {
  const webdav = createWebdavClient(place, CLAIRE);
  const { body, ...fresh } = content(randomInt(1, 100_000));
  const operation = ledger.begin({ client, act: 'put', path, ...fresh });
  const result = await webdav.put(path, body());
  ledger.end(operation, result);
  if (result.outcome !== ACKNOWLEDGED) oracle.find('does-not-deposit', { client, result });
  webdav.close();
}

async function verify({ place, ledger, oracle }) {
  const doors = [createWebdavClient(place, PAUL), await connectSftp(place, PAUL)];
  await oracle.settle(doors);
  await oracle.verifyDoors(doors, [FOLDER]);
  for (const door of doors) await door.close();
  await oracle.verifyRecords();
  progress(`${ledger.operations.length} deposits looked at`);
}

function figuresOf({ ledger, oracle, answers, reads, ends }) {
  const kinds = countKinds(oracle.findings);
  const injected = ledger.operations.filter(({ fault }) => fault);
  return {
    injections: injected.length,
    falseAcknowledgements: kinds['false-acknowledgement'] ?? 0,
    failedYetStoredWhole: injected.filter(({ happened }) => happened).length,
    acknowledgedLost: kinds.lost ?? 0,
    partialVisible: kinds.partial ?? 0,
    answers,
    readsWhileItFails: reads,
    processAfterwards: ends,
    findings: kinds,
  };
}

function note(table, row, column) {
  table[row] ??= {};
  table[row][column] = (table[row][column] ?? 0) + 1;
}

function stagedIds({ dataDir }) {
  return readdirSync(join(dataDir, 'staging'));
}

async function newStaged(place, before) {
  for (let turn = 0; turn < 1000; turn++) {
    const id = stagedIds(place).find((one) => !before.has(one));
    if (id) return id;
    await pause(5);
  }
  throw new Error('The deposit was not begun.');
}
