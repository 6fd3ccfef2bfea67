// The pages as a browser meets them: first byte of a long list, what a slow computer feels, and deposits beside curl.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { drop, launchChromium, signedIn, untilDeposited } from './chromium.mjs';
import { compare, median, report } from './comparison.mjs';
import { curl, timed } from './programs.mjs';
import { onScene, writeFiles, writeRandom } from './scene.mjs';
import { settings } from './settings.mjs';

/** Lighthouse's mobile profile: a processor four times slower, and 4G. */
const SLOW = { cpu: 4, latency: 150, bytesPerSecond: (1.6 * 1024 * 1024) / 8 };
const PAGES = {
  'sign-in': '/connexion',
  home: '/',
  '500 of 10,000 rows': '/groupes/Banc/liste',
  history: '/historique',
};
const ASKED = 200;

export const bench = () =>
  onScene([], async ({ appliance, scratch }) => {
    const browser = await launchChromium();
    if (!browser) return;
    const origin = `http://127.0.0.1:${appliance.httpPort}`;
    const member = { login: appliance.login, password: appliance.password, origin };
    try {
      await fill(appliance, scratch);
      await firstBytes(browser, member);
      await vitals(browser, member);
      await deposits(browser, member, appliance, scratch);
    } finally {
      await browser.close();
    }
  });

/** A folder of ten thousand files, over WebDAV, many on one connection. */
async function fill({ webdav, url }, scratch) {
  const folder = join(scratch, 'list');
  mkdirSync(folder);
  for (let index = 0; index < settings.children; index++)
    writeFileSync(join(folder, `pièce ${index}.txt`), 'x');
  await curl(webdav, ['-X', 'MKCOL', `${url}liste/`]);
  const names = readdirSync(folder);
  for (let start = 0; start < names.length; start += 500) {
    const some = names.slice(start, start + 500).map((name) => `${join(folder, name)}`);
    await curl(webdav, ['--parallel', '--parallel-max', '32', '-T', `{${some.join(',')}}`, `${url}liste/`]);
  }
}

async function firstBytes(browser, member) {
  const page = await signedIn(browser, member);
  const cookie = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
  await page.context().close();
  const ask = () =>
    new Promise((resolve, reject) => {
      const startedAt = performance.now();
      const asked = request(`${member.origin}/groupes/Banc/liste`, { headers: { cookie } }, (response) => {
        let first;
        response.once('data', () => {
          first = performance.now() - startedAt;
        });
        // The next one is asked for when all of this one is there: two pages at once would be another question.
        response.once('end', () => resolve(first)).resume();
      });
      asked.once('error', reject).end();
    });
  const times = [];
  for (let turn = 0; turn < ASKED; turn++) times.push(await ask());
  times.sort((one, other) => one - other);
  const p95 = times[Math.floor(ASKED * 0.95)];
  const note = `median ${median(times).toFixed(1)} ms, ${ASKED} times`;
  report('portal-first-byte', [
    {
      title: `first byte, 500 of ${settings.children}`,
      unit: 'ms p95',
      ours: p95,
      note: `${note}; at most 50`,
    },
  ]);
}

async function vitals(browser, member) {
  const rows = [];
  for (const [title, path] of Object.entries(PAGES)) {
    const samples = [];
    for (let round = 0; round < settings.rounds; round++) samples.push(await visit(browser, member, path));
    const of = (key) => median(samples.map((sample) => sample[key]));
    rows.push({
      title: `${title}: LCP`,
      unit: 'ms',
      ours: of('lcp'),
      note: `TBT ${of('tbt').toFixed(0)} ms, CLS ${of('cls').toFixed(3)}, ${of('requests')} requests; at most 1000, 50, 0, 6`,
    });
  }
  report('portal-vitals', rows);
}

/** One first visit on a slow computer: nothing is in the browser's store. */
async function visit(browser, member, path) {
  const page =
    path === '/connexion' ? await (await browser.newContext()).newPage() : await signedIn(browser, member);
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.setCacheDisabled', { cacheDisabled: true });
  await session.send('Emulation.setCPUThrottlingRate', { rate: SLOW.cpu });
  await session.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: SLOW.latency,
    downloadThroughput: SLOW.bytesPerSecond,
    uploadThroughput: SLOW.bytesPerSecond,
  });
  await page.addInitScript(() => {
    const seen = { lcp: 0, cls: 0, tbt: 0 };
    Object.assign(globalThis, { seen });
    const watch = (type, note) =>
      new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type, buffered: true });
    watch('largest-contentful-paint', ({ startTime }) => {
      seen.lcp = startTime;
    });
    watch('layout-shift', ({ value }) => {
      seen.cls += value;
    });
    watch('longtask', ({ duration }) => {
      seen.tbt += Math.max(0, duration - 50);
    });
  });
  let requests = 0;
  page.on('request', () => {
    requests += 1;
  });
  await page.goto(member.origin + path, { waitUntil: 'load' });
  await page.waitForTimeout(1500);
  const seen = await page.evaluate(() => globalThis.seen);
  await page.context().close();
  return { ...seen, requests };
}

async function deposits(browser, member, appliance, scratch) {
  const large = join(scratch, 'large.bin');
  await writeRandom(large, settings.largeMib * 1024 * 1024);
  const small = join(scratch, 'petits');
  await writeFiles(small, settings.files);
  const names = (function* () {
    for (let turn = 1; ; turn++) yield `tour${turn}`;
  })();
  const byBrowser = async () => {
    const folder = await newFolder(appliance, names.next().value);
    const page = await signedIn(browser, member);
    await page.goto(`${member.origin}/groupes/Banc/${folder}`);
    const seconds = await timed(async () => {
      await drop(page, [large]);
      await untilDeposited(page, 1, 600);
    });
    await page.close({ runBeforeUnload: false });
    await page.context().close();
    return settings.largeMib / seconds;
  };
  const byCurl = async () => {
    const folder = await newFolder(appliance, names.next().value);
    const put = () => curl(appliance.webdav, ['-T', large, `${appliance.url}${folder}/large.bin`]);
    return settings.largeMib / (await timed(put));
  };
  await compare(
    'portal-upload',
    [
      {
        title: `Chromium, ${settings.largeMib} MiB, digest in the page`,
        unit: 'MiB/s',
        ours: byBrowser,
        peers: [{ name: 'curl over WebDAV', work: byCurl, least: 0.7, aim: 0.9 }],
      },
    ],
    { ...appliance, rounds: Math.min(3, settings.rounds) },
  );
  report('portal-drop', [await dropped(browser, member, appliance, small)]);
}

async function dropped(browser, member, appliance, small) {
  const folder = await newFolder(appliance, 'petits');
  const page = await signedIn(browser, member);
  await page.addInitScript(() => {
    globalThis.longest = 0;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries())
        globalThis.longest = Math.max(globalThis.longest, duration);
    }).observe({ type: 'longtask' });
  });
  await page.goto(`${member.origin}/groupes/Banc/${folder}`);
  const seconds = await timed(async () => {
    await drop(page, [small]);
    await untilDeposited(page, settings.files, 300);
  });
  const longest = await page.evaluate(() => globalThis.longest);
  await page.context().close();
  const note = `longest task of the page ${longest.toFixed(0)} ms; at most 30 s, 50 ms`;
  return { title: `${settings.files} files of 4 KiB dropped at once`, unit: 's', ours: seconds, note };
}

async function newFolder({ webdav, url }, name) {
  await curl(webdav, ['-X', 'MKCOL', `${url}d${name}/`]);
  return `d${name}`;
}
