// Debian's Chromium, driven as a member's browser: signs in by the page, drops files as a hand would.
import { chromium } from 'playwright-core';
import { run } from './programs.mjs';

/** Starts it; the caller closes it. Undefined, with a word, where it is not installed. */
export async function launchChromium(more = []) {
  const path = (await run('which', ['chromium']).catch(() => '')).trim();
  if (path === '') {
    process.stdout.write('  chromium is missing (Debian package chromium).\n');
    return undefined;
  }
  const args = [
    '--no-sandbox',
    '--disable-dev-shm-usage',
    '--disable-gpu',
    '--disable-background-networking',
  ];
  return chromium.launch({ executablePath: path, args: [...args, ...more] });
}

/** A page of somebody who has signed in. The caller closes its context. */
export async function signedIn(browser, { login, password, origin }, options = {}) {
  const context = await browser.newContext({
    locale: 'fr-FR',
    viewport: { width: 1280, height: 800 },
    ...options,
  });
  const page = await context.newPage();
  await page.goto(origin);
  await page.locator('input[name=login]').fill(login);
  await page.locator('input[name=password]').fill(password);
  await page.locator('main form button[type=submit]').last().click();
  await page.waitForURL(`${origin}/`);
  return page;
}

/** Drops files of this disk onto the page; the last event is sent when the page shows where they would fall. */
export async function drop(page, files) {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files, dragOperationsMask: 1 };
  const move = (type) => session.send('Input.dispatchDragEvent', { type, x: 640, y: 400, data });
  await move('dragEnter');
  do await move('dragOver');
  while ((await page.locator('.drop-overlay').count()) === 0);
  await move('drop');
  await session.detach();
}

/** Resolves when so many files are said to be deposited. */
export async function untilDeposited(page, count, timeoutSeconds) {
  await page.waitForFunction(
    (wanted) => {
      const said = document.querySelector('.dock .meta')?.textContent ?? '';
      const [done] = said.replace(/[\s\u00a0\u202f](?=\d{3}\b)/gu, '').match(/\d+/gu) ?? [];
      return Number(done) >= wanted;
    },
    count,
    { timeout: timeoutSeconds * 1000, polling: 50 },
  );
}
