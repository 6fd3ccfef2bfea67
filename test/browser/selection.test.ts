import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parsePath } from '../../storage/index.js';
import { openTestSite, type TestSite } from '../pages/site.js';
import { deposit, GROUP_NAME, PEOPLE } from '../support/appliance.js';
import { hasChromium, launchChromium } from './chromium.js';

const NAMES = ['1.txt', '2.txt', '3.txt', '4.txt', '5.txt'];

/** Ticking as in a file explorer. */
describe.skipIf(!hasChromium)('selecting in a list', () => {
  let site: TestSite;
  let browser: Browser;
  let page: Page;
  let folder: string;
  let count = 0;

  beforeAll(async () => {
    site = await openTestSite();
    browser = await launchChromium();
    page = await browser.newPage({ locale: 'fr-FR' });
    await page.goto(site.baseUrl);
    await page.getByLabel('Adresse mail professionnelle').fill(PEOPLE.claire.login);
    await page.getByLabel('Mot de passe', { exact: true }).fill(site.test.password);
    await page.getByRole('button', { name: 'Se connecter' }).click();
    await page.getByRole('heading', { name: 'Bonjour Claire' }).waitFor();
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });
  beforeEach(async () => {
    count += 1;
    folder = `/${GROUP_NAME}/Liste ${count}`;
    const workspace = await site.test.workspace('claire');
    await workspace.createDirectory(parsePath(folder));
    for (const name of NAMES) await deposit(workspace, `${folder}/${name}`, name);
    await page.goto(`${site.baseUrl}/groupes${folder.split('/').map(encodeURIComponent).join('/')}`);
  });

  const box = (name: string) =>
    page.getByRole('row').filter({ hasText: name }).getByRole('checkbox', { name: 'Sélectionner' });
  const ticked = () =>
    page.$$eval('.entries tr:has(.pick [name]:checked) .name a', (links) =>
      links.map((link) => link.textContent),
    );
  const status = () => page.locator('.selection output').textContent();

  test('takes a range with shift, everything with Ctrl+A, nothing with Escape, and says how many', async () => {
    expect(await page.getByRole('region', { name: 'Sélection' }).isVisible()).toBe(false);
    await box('2.txt').click();
    await box('4.txt').click({ modifiers: ['Shift'] });
    expect(await ticked()).toEqual(['2.txt', '3.txt', '4.txt']);
    expect(await status()).toBe('3 éléments sélectionnés');
    await page.keyboard.press('Control+a');
    expect(await status()).toBe('5 éléments sélectionnés');
    expect(await page.getByRole('checkbox', { name: 'Tout sélectionner' }).isChecked()).toBe(true);
    await page.keyboard.press('Escape');
    expect(await ticked()).toEqual([]);
    expect(await page.getByRole('region', { name: 'Sélection' }).isVisible()).toBe(false);
  });

  test('works by keyboard alone, to the end of the act', async () => {
    await box('1.txt').focus();
    await page.keyboard.press('Space');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Space');
    expect(await ticked()).toEqual(['1.txt', '2.txt']);
    await page.getByRole('region', { name: 'Sélection' }).getByRole('button', { name: 'Supprimer' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Supprimer 2 éléments ?' }).waitFor();
    await page.getByRole('button', { name: 'Supprimer 2 éléments' }).press('Enter');
    await page.getByText('2 éléments sont supprimés.').waitFor();
    expect(await page.getByRole('checkbox').count()).toBe(4);
  });

  test('takes a click on the row’s room as its box, and a link as a link', async () => {
    await page.getByRole('row').filter({ hasText: '3.txt' }).getByText('Vous').click();
    expect(await ticked()).toEqual(['3.txt']);
    const download = page.waitForEvent('download');
    await page
      .getByRole('region', { name: 'Sélection' })
      .getByRole('button', { name: 'Télécharger' })
      .click();
    expect((await download).suggestedFilename()).toBe(`Liste ${count}.zip`);
    await page.getByRole('link', { name: '1.txt', exact: true }).click();
    await page.getByRole('heading', { name: '1.txt' }).waitFor();
  });
});
