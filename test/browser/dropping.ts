import type { Page } from 'playwright-core';

/** Drops files and folders of this disk onto a part of the page, as a hand with a mouse would. */
export async function drop(page: Page, files: readonly string[], target = 'main'): Promise<void> {
  const box = await page.locator(target).first().boundingBox();
  if (!box) throw new Error(`There is no ${target} to drop on.`);
  const at = { x: box.x + Math.min(60, box.width / 2), y: box.y + Math.min(20, box.height / 2) };
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [...files], dragOperationsMask: 1 };
  const move = (type: 'dragEnter' | 'dragOver' | 'drop') =>
    session.send('Input.dispatchDragEvent', { type, ...at, data });
  await move('dragEnter');
  // A hand lets go once the page shows where it would fall.
  for (let tries = 0; tries < 50; tries += 1) {
    await move('dragOver');
    if ((await page.locator('.drop-overlay, .drop-here').count()) > 0) break;
    await page.waitForTimeout(100);
  }
  await move('drop');
  await session.detach();
}

/** Lets the page send so many bytes a second. */
export async function slowUploads(page: Page, bytesPerSecond: number): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: bytesPerSecond,
  });
}
