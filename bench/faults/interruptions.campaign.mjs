// Deposits broken off at 20 positions, in four ways over each door, new and over a file that is there: nothing of them is ever
// seen by anybody else, nobody is told by mail, the old content stays, and nothing stays set aside.
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cutSftp, cutSftpPacket, cutTls, cutWebdav, startTlsProxy } from './cutters.mjs';
import { createLedger } from './ledger.mjs';
import { countKinds, createOracle, openReadOnly } from './oracle.mjs';
import { ACKNOWLEDGED, UNKNOWN } from './outcome.mjs';
import { CLAIRE, createPlace, GROUP, NADIA, PAUL, pause, pepsRows, populate, startDaemon } from './place.mjs';
import { progress, report, setting } from './report.mjs';
import { makeFolders } from './rounds.mjs';
import { connectSftp } from './sftp-client.mjs';
import { createWebdavClient } from './webdav-client.mjs';
import { content } from './writers.mjs';

const ROUNDS = setting('FAULTS_INTERRUPTION_ROUNDS', 1);
const AT_ONCE = 8;
/** One that fits in a few frames and one that an appliance may park for its depositor. */
const SIZES = [400_000, 2_500_000];
const FRAME = 65_536;

export async function bench() {
  const place = await createPlace();
  const ledger = createLedger(join(place.notes, 'ledger.jsonl'));
  const oracle = createOracle({ place, ledger });
  let daemon;
  let proxy;
  try {
    populate(place);
    daemon = await startDaemon(place);
    const certificate = makeCertificate(place);
    proxy = certificate && (await startTlsProxy(place, certificate));
    const cases = Array.from({ length: ROUNDS }, (_, round) => planRound(round, proxy)).flat();
    await makeFolders(
      place,
      Array.from({ length: ROUNDS }, (_, round) => `r${round}`),
    );
    const heard = await runAll(place, ledger, oracle, cases);
    await settleAndVerify(place, ledger, oracle);
    report('interruptions', {
      figures: figuresOf(ledger, oracle, cases, heard),
      findings: oracle.findings,
      notes: [
        proxy
          ? 'tls: cut in front of a TLS-terminating proxy that passes the end on as an orderly one.'
          : 'tls: not run, openssl is missing (the proxy needs a certificate).',
      ],
    });
  } finally {
    proxy?.close();
    await daemon?.end('SIGKILL');
    place.remove();
  }
}

function figuresOf(ledger, oracle, cases, heard) {
  const kinds = countKinds(oracle.findings);
  const byEnding = {};
  for (const { door, ending } of cases)
    byEnding[`${door} ${ending}`] = (byEnding[`${door} ${ending}`] ?? 0) + 1;
  return {
    interruptions: cases.length,
    byEnding,
    answersHeard: heard,
    oldFilesOverwritten: ledger.count(ACKNOWLEDGED),
    truncatedOrEarlyVisible:
      (kinds.partial ?? 0) + (kinds.unexpected ?? 0) + (kinds['published-unfinished'] ?? 0),
    oldContentLost: kinds.lost ?? 0,
    falseAcknowledgements: kinds['false-acknowledgement'] ?? 0,
    mailMismatches: kinds.mail ?? 0,
    findings: kinds,
  };
}

/** Every way of ending × position × new and overwrite; sizes change from round to round. */
function planRound(round, proxy) {
  const endings = [
    ['webdav', 'fin'],
    ['webdav', 'rst'],
    ['webdav', 'chunked'],
    ...(proxy ? [['webdav', 'tls']] : []),
    ['sftp', 'fin'],
    ['sftp', 'rst'],
    ['sftp', 'channel'],
    ['sftp', 'packet'],
  ];
  return endings.flatMap(([door, ending]) =>
    [false, true].flatMap((isOverwrite) => {
      const sizeBytes = SIZES[(round + (isOverwrite ? 1 : 0)) % SIZES.length];
      return positions(sizeBytes).map((position, index) => ({
        door,
        ending,
        isOverwrite,
        sizeBytes,
        // All bytes of an announced length are a whole request; over SFTP and in chunks the end is still missing.
        position:
          position === sizeBytes && door === 'webdav' && ending !== 'chunked' ? sizeBytes - 1 : position,
        path: `r${round}/${door}-${ending}-${isOverwrite ? 'over' : 'new'}-${index}.bin`,
        client: `r${round}-${door}-${ending}-${isOverwrite}-${index}`,
        login: index % 2 === 0 ? CLAIRE : NADIA,
        tlsPort: proxy?.port,
      }));
    }),
  );
}

/** 20 of them: the edges, frames' ends and their neighbours, the rest by chance. */
function positions(sizeBytes) {
  const edges = [
    0,
    1,
    FRAME - 1,
    FRAME,
    FRAME + 1,
    4 * FRAME,
    sizeBytes / 2,
    sizeBytes - FRAME,
    sizeBytes - 1,
    sizeBytes,
  ];
  return [...edges, ...Array.from({ length: 20 - edges.length }, () => randomInt(2, sizeBytes - 1))];
}

