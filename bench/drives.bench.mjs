// What many network drives cost: a huge folder's first byte and memory, drives that are only there, a click in Explorer, and a large
// file through rclone and back.
import { rmSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { throwAwayFolder } from './appliance.mjs';
import { median, report } from './comparison.mjs';
import { clickInExplorer } from './explorer.mjs';
import { curl, run, timed, wrk } from './programs.mjs';
import { onScene, writeRandom } from './scene.mjs';
import { settings } from './settings.mjs';

const CLICKS = 200;
const LISTINGS = 5;

export const bench = () =>
  onScene(
    [],
    async ({ appliance }) =>
      report('drives', [
        ...(await idleDrives(appliance)),
        await explorerClicks(appliance),
        ...(await hugeFolder(appliance)),
        ...(await throughRclone(appliance)),
      ]),
    { isTls: true },
  );

/** Each a connection of its own that signed in, listed its group once, and stays. */
async function idleDrives(appliance) {
  const before = await settledMib(appliance);
  const agents = Array.from(
    { length: settings.drives },
    () => new Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false }),
  );
  for (const agent of agents) await ask(appliance, agent, 'PROPFIND', '', { Depth: '1' });
  const grown = (await settledMib(appliance)) - before;
  for (const agent of agents) agent.destroy();
  return [
    { title: `${settings.drives} idle drives over TLS`, unit: 'MiB grown', ours: grown, least: 100, aim: 50 },
  ];
}

async function explorerClicks(appliance) {
  const agent = new Agent({ keepAlive: true, maxSockets: 2, rejectUnauthorized: false });
  const send = (...args) => ask(appliance, agent, ...args);
  const click = await clickInExplorer(send);
  for (let warm = 0; warm < 50; warm += 1) await click();
  const before = appliance.cpuSeconds();
  let requests = 0;
  const milliseconds = [];
  for (let count = 0; count < CLICKS; count += 1)
    milliseconds.push(
      1000 *
        (await timed(async () => {
          requests = await click();
        })),
    );
  const cost = (1000 * (appliance.cpuSeconds() - before)) / CLICKS;
  agent.destroy();
  const note = `${requests} requests, done in ${median(milliseconds).toFixed(1)} ms`;
  return { title: 'a click in Explorer', unit: 'ms of processor', ours: cost, least: 30, aim: 15, note };
}

/** Filled by wrk, which stops by the clock: a little more or less than what is asked for. */
async function hugeFolder(appliance) {
  await curl(appliance.webdav, ['-k', '-X', 'MKCOL', `${appliance.url}put`]);
  const script = join(dirname(fileURLToPath(import.meta.url)), 'load', 'put.lua');
  const rows = [];
  let count = 0;
  for (const wanted of [settings.children, settings.manyChildren]) {
    for (let round = 0; count < wanted; round += 1) {
      const door = { ...appliance.webdav, url: `${appliance.url}put/` };
      await wrk(door, { connections: 64, seconds: settings.seconds, script, words: [`${wanted}-${round}-`] });
      count = await countOf(appliance);
    }
    rows.push(...(await listingRows(appliance, count)));
  }
  return rows;
}

async function countOf({ webdav, url }) {
  const body = '<propfind xmlns="DAV:"><prop><resourcetype/></prop></propfind>';
  const command = `curl -sSk -u '${webdav.login}:${webdav.password}' -X PROPFIND -H 'Depth: 1' -d '${body}' ${url}put/ | grep -c '<D:response>'`;
  return Number(await run('bash', ['-c', command]));
}

async function listingRows(appliance, count) {
  const before = await settledMib(appliance);
  let most = before;
  const watch = setInterval(() => {
    most = Math.max(most, appliance.residentMib());
  }, 50);
  const [firsts, totals] = [[], []];
  for (let round = 0; round < LISTINGS; round += 1) {
    const asked = [
      '-k',
      '-X',
      'PROPFIND',
      '-H',
      'Depth: 1',
      '-o',
      '/dev/null',
      '-w',
      '%{time_appconnect} %{time_starttransfer} %{time_total}',
    ];
    const [shaken, first, total] = (await curl(appliance.webdav, [...asked, `${appliance.url}put/`]))
      .split(' ')
      .map(Number);
    firsts.push(1000 * (first - shaken));
    totals.push(total);
  }
  clearInterval(watch);
  const note = `${(count / median(totals)).toFixed(0)} entries/s`;
  return [
    {
      title: `first byte of a folder of ${count}`,
      unit: 'ms',
      ours: median(firsts),
      least: 200,
      aim: 100,
      note,
    },
    { title: `listing a folder of ${count}`, unit: 'MiB grown', ours: most - before, least: 30, aim: 15 },
  ];
}

/** Copied in, copied out, compared byte by byte by rclone itself. */
async function throughRclone(appliance) {
  const folder = throwAwayFolder(tmpdir());
  try {
    const file = join(folder, 'large.bin');
    await writeRandom(file, settings.memoryMib * 1024 * 1024);
    const { webdav, url } = appliance;
    const env = {
      ...process.env,
      RCLONE_CONFIG: join(folder, 'rclone.conf'),
      RCLONE_WEBDAV_URL: url,
      RCLONE_WEBDAV_VENDOR: 'owncloud',
      RCLONE_WEBDAV_USER: webdav.login,
      RCLONE_WEBDAV_PASS: (await run('rclone', ['obscure', webdav.password])).trim(),
    };
    const rclone = (...args) => run('rclone', ['--no-check-certificate', '--retries', '1', ...args], { env });
    const before = await settledMib(appliance);
    const into = await timed(() => rclone('copyto', file, ':webdav:rclone/large.bin'));
    const out = await timed(() => rclone('copyto', ':webdav:rclone/large.bin', join(folder, 'back.bin')));
    await run('cmp', [file, join(folder, 'back.bin')]);
    await rclone('check', '--download', '--one-way', ':webdav:rclone', folder);
    const grown = appliance.residentMib() - before;
    const speed = (seconds) => settings.memoryMib / seconds;
    return [
      { title: `rclone copyto ${settings.memoryMib} MiB in, TLS`, unit: 'MiB/s', ours: speed(into) },
      { title: `rclone copyto ${settings.memoryMib} MiB out, TLS`, unit: 'MiB/s', ours: speed(out) },
      { title: 'both, and check --download', unit: 'MiB grown', ours: grown, least: 100, aim: 50 },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** After what was just done has become garbage and was collected, as far as waiting does that. */
async function settledMib(appliance) {
  await new Promise((resolve) => setTimeout(resolve, 2000));
  return appliance.residentMib();
}

function ask({ webdav, httpPort }, agent, method, path, headers = {}, isSigned = true) {
  const credentials = Buffer.from(`${webdav.login}:${webdav.password}`).toString('base64');
  const target = path.startsWith('/') ? path : `/dav/Banc/${path}`;
  const signed = isSigned ? { Authorization: `Basic ${credentials}` } : {};
  const options = { host: '127.0.0.1', port: httpPort, agent, method, path: target };
  return new Promise((resolve, reject) => {
    const sent = request(
      { ...options, headers: { ...signed, 'Content-Length': '0', ...headers } },
      (answer) => {
        answer.resume();
        answer.once('end', () => resolve(answer.statusCode));
      },
    );
    sent.once('error', reject);
    sent.end();
  });
}
