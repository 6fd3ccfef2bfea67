// A small ext4 file system filled up, in two ways by turns. `reserve`: until the appliance refuses deposits because only what it
// keeps for itself is left; reading, listing, deleting, moving and signing in must go on. `last byte`: another program takes
// all there is while deposits are half way; nothing may be acknowledged that is not there. Either way, room given back is
// enough: everything works again without a restart.
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { createLedger } from './ledger.mjs';
import { countKinds, createOracle } from './oracle.mjs';
import { ACKNOWLEDGED, REFUSED } from './outcome.mjs';
import { CLAIRE, createPlace, NADIA, PEOPLE, pause, peps, populate, startDaemon } from './place.mjs';
import { progress, report, setting } from './report.mjs';
import { lookThroughDoors, makeFolders } from './rounds.mjs';
import { connectSftp } from './sftp-client.mjs';
import { beginDeposit } from './slow-deposit.mjs';
import { createVolume, whyNoVolumes } from './volumes.mjs';
import { createWebdavClient } from './webdav-client.mjs';
import { content, openDoor } from './writers.mjs';

const ROUNDS = setting('FAULTS_FULL_ROUNDS', 4);
const MIB = 1_048_576;
/** What the appliance keeps free for its database and log (storage/create-storage.ts). */
const RESERVE_BYTES = 256 * MIB;
const ROOM_BYTES = 24 * MIB;
const FOLDER = 'full';
const DOORS = ['webdav', 'sftp'];
const ANSWER_MS = 30_000;

export async function bench() {
  const reason = whyNoVolumes();
  if (reason) return report('disk-full', { figures: { rounds: 0 }, notes: [`Not run: ${reason}.`] });
  const volume = createVolume(512 + ROUNDS * 40);
  const campaign = { volume, answers: {}, meanwhile: {}, rounds: { reserve: 0, 'last byte': 0 } };
  try {
    volume.mount();
    campaign.place = await createPlace({ dataDir: volume.mountPoint });
    campaign.ledger = createLedger(join(campaign.place.notes, 'ledger.jsonl'));
    campaign.oracle = createOracle(campaign);
    populate(campaign.place);
    campaign.daemon = await startDaemon(campaign.place);
    await makeFolders(campaign.place, [FOLDER]);
    for (let round = 0; round < ROUNDS && campaign.daemon.exitCode === undefined; round++)
      await runRound(campaign, round, round % 2 === 0 ? 'reserve' : 'last byte');
    if (campaign.daemon.exitCode !== undefined)
      campaign.oracle.find('ended', { exitCode: campaign.daemon.exitCode, errors: campaign.daemon.errors });
    else await lookThroughDoors(campaign.place, campaign.oracle, [FOLDER]);
    await campaign.oracle.verifyRecords();
    report('disk-full', { figures: figuresOf(campaign), findings: campaign.oracle.findings });
  } finally {
    await campaign.daemon?.end('SIGKILL');
    campaign.place?.remove();
    volume.remove();
  }
}

async function runRound(campaign, round, kind) {
  const { volume, oracle } = campaign;
  for (const door of DOORS) await expectDeposit(campaign, `${round} ${door} spare`, door);
  if (kind === 'reserve') await fillByDeposits(campaign, round);
  else await fillWhileTheyCome(campaign, round);
  await tryAll(campaign, round, kind);
  volume.empty();
  await pause(100);
  for (const door of DOORS) await expectDeposit(campaign, `${round} ${door} after`, door);
  await lookThroughDoors(campaign.place, oracle, [FOLDER], { paths: [] });
  campaign.rounds[kind] += 1;
  progress(`${round + 1} of ${ROUNDS} rounds, findings: ${JSON.stringify(countKinds(oracle.findings))}`);
}

/** Deposits until both doors refuse; each refusal must be the one for a full disk. */
async function fillByDeposits(campaign, round) {
  const { volume, oracle } = campaign;
  volume.fill(RESERVE_BYTES + ROOM_BYTES);
  for (const door of DOORS) {
    for (let number = 0; ; number++) {
      const client = `${round} ${door} filling ${number}`;
      const result = await deposit(campaign, client, door, 4 * MIB);
      if (result.outcome !== ACKNOWLEDGED) {
        judgeRefusal(campaign, 'reserve', door, client, result);
        break;
      }
      if (number > 10) {
        oracle.find('not-refused', { client });
        break;
      }
    }
  }
}