async function runAll(place, ledger, oracle, cases) {
  const heard = {};
  const queue = [...cases];
  const work = async () => {
    const depositors = {
      [CLAIRE]: createWebdavClient(place, CLAIRE),
      [NADIA]: createWebdavClient(place, NADIA),
    };
    for (let one = queue.shift(); one; one = queue.shift()) {
      const status = await interrupt(place, ledger, oracle, one, depositors[one.login]);
      heard[status] = (heard[status] ?? 0) + 1;
      if (queue.length > 0 && queue.length % 100 === 0) progress(`${queue.length} interruptions to go`);
    }
    for (const client of Object.values(depositors)) client.close();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return heard;
}

async function interrupt(place, ledger, oracle, one, depositor) {
  const { path, client, isOverwrite, sizeBytes } = one;
  if (isOverwrite) {
    const { body, ...old } = content(randomInt(1, 50_000));
    const begun = ledger.begin({ client, act: 'put', path, ...old });
    ledger.end(begun, await depositor.put(path, body()));
  }
  const { body, ...fresh } = content(sizeBytes);
  const begun = ledger.begin({ client, act: 'put', path, ...fresh, cutAt: one.position });
  const status = await cut(place, { ...one, body: body() });
  ledger.end(begun, { outcome: UNKNOWN, status });
  if (status >= 200 && status < 300) oracle.find('false-acknowledgement', { ...one, status });
  return status;
}

function cut(place, one) {
  const isReset = one.ending === 'rst' || (one.ending !== 'fin' && one.position % 2 === 1);
  if (one.door === 'webdav' && one.ending === 'tls')
    return cutTls(place, { ...one, isReset, isChunked: one.position % 4 > 1 });
  if (one.door === 'webdav')
    return cutWebdav(place, { ...one, isReset, isChunked: one.ending === 'chunked' });
  if (one.ending === 'packet') return cutSftpPacket(place, { ...one, position: one.position + 100, isReset });
  return cutSftp(place, { ...one, ending: isReset && one.ending === 'rst' ? 'reset' : one.ending });
}

async function settleAndVerify(place, ledger, oracle) {
  await untilNothingIsUnderWay(place);
  const folders = Array.from({ length: ROUNDS }, (_, round) => `r${round}`);
  const doors = [createWebdavClient(place, PAUL), await connectSftp(place, PAUL)];
  const cutOff = [...ledger.open.values()];
  await oracle.settle(doors);
  for (const operation of cutOff) if (operation.happened) oracle.find('published-unfinished', operation);
  await oracle.verifyDoors(doors, folders);
  // Who was cut off sees no more of it over WebDAV than anybody else; over SFTP it may be parked for him.
  const depositor = createWebdavClient(place, CLAIRE);
  await oracle.verifyDoors([depositor], folders, []);
  for (const door of [...doors, depositor]) await door.close();
  await oracle.verifyRecords();
  await verifyTold(place, ledger, oracle);
}

/** Each cut is told once in the history, unless the bytes are parked. */
async function verifyTold(place, ledger, oracle) {
  const told = new Map();
  for (const { action, outcome, path } of pepsRows(place, ['activity']))
    if (action === 'deposit' && outcome !== 'ok') told.set(path, (told.get(path) ?? 0) + 1);
  const database = await openReadOnly(place.databaseFile);
  const parked = new Set(
    (await database.all("SELECT name FROM uploads WHERE state = 'parked'")).map(({ name }) => name),
  );
  await database.close();
  for (const { path, outcome } of ledger.operations) {
    if (outcome === ACKNOWLEDGED) continue;
    const rows = told.get(`/${GROUP}/${path}`) ?? 0;
    const isParked = parked.has(path.split('/').at(-1));
    if (rows !== 1 && !(isParked && rows === 0))
      oracle.find('activity', { path, toldAsAborted: rows, isParked });
  }
}

async function untilNothingIsUnderWay(place) {
  const database = await openReadOnly(place.databaseFile);
  for (let turn = 0; turn < 300; turn++) {
    const [{ open }] = await database.all("SELECT COUNT(*) AS open FROM uploads WHERE state = 'open'");
    if (open === 0) break;
    await pause(100);
  }
  await database.close();
}

function makeCertificate(place) {
  const [key, cert] = [join(place.notes, 'tls-key.pem'), join(place.notes, 'tls-cert.pem')];
  const options = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1'];
  const { status } = spawnSync('openssl', [
    'req',
    ...options,
    '-subj',
    '/CN=127.0.0.1',
    '-keyout',
    key,
    '-out',
    cert,
  ]);
  return status === 0 ? { key: readFileSync(key), cert: readFileSync(cert) } : undefined;
}
