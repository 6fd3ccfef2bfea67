// Bad input over HTTP, as test/malformed makes it, twenty times as much: what is answered, what it costs, whether all still stands.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { report } from './comparison.mjs';
import { curl } from './programs.mjs';
import { onScene } from './scene.mjs';
import { settings } from './settings.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');

export const bench = () =>
  onScene([], async ({ appliance, scratch }) => {
    const { login, password, url, httpPort, pid } = appliance;
    const arena = {
      base: '/dav/Banc/arena',
      authorization: `Basic ${Buffer.from(`${login}:${password}`).toString('base64')}`,
    };
    for (const [method, name] of [
      ['MKCOL', 'arena'],
      ['MKCOL', 'arena/sub'],
    ])
      await curl(appliance.webdav, ['-X', method, `${url}${name}`]);
    await curl(appliance.webdav, ['-T', '-', `${url}arena/file.txt`], { input: 'kept' });
    const results = join(scratch, 'malformed.json');
    const { malformedCases: cases, malformedSeed: seed } = settings;
    const peps = join(ROOT, 'server', 'peps.cjs');
    await runCases({ port: httpPort, arena, pid, peps, cases, seed, results }, appliance.environment);
    const { rows, growthMib } = JSON.parse(readFileSync(results, 'utf8'));
    await tell(rows, { appliance, growthMib, seed });
  });

function runCases(orders, environment) {
  const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
  const config = join(ROOT, 'bench', 'malformed', 'vitest.config.ts');
  const child = spawn(process.execPath, [vitest, 'run', '--config', config, '--reporter=dot'], {
    cwd: ROOT,
    env: { ...environment, MALFORMED_ORDERS: JSON.stringify(orders) },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    child.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`The cases ended with ${code}.`)),
    );
  });
}

/** One line a class, then what was found. */
async function tell(rows, { appliance, growthMib, seed }) {
  const findings = rows.flatMap((row) => row.findings);
  findings.push(...(await halves(rows, appliance)));
  report('malformed', [
    ...rows.map(({ absent, cases, ...row }) => ({
      ...row,
      title: row.name,
      unit: 'cases',
      ours: cases,
      note: noteOf(row),
    })),
    { title: 'growth in all', unit: 'MiB', ours: growthMib, note: `seed ${seed}` },
    { title: 'findings', unit: 'in all', ours: findings.length },
  ]);
  for (const finding of findings) process.stdout.write(`  ${finding}\n`);
  if (findings.length > 0) process.exitCode = 1;
}

function noteOf({ statuses, faults, unanswered, exits, averageMs, slowestMs, growthMib }) {
  const heard = Object.entries(byKind(statuses)).map(([kind, count]) => `${kind} ${count}`);
  return [
    heard.join(', '),
    `faults 5xx ${faults}, unanswered ${unanswered}, exits ${exits}`,
    `main thread at most ${slowestMs.toFixed(1)} ms, ${averageMs.toFixed(2)} ms on average`,
    `grown ${growthMib.toFixed(1)} MiB`,
  ].join('; ');
}

/** An unknown coding and a destination elsewhere, which RFC 9112 and RFC 4918 want answered so. */
const PRESCRIBED = ['501', '502'];

/** How many heard 2xx, 4xx and so on first, and how many nothing but the end of the connection. */
function byKind(statuses) {
  const kinds = {};
  for (const [status, count] of Object.entries(statuses)) {
    const kind = status === '0' ? 'closed' : PRESCRIBED.includes(status) ? status : `${status[0]}xx`;
    kinds[kind] = (kinds[kind] ?? 0) + count;
  }
  return kinds;
}

/** What came to be although its request broke off, and what is gone. */
async function halves(rows, { webdav, url }) {
  const listing = await curl(webdav, ['-X', 'PROPFIND', '-H', 'Depth: 1', `${url}arena`]);
  const names = new Set([...listing.matchAll(/<D:href>([^<]*)/gu)].map(([, href]) => href.split('/').at(-1)));
  const half = rows.flatMap((row) => row.absent).filter((name) => names.has(name));
  const kept = await curl(webdav, [`${url}arena/file.txt`]);
  return [
    ...half.map((name) => `half a file: ${name}`),
    ...(kept === 'kept' ? [] : ['the file that had to stay has changed']),
  ];
}
