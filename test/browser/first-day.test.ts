import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openTestSite, type TestSite } from '../pages/site.js';
import { deposit, fetchText, GROUP_NAME, PEOPLE } from '../support/appliance.js';
import { type CuttingProxy, startCuttingProxy } from '../support/cutting-proxy.js';
import { hasChromium, launchChromium, listenForComplaints } from './chromium.js';
import { drop, slowUploads } from './dropping.js';

const MIB = 1024 * 1024;
const PASSWORD = 'Grand-sapin-bleu-7';
const SONIA = 'sonia.bailly@lutins.example.org';
const GROUP = encodeURIComponent(GROUP_NAME);

let site: TestSite;
let network: CuttingProxy;
let browser: Browser;
let page: Page;
let disk: string;

async function start(): Promise<void> {
  site = await openTestSite();
  network = await startCuttingProxy(site.port);
  browser = await launchChromium([`--host-resolver-rules=MAP localhost 127.0.0.1:${network.port}`]);
  page = await (await browser.newContext({ locale: 'fr-FR' })).newPage();
  disk = await mkdtemp(join(tmpdir(), 'peps-day-'));
}
async function end(): Promise<void> {
  await browser?.close();
  await network?.close();
  await site?.close();
  await rm(disk, { recursive: true, force: true });
}

async function invitationOf(address: string): Promise<string> {
  const mail = (await site.test.takeMails()).find(({ to }) => to.address === address)?.intent;
  if (mail?.template !== 'invitation') throw new Error('No invitation was queued.');
  return `${site.baseUrl}/activation/${mail.token}`;
}
async function depositMailTo(address: string): Promise<string> {
  const mail = (await site.test.takeMails()).find(
    ({ to, intent }) => to.address === address && intent.template === 'group-deposits',
  )?.intent;
  if (mail?.template !== 'group-deposits') throw new Error(`${address} was told nothing.`);
  return `${site.baseUrl}/fichiers/${mail.files[0]?.entryId}`;
}
const invite = async () => {
  await site.test.operator.createPerson({ address: SONIA, name: 'Sonia Bailly', side: 'partner' });
  await site.test.operator.setMember(GROUP_NAME, SONIA, 'contributor');
};

describe.skipIf(!hasChromium)('the first day of a partner', { timeout: 120_000 }, () => {
  beforeAll(start, 60_000);
  afterAll(end);

  test('from the mail to the proof, in one go', async () => {
    const complaints = listenForComplaints(page);
    await invite();
    await page.goto(await invitationOf(SONIA));
    await page.getByLabel('Mot de passe', { exact: true }).fill(PASSWORD);
    await page.getByLabel('Confirmer le mot de passe').fill(PASSWORD);
    await page.getByRole('button', { name: 'Valider' }).click();
    await page.getByRole('heading', { name: 'Bonjour Sonia' }).waitFor();
    await page.getByText('Rien de nouveau depuis votre dernière visite.', { exact: false }).waitFor();

    // A deposit by dropping a folder, the network being cut in the middle of it.
    await page.getByRole('link', { name: /Déposer des fichiers/u }).click();
    await page.getByRole('heading', { name: GROUP_NAME, level: 1 }).waitFor();
    await mkdir(join(disk, 'Été 2026/vide'), { recursive: true });
    const photos = randomBytes(16 * MIB);
    await writeFile(join(disk, 'Été 2026/Présences août.csv'), 'Nom;Heures\n');
    await writeFile(join(disk, 'Été 2026/Photos.zip'), photos);
    await slowUploads(page, 8 * MIB);
    await drop(page, [join(disk, 'Été 2026')]);
    await page.getByText(/[2-9]\d\s% · .* sur 17\sMo/u).waitFor();
    network.down();
    await page.getByText(/Connexion perdue\. Reprise automatique/u).waitFor();
    network.up();
    await expect
      .poll(() => page.locator('.dock-rows li .meta').allTextContents(), { timeout: 60_000 })
      .toEqual(Array(2).fill('Déposé · empreinte vérifiée'));
    const folder = await site.test.workspace('claire');
    const kept = await fetchText(folder, `/${GROUP_NAME}/Été 2026/Présences août.csv`);
    expect(kept).toBe('Nom;Heures\n');

    // Claire is told, comes by the link of her mail, and takes it.
    const claire = await (await browser.newContext({ locale: 'fr-FR' })).newPage();
    await claire.goto(await depositMailTo(PEOPLE.claire.login));
    await claire.getByLabel('Adresse mail professionnelle').fill(PEOPLE.claire.login);
    await claire.getByLabel('Mot de passe').fill(site.test.password);
    await claire.keyboard.press('Enter');
    await claire.getByRole('heading', { name: /Photos\.zip|Présences août\.csv/u }).waitFor();
    await claire.goto(`${site.baseUrl}/groupes/${GROUP}/${encodeURIComponent('Été 2026')}`);
    await claire.locator('.new').first().waitFor();
    const taken = claire.waitForEvent('download');
    await claire.getByRole('link', { name: /Télécharger Photos\.zip/u }).click();
    const saved = await readFile(await (await taken).path());
    expect(createHash('sha256').update(saved).digest('hex')).toBe(
      createHash('sha256').update(photos).digest('hex'),
    );

    // She answers; Sonia is told in turn and takes it by her link, through the sign-in.
    await deposit(folder, `/${GROUP_NAME}/Droits ouverts.csv`, 'Droits');
    const link = await depositMailTo(SONIA);
    await page.close({ runBeforeUnload: false });
    const sonia = await (await browser.newContext({ locale: 'fr-FR' })).newPage();
    await sonia.goto(link);
    await sonia.getByLabel('Adresse mail professionnelle').fill(SONIA);
    await sonia.getByLabel('Mot de passe').fill(PASSWORD);
    await sonia.keyboard.press('Enter');
    await sonia.getByRole('heading', { name: 'Droits ouverts.csv' }).waitFor();
    const answer = sonia.waitForEvent('download');
    await sonia.getByRole('link', { name: /^Télécharger · / }).click();
    expect(await readFile(await (await answer).path(), 'utf8')).toBe('Droits');

    // Both read who deposited and who took.
    for (const reader of [claire, sonia])
      await vi.waitFor(
        async () => {
          await reader.goto(`${site.baseUrl}/historique`);
          const lines = (await reader.locator('.lines li').allTextContents()).join('\n');
          expect(lines).toMatch(/déposé Photos\.zip/u);
          expect(lines).toMatch(/retiré Photos\.zip/u);
          expect(lines).toMatch(/retiré Droits ouverts\.csv/u);
        },
        // Where the browser asks for nothing more on that connection, its silence counts after 30 s.
        { timeout: 45_000, interval: 1000 },
      );
    // The cut was seen by the page's console, and by nothing else.
    expect(complaints.filter((one) => !one.includes('net::ERR_'))).toEqual([]);
  });
});

