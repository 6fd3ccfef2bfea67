// A file larger than a browser's memory, sent by Chromium and fetched by ranges, each cut off three times; its digest at both ends.
import { createHash } from 'node:crypto';
import { createReadStream, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { throwAwayFolder } from './appliance.mjs';
import { drop, launchChromium, signedIn, untilDeposited } from './chromium.mjs';
import { report } from './comparison.mjs';
import { run, timed } from './programs.mjs';
import { startRelay } from './relay.mjs';
import { onScene, writeRandom } from './scene.mjs';
import { settings } from './settings.mjs';

const CUTS = [0.25, 0.5, 0.75];
const DOWN_MS = 1500;

export const bench = () =>
  onScene([], async ({ appliance }) => {
    const folder = throwAwayFolder(tmpdir());
    const relay = await startRelay(appliance.httpPort);
    const browser = await launchChromium([`--host-resolver-rules=MAP 127.0.0.1 127.0.0.1:${relay.port}`]);
    try {
      if (!browser) return;
      const file = join(folder, 'grand.bin');
      await writeRandom(file, settings.resumeMib * 1024 * 1024);
      const origin = `http://127.0.0.1:${appliance.httpPort}`;
      const page = await signedIn(browser, { ...appliance, origin });
      await page.goto(`${origin}/groupes/Banc`);
      const before = appliance.residentMib();
      const upload = await timed(() => send(page, file, relay));
      const grown = appliance.peakMib() - before;
      const cookie = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
      const address = await page.locator('.entries .name a', { hasText: 'grand.bin' }).getAttribute('href');
      const back = join(folder, 'retour.bin');
      const url = `http://127.0.0.1:${relay.port}${address}/telecharger`;
      const download = await timed(() => fetchBack({ url, cookie, host: new URL(origin).host }, back, relay));
      const [sent, received] = [await digestOf(file), await digestOf(back)];
      if (sent !== received) throw new Error('What came back is not what was sent.');
      const rate = (seconds) => settings.resumeMib / seconds;
      const note = `${CUTS.length} cuts, SHA-256 equal (${sent.slice(0, 12)}…)`;
      report('resume', [
        { title: `Chromium, ${settings.resumeMib} MiB up`, unit: 'MiB/s', ours: rate(upload), note },
        { title: `ranges, ${settings.resumeMib} MiB down`, unit: 'MiB/s', ours: rate(download), note },
        { title: 'growth of the daemon, upload', unit: 'MiB', ours: grown, least: 100, aim: 50 },
      ]);
    } finally {
      await browser?.close();
      relay.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });

async function send(page, file, relay) {
  await drop(page, [file]);
  const sent = () => page.evaluate(() => Number(document.querySelector('.dock-rows progress')?.value ?? 0));
  for (const at of CUTS) {
    while ((await sent()) < at * 100) await page.waitForTimeout(100);
    await relay.cut(DOWN_MS);
  }
  await untilDeposited(page, 1, 1800);
  await page.reload();
}

/** What curl keeps of each attempt is where the next one goes on. */
async function fetchBack({ url, cookie, host }, file, relay) {
  const total = settings.resumeMib * 1024 * 1024;
  const sizeNow = () => statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  const args = [
    '-sS',
    '--fail',
    '-C',
    '-',
    '-H',
    `Cookie: ${cookie}`,
    '-H',
    `Host: ${host}`,
    '-o',
    file,
    url,
  ];
  for (const at of [...CUTS, undefined]) {
    const ended = run('curl', args).catch((error) => error);
    if (at === undefined) {
      const error = await ended;
      if (error instanceof Error) throw error;
      return;
    }
    while (sizeNow() < at * total) await new Promise((resolve) => setTimeout(resolve, 20));
    await relay.cut(DOWN_MS);
    await ended;
  }
}

async function digestOf(file) {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  return hash.digest('hex');
}
