import { type Browser, chromium, type Page } from 'playwright-core';
import { hasProgram, run } from '../support/programs.js';

export const hasChromium = hasProgram('chromium');

/** Debian's Chromium without a screen. The caller closes it. */
export async function launchChromium(more: readonly string[] = []): Promise<Browser> {
  const { stdout } = await run('which', ['chromium']);
  return chromium.launch({
    executablePath: stdout.trim(),
    args: [
      '--no-sandbox',
      '--disable-dev-shm-usage',
      '--disable-gpu',
      '--disable-background-networking',
      ...more,
    ],
  });
}

/** Everything the page complains about: refused by the content policy, thrown by a script, asked in a dialog. */
export function listenForComplaints(page: Page): string[] {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('console', (message) => {
    // A failed page says so in its status; that is not a complaint about the page.
    if (message.type() === 'error' && !message.text().includes('the server responded with a status of'))
      complaints.push(message.text());
  });
  return complaints;
}