describe.skipIf(!hasChromium)('by the keyboard alone', { timeout: 90_000 }, () => {
  beforeAll(start, 60_000);
  afterAll(end);

  /** Goes on with Tab until what is focused bears that name. */
  async function reach(name: RegExp): Promise<void> {
    for (let steps = 0; steps < 80; steps++) {
      const focused = await page.evaluate(() => {
        const at = document.activeElement;
        if (at === null || at === document.body) return '';
        const labels = at instanceof HTMLInputElement ? [...(at.labels ?? [])] : [];
        const label = labels.map(({ textContent }) => textContent).join(' ');
        return at.getAttribute('aria-label') ?? (label || (at.textContent ?? ''));
      });
      if (name.test(focused.trim())) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`The keyboard does not lead to ${name}.`);
  }
  const enter = async (name: RegExp) => {
    await reach(name);
    await page.keyboard.press('Enter');
  };

  test('one activates, deposits, downloads and signs out', async () => {
    await invite();
    await page.goto(await invitationOf(SONIA));
    await reach(/^Mot de passe$/u);
    await page.keyboard.type(PASSWORD);
    await reach(/^Confirmer le mot de passe$/u);
    await page.keyboard.type(PASSWORD);
    await enter(/^Valider$/u);
    await page.getByRole('heading', { name: 'Bonjour Sonia' }).waitFor();

    await enter(/^Déposer des fichiers/u);
    await page.getByRole('heading', { name: GROUP_NAME, level: 1 }).waitFor();
    await page.waitForLoadState('load');
    await writeFile(join(disk, 'relevé.txt'), 'Bonjour');
    await enter(/^Déposer$/u);
    const picker = page.waitForEvent('filechooser');
    await enter(/^Des fichiers$/u);
    await (await picker).setFiles(join(disk, 'relevé.txt'));
    await page.getByText('Déposé · empreinte vérifiée').waitFor();
    await page.getByRole('link', { name: 'relevé.txt', exact: true }).waitFor();

    const download = page.waitForEvent('download');
    await enter(/^Télécharger relevé\.txt/u);
    expect(await readFile(await (await download).path(), 'utf8')).toBe('Bonjour');

    await page.goto(site.baseUrl);
    await enter(/Sonia Bailly/u);
    await enter(/^Se déconnecter$/u);
    await page.getByText('Vous êtes déconnecté.').waitFor();
  });
});