/** The disk fills up to the last byte while two deposits are half way: one of an announced size, one not. */
async function fillWhileTheyCome(campaign, round) {
  const { place, ledger, volume } = campaign;
  const begun = [];
  for (const door of DOORS) {
    const { body, ...fresh } = content(randomInt(3 * MIB, 6 * MIB));
    const client = `${round} ${door} half way`;
    const path = pathOf(client);
    const operation = ledger.begin({ client, act: 'put', path, ...fresh });
    begun.push({
      door,
      operation,
      slow: await beginDeposit(place, { door, login: NADIA, path, body: body() }),
    });
  }
  await pause(100);
  volume.fillUp();
  for (const { door, operation, slow } of begun) {
    const result = await Promise.race([
      slow.finish(),
      pause(ANSWER_MS).then(() => ({ outcome: 'no answer' })),
    ]);
    ledger.end(operation, result);
    judgeRefusal(campaign, 'last byte', door, operation.client, result);
  }
}

function judgeRefusal({ answers, oracle, daemon }, kind, door, client, result) {
  const key = `${door} ${result.status ?? result.outcome}`;
  answers[kind] ??= {};
  answers[kind][key] = (answers[kind][key] ?? 0) + 1;
  // Bytes that had their place already may well be stored on a full disk: acknowledged, they are looked for like all others.
  if (result.outcome === ACKNOWLEDGED && kind === 'last byte') return;
  const isRight = result.outcome === REFUSED && result.status === (door === 'webdav' ? 507 : 4);
  if (!isRight) oracle.find('wrong-answer', { kind, client, result, exitCode: daemon.exitCode });
}

/** What people do on a full disk. With the reserve left, all of it must work; on the last byte it is counted. */
async function tryAll(campaign, round, kind) {
  const { ledger, oracle } = campaign;
  if (kind === 'reserve') changePasswords(campaign.place, round);
  for (const door of DOORS) {
    const spare = `${round} ${door} spare`;
    const connection = await signIn(campaign, kind, door);
    if (!connection) continue;
    const path = pathOf(spare);
    const tell = (act, isDone) => {
      const key = `${act} ${isDone ? 'done' : 'failed'}`;
      campaign.meanwhile[kind] ??= {};
      campaign.meanwhile[kind][key] = (campaign.meanwhile[kind][key] ?? 0) + 1;
      if (!isDone && kind === 'reserve') oracle.find('does-not-go-on', { door, act, round });
    };
    tell('read', (await connection.digest(path)).sha256 !== null);
    tell('list', (await connection.list(FOLDER)) !== null);
    const moved = `${FOLDER}/moved-${round}-${door}.bin`;
    const move = ledger.begin({ client: spare, act: 'move', path, to: moved });
    ledger.end(move, await connection.move(path, moved));
    tell('move', move.outcome === ACKNOWLEDGED);
    if (move.outcome === ACKNOWLEDGED) {
      const removal = ledger.begin({ client: spare, act: 'delete', path: moved });
      ledger.end(removal, await connection.remove(moved));
      tell('delete', removal.outcome === ACKNOWLEDGED);
    }
    await connection.close();
  }
}

/** So that no memory of earlier sign-ins helps. */
function changePasswords(place, round) {
  place.password = `Aa1!${round}-${place.password.slice(-12)}`;
  for (const login of PEOPLE) peps(place, ['account', 'password', login, '--password-stdin'], place.password);
}

async function signIn({ place, oracle, meanwhile }, kind, door) {
  const tell = (key) => {
    meanwhile[kind] ??= {};
    meanwhile[kind][key] = (meanwhile[kind][key] ?? 0) + 1;
  };
  try {
    const connection =
      door === 'webdav'
        ? createWebdavClient(place, CLAIRE)
        : await connectSftp(place, CLAIRE, { password: place.password });
    if ((await connection.list(FOLDER)) === null) throw new Error('Nothing is listed.');
    tell('sign-in done');
    return connection;
  } catch (error) {
    tell('sign-in failed');
    if (kind === 'reserve') oracle.find('does-not-sign-in', { door, message: error.message });
    return undefined;
  }
}

async function expectDeposit(campaign, client, door) {
  const result = await deposit(campaign, client, door, randomInt(1000, 500_000));
  if (result.outcome !== ACKNOWLEDGED) campaign.oracle.find('does-not-recover', { client, result });
}

async function deposit({ place, ledger }, client, door, sizeBytes) {
  const connection = await openDoor(place, { door, login: NADIA });
  const { body, ...fresh } = content(sizeBytes);
  const operation = ledger.begin({ client, act: 'put', path: pathOf(client), ...fresh });
  const result = await connection.put(operation.path, body());
  ledger.end(operation, result);
  await connection.close();
  return result;
}

function pathOf(client) {
  return `${FOLDER}/${client.replaceAll(' ', '-')}.bin`;
}

function figuresOf({ ledger, oracle, answers, meanwhile, rounds }) {
  const kinds = countKinds(oracle.findings);
  return {
    rounds,
    deposits: ledger.count(ACKNOWLEDGED, 'put'),
    refusals: answers,
    meanwhile,
    acknowledgedLost: kinds.lost ?? 0,
    partialVisible: kinds.partial ?? 0,
    didNotRecover: kinds['does-not-recover'] ?? 0,
    findings: kinds,
  };
}
