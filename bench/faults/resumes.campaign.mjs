// SFTP uploads cut at 20 positions by FIN, RST, a channel that closes without CLOSE, and a killed OpenSSH client: nobody else
// sees anything of them, and their sender goes on where the server stopped, to the same SHA-256, told once.
import { spawn, spawnSync } from 'node:child_process';
import { createHash, randomBytes, randomInt } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cutSftp } from './cutters.mjs';
import { CLAIRE, createPlace, GROUP, PAUL, pause, pepsRows, populate, startDaemon } from './place.mjs';
import { progress, report, setting } from './report.mjs';
import { makeFolders } from './rounds.mjs';
import { connectSftp, writePieces } from './sftp-client.mjs';

const UPLOADS = setting('FAULTS_RESUMES', 80);
const AT_ONCE = 4;
const POSITIONS = 20;
const ENDINGS = ['fin', 'reset', 'channel', 'killed'];
const MIB = 1024 * 1024;
/** More than an appliance throws away at once when it is cut. */
const PARKED_FROM = MIB + 65_536;
/** SSH_FXF_WRITE alone: what is there stays. */
const WITHOUT_TRUNCATION = 2;

export async function bench() {
  const place = await createPlace();
  const findings = [];
  let daemon;
  try {
    populate(place);
    daemon = await startDaemon(place);
    await makeFolders(place, ['cut']);
    const queue = Array.from({ length: UPLOADS }, (_, index) => planOf(index)).values();
    const gone = { parked: 0, begunAnew: 0, savedBytes: 0 };
    await Promise.all(Array.from({ length: AT_ONCE }, () => workThrough(queue, place, findings, gone)));
    findings.push(...historyFindings(place));
    const byEnding = Object.fromEntries(
      ENDINGS.map((ending, index) => [ending, Math.ceil((UPLOADS - index) / ENDINGS.length)]),
    );
    report('resumes', {
      figures: { uploads: UPLOADS, byEnding, ...gone, findings: findings.length },
      findings,
    });
  } finally {
    await daemon?.end('SIGKILL');
    place.remove();
  }
}

function planOf(index) {
  const sizeBytes = randomInt(2 * MIB, 6 * MIB);
  const position = Math.round(
    (sizeBytes * (1 + (Math.floor(index / ENDINGS.length) % POSITIONS))) / POSITIONS,
  );
  return {
    index,
    ending: ENDINGS[index % ENDINGS.length],
    sizeBytes,
    position,
    path: `cut/upload${index}.bin`,
  };
}

async function workThrough(queue, place, findings, gone) {
  for (const plan of queue) {
    const found = await cutAndGoOn(place, plan, gone).catch((error) => String(error));
    if (found) findings.push({ kind: 'resume', ...plan, found });
    progress(`${plan.index + 1} of ${UPLOADS}`);
  }
}

/** @returns what went wrong, if anything did */
async function cutAndGoOn(place, plan, gone) {
  const { path, sizeBytes, position, ending } = plan;
  const body = randomBytes(sizeBytes);
  const sha256 = createHash('sha256').update(body).digest('hex');
  const file = join(place.notes, `upload${plan.index}.bin`);
  if (ending === 'killed') {
    writeFileSync(file, body);
    await killClient(place, file, path);
  } else await cutSftp(place, { login: CLAIRE, path, body, position, ending });
  const other = await connectSftp(place, PAUL);
  const own = await connectSftp(place, CLAIRE);
  try {
    if ((await other.list('cut')).has(path.split('/').at(-1))) {
      // A killed client may have been done.
      const isWhole = ending === 'killed' && (await other.digest(path)).sha256 === sha256;
      return isWhole ? null : 'seen by another before it was whole';
    }
    const kept = await keptBytes(own, path, ending === 'killed' ? 0 : position);
    gone[kept > 0 ? 'parked' : 'begunAnew'] += 1;
    gone.savedBytes += kept;
    if (ending === 'killed') {
      const put = runSftp(place, `${kept > 0 ? 'reput' : 'put'} ${file} ${GROUP}/${path}`);
      if (put.status !== 0) return `sftp: ${put.stderr}`;
    } else {
      const handle = await own.ask('open', own.whole(path), kept > 0 ? WITHOUT_TRUNCATION : 'w');
      await writePieces(own.ask, handle, body, kept);
      await own.ask('close', handle);
    }
    const seen = await other.digest(path);
    return seen.sha256 === sha256 ? null : `arrived as ${seen.sizeBytes} bytes, ${seen.sha256}`;
  } finally {
    await own.close();
    await other.close();
    rmSync(file, { force: true });
  }
}

/** What STAT tells its sender, once the appliance has put the upload away; 0 where it threw it away. */
async function keptBytes(own, path, position) {
  for (let tries = 0; tries < 100; tries += 1) {
    const size = await own.ask('stat', own.whole(path)).then(
      ({ size }) => size,
      () => 0,
    );
    if (size > 0 || (position > 0 && position < PARKED_FROM && tries > 10)) return size;
    // A killed client may have come to any position.
    if (position === 0 && tries > 30) return 0;
    await pause(20);
  }
  return 0;
}

const OPTIONS = [
  'StrictHostKeyChecking=no',
  'UserKnownHostsFile=/dev/null',
  'IdentitiesOnly=yes',
  'LogLevel=ERROR',
];

function sftpArguments({ sftpPort, keyFile }, more) {
  const options = OPTIONS.flatMap((option) => ['-o', option]);
  return [
    '-q',
    '-b',
    '-',
    '-P',
    String(sftpPort),
    '-i',
    keyFile,
    ...options,
    ...more,
    '-o',
    `User=${CLAIRE}`,
    '127.0.0.1',
  ];
}

function runSftp(place, command) {
  return spawnSync('sftp', sftpArguments(place, []), { input: `${command}\n`, encoding: 'utf8' });
}

/** OpenSSH's sftp, held to some 4 MiB a second, and killed at a moment of its own. */
async function killClient(place, file, path) {
  const child = spawn('sftp', sftpArguments(place, ['-l', '32000']), { stdio: ['pipe', 'ignore', 'ignore'] });
  child.stdin.on('error', () => {}).write(`put ${file} ${GROUP}/${path}\n`);
  await pause(randomInt(250, 1200));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}

/** One deposit each, and none that is told twice. */
function historyFindings(place) {
  const deposits = pepsRows(place, ['activity', '--group', GROUP]).filter(
    ({ action, outcome }) => action === 'deposit' && outcome === 'ok',
  );
  const counts = new Map();
  for (const { path } of deposits) counts.set(path, (counts.get(path) ?? 0) + 1);
  return Array.from({ length: UPLOADS }, (_, index) => `/${GROUP}/cut/upload${index}.bin`)
    .filter((path) => counts.get(path) !== 1)
    .map((path) => ({ kind: 'history', path, deposits: counts.get(path) ?? 0 }));
}
