// Two `serve` on one folder: the second is refused with a sentence and an exit code that is not 0, the first goes on with what
// it has under way; of two that start together after a crash, one serves.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { freePort } from '../appliance.mjs';
import { createLedger } from './ledger.mjs';
import { countKinds, createOracle } from './oracle.mjs';
import { ACKNOWLEDGED } from './outcome.mjs';
import { createPlace, environmentOf, NADIA, PEPS, pause, populate, startDaemon } from './place.mjs';
import { report, setting } from './report.mjs';
import { lookThroughDoors, makeFolders } from './rounds.mjs';
import { beginDeposit } from './slow-deposit.mjs';
import { content } from './writers.mjs';

const ROUNDS = setting('FAULTS_SECOND_ROUNDS', 5);
const FOLDER = 'second';
const SENTENCE = /Another "peps serve" is running on /;

export async function bench() {
  const place = await createPlace();
  const campaign = {
    place,
    ledger: createLedger(join(place.notes, 'ledger.jsonl')),
    exitCodes: {},
    races: {},
  };
  campaign.oracle = createOracle(campaign);
  try {
    populate(place);
    campaign.daemon = await startDaemon(place);
    await makeFolders(place, [FOLDER]);
    for (let round = 0; round < ROUNDS; round++) await startSecond(campaign, round);
    for (let round = 0; round < ROUNDS; round++) await startTogether(campaign);
    await lookThroughDoors(place, campaign.oracle, [FOLDER]);
    await campaign.oracle.verifyRecords();
    const { findings } = campaign.oracle;
    report('second-serve', {
      figures: {
        secondStarts: ROUNDS,
        exitCodes: campaign.exitCodes,
        startedTogether: campaign.races,
        depositsUndisturbed: campaign.ledger.count(ACKNOWLEDGED),
        findings: countKinds(findings),
      },
      findings,
    });
  } finally {
    await campaign.daemon?.end('SIGKILL');
    place.remove();
  }
}

/** While deposits are half way in the first. */
async function startSecond({ place, ledger, oracle, daemon, exitCodes }, round) {
  const begun = [];
  for (const door of ['webdav', 'sftp']) {
    const { body, ...fresh } = content(1_500_000);
    const path = `${FOLDER}/${round}-${door}.bin`;
    const operation = ledger.begin({ client: `${round} ${door}`, act: 'put', path, ...fresh });
    begun.push({ operation, slow: await beginDeposit(place, { door, login: NADIA, path, body: body() }) });
  }
  const { exitCode, said } = await runServe(await elsewhere(place));
  exitCodes[exitCode] = (exitCodes[exitCode] ?? 0) + 1;
  if (exitCode === 0 || !SENTENCE.test(said)) oracle.find('not-refused', { exitCode, said });
  for (const { operation, slow } of begun) {
    const result = await slow.finish();
    ledger.end(operation, result);
    if (result.outcome !== ACKNOWLEDGED) oracle.find('first-disturbed', { operation, result });
  }
  if (daemon.exitCode !== undefined) oracle.find('first-disturbed', { exitCode: daemon.exitCode });
}

/** After a kill -9, whose lock is still in its place. */
async function startTogether(campaign) {
  const { place, oracle, races } = campaign;
  await campaign.daemon.end('SIGKILL');
  const other = await elsewhere(place);
  const started = await Promise.allSettled([startDaemon(place), startDaemon(other)]);
  const serving = started.flatMap(({ value }) => value ?? []);
  const key = `${serving.length} of 2 serve`;
  races[key] = (races[key] ?? 0) + 1;
  if (serving.length !== 1) oracle.find('race', { serving: serving.length, reasons: started.map(String) });
  for (const { reason } of started)
    if (reason && !SENTENCE.test(reason.message)) oracle.find('not-refused', { said: reason.message });
  for (const daemon of serving) await daemon.end('SIGTERM');
  campaign.daemon = await startDaemon(place);
}

/** The same folder on other ports. */
async function elsewhere(place) {
  return { ...place, httpPort: await freePort(), sftpPort: await freePort() };
}

async function runServe(place) {
  const child = spawn(process.execPath, [PEPS, 'serve'], { env: environmentOf(place) });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      said += chunk;
    });
  const ended = new Promise((resolve) => child.once('close', (exitCode) => resolve({ exitCode, said })));
  const result = await Promise.race([ended, pause(60_000)]);
  if (result) return result;
  child.kill('SIGKILL');
  await ended;
  return { exitCode: 0, said: `It went on serving: ${said}` };
}
