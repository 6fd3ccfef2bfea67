import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parsePath, type Workspace } from '../../storage/index.js';
import { openTestSite, type TestSite } from '../pages/site.js';
import { deposit, GROUP_NAME, PEOPLE } from '../support/appliance.js';
import { type CuttingProxy, startCuttingProxy } from '../support/cutting-proxy.js';
import { hasChromium, launchChromium, listenForComplaints } from './chromium.js';
import { drop, slowUploads } from './dropping.js';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const MIB = 1024 * 1024;
const LINES = '.dock-rows li';

let site: TestSite;
let network: CuttingProxy;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let disk: string;
let folder: string;
let nadia: Workspace;
let complaints: string[];
let count = 0;

/** What a partner sees and gets who deposits in a browser. Every test has a folder of its own. */
describe.skipIf(!hasChromium)('a deposit in the browser', { timeout: 90_000 }, () => {
  beforeAll(async () => {
    site = await openTestSite();
    network = await startCuttingProxy(site.port);
    // The address stays the site's own; the way there can be cut.
    browser = await launchChromium([`--host-resolver-rules=MAP localhost 127.0.0.1:${network.port}`]);
    nadia = await site.test.workspace('nadia');
  });
  afterAll(async () => {
    await browser?.close();
    await network?.close();
    await site?.close();
  });
  beforeEach(async () => {
    count += 1;
    folder = `/${GROUP_NAME}/Dépôt ${count}`;
    await nadia.createDirectory(parsePath(folder));
    disk = await mkdtemp(join(tmpdir(), 'peps-drop-'));
    context = await browser.newContext({ locale: 'fr-FR' });
    page = await context.newPage();
    complaints = listenForComplaints(page);
    // From here on pickers are caught, not opened.
    page.on('filechooser', () => undefined);
    await page.goto(addressOf(folder));
    await page.getByLabel('Adresse mail professionnelle').fill(PEOPLE.nadia.login);
    await page.getByLabel('Mot de passe').fill(site.test.password);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: `Dépôt ${count}`, level: 1 }).waitFor();
    // Its scripts have run.
    await page.waitForLoadState('load');
  });
  afterEach(async () => {
    // Every test leaves nothing half-done behind.
    await expect.poll(pending, { timeout: 10_000 }).toEqual([]);
    await context.close();
    await rm(disk, { recursive: true, force: true });
  });

  test('keeps the tree of a dropped folder, accents and empty folders included, and shows the proof', async () => {
    await mkdir(join(disk, 'Été 2026/vide'), { recursive: true });
    await mkdir(join(disk, 'Été 2026/Présences'));
    await writeFile(join(disk, 'Été 2026/Présences/août.csv'), 'Nom;Heures\n');
    await writeFile(join(disk, 'Été 2026/Lisez-moi.txt'), 'Bonjour');
    await drop(page, [join(disk, 'Été 2026')]);
    await expectLines(['Déposé · empreinte vérifiée', 'Déposé · empreinte vérifiée']);
    expect(await tree(folder)).toEqual([
      'Été 2026/',
      'Été 2026/Lisez-moi.txt',
      'Été 2026/Présences/',
      'Été 2026/Présences/août.csv',
      'Été 2026/vide/',
    ]);
    await page.getByRole('link', { name: 'Été 2026', exact: true }).waitFor();
    expect(complaints).toEqual([]);
  });

  test('goes on by itself where a lost network cut it', async () => {
    const bytes = await write('Photos.zip', 16 * MIB);
    await slowUploads(page, 8 * MIB);
    const offsets = watchOffsets();
    await drop(page, [join(disk, 'Photos.zip')]);
    await page.getByText(/[2-9]\d\s% · .* sur 17\sMo/u).waitFor();
    network.down();
    await page.getByText(/Connexion perdue\. Reprise automatique/u).waitFor();
    network.up();
    await expectLines(['Déposé · empreinte vérifiée']);
    expect(Math.max(...offsets)).toBeGreaterThan(MIB);
    expect(await sha256Of(`${folder}/Photos.zip`)).toBe(bytes);
  });

  test('goes on after the page was closed, when the same file is dropped again', async () => {
    const bytes = await write('Contrats.zip', 16 * MIB);
    await slowUploads(page, 8 * MIB);
    await drop(page, [join(disk, 'Contrats.zip')]);
    await page.getByText(/[2-9]\d\s% · .* sur 17\sMo/u).waitFor();
    await page.close({ runBeforeUnload: false });
    page = await context.newPage();
    await page.goto(addressOf(folder));
    const offsets = watchOffsets();
    await drop(page, [join(disk, 'Contrats.zip')]);
    await expectLines(['Déposé · empreinte vérifiée']);
    expect(offsets[0]).toBeGreaterThan(MIB);
    expect(await sha256Of(`${folder}/Contrats.zip`)).toBe(bytes);
  });

  test('asks once about names that are taken; what is left out leaves the others running', async () => {
    for (const name of ['a.txt', 'b.txt', 'c.txt']) {
      await deposit(nadia, `${folder}/${name}`, 'avant');
      await writeFile(join(disk, name), 'après');
    }
    await writeFile(join(disk, 'd.txt'), 'nouveau');
    await drop(
      page,
      ['a.txt', 'b.txt', 'c.txt', 'd.txt'].map((name) => join(disk, name)),
    );
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('heading', { name: '« a.txt » est déjà là. Qu’en faire ?' }).waitFor();
    expect(await dialog.getByText('Celui qui est là').textContent()).toMatch(/5\soctets · Vous/u);
    expect(await faultsOf(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Ignorer' }).click();
    await dialog.getByRole('heading', { name: /b\.txt/u }).waitFor();
    await dialog.getByLabel('Faire de même pour l’autre').check();
    await dialog.getByRole('button', { name: 'Garder les deux' }).click();
    await expectLines(Array(3).fill('Déposé · empreinte vérifiée'));
    expect(await tree(folder)).toEqual(['a.txt', 'b (2).txt', 'b.txt', 'c (2).txt', 'c.txt', 'd.txt']);
  });

  test('asks again where somebody was quicker with the name', async () => {
    await write('vite.bin', 16 * MIB);
    await slowUploads(page, 8 * MIB);
    await drop(page, [join(disk, 'vite.bin')]);
    await page.getByText(/[2-9]\d\s% · .* sur 17\sMo/u).waitFor();
    await deposit(nadia, `${folder}/vite.bin`, 'plus vite');
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Garder les deux' }).click({ timeout: 20_000 });
    await expectLines(['Déposé · empreinte vérifiée']);
    expect(await tree(folder)).toEqual(['vite (2).bin', 'vite.bin']);
  });

  test('says before sending what is refused and why; the others go on', async () => {
    await writeFile(join(disk, 'CON.txt'), 'x');
    await writeFile(join(disk, 'bien.txt'), 'x');
    await drop(page, [join(disk, 'CON.txt'), join(disk, 'bien.txt')]);
    await page.locator(LINES).getByText('Refusé : Ce nom est réservé par Windows').waitFor();
    await page.getByText('Déposé · empreinte vérifiée').waitFor();
    expect(await faultsOf(page)).toEqual([]);
    expect(await tree(folder)).toEqual(['bien.txt']);
  });

  test('asks for the password where the session ended, and loses nothing', async () => {
    const bytes = await write('Longue.bin', 16 * MIB);
    await slowUploads(page, 8 * MIB);
    await drop(page, [join(disk, 'Longue.bin')]);
    await page.getByText(/[2-9]\d\s% · .* sur 17\sMo/u).waitFor();
    await context.clearCookies();
    network.down();
    await page.getByText(/Connexion perdue/u).waitFor();
    network.up();
    const dialog = page.getByRole('dialog', { name: 'Votre session a pris fin' });
    const offsets = watchOffsets();
    await dialog.getByLabel('Mot de passe').fill('ce n’est pas lui');
    await page.keyboard.press('Enter');
    await dialog.getByText('Ce mot de passe ne convient pas.').waitFor();
    await dialog.getByLabel('Mot de passe').fill(site.test.password);
    await page.keyboard.press('Enter');
    await expectLines(['Déposé · empreinte vérifiée']);
    expect(offsets[0]).toBeGreaterThan(MIB);
    expect(await sha256Of(`${folder}/Longue.bin`)).toBe(bytes);
  });

  test('survives going from page to page, and warns whoever would leave', async () => {
    await write('Visite.mp4', 16 * MIB);
    await slowUploads(page, 8 * MIB);
    await drop(page, [join(disk, 'Visite.mp4')]);
    await page.locator(LINES).waitFor();
    await page.getByRole('link', { name: 'Accueil' }).first().click();
    await page.getByRole('heading', { name: 'Bonjour Nadia' }).waitFor();
    await expect.poll(() => page.title()).toMatch(/^\d+\s% · Accueil/u);
    await page.goBack();
    await page.getByRole('heading', { name: `Dépôt ${count}`, level: 1 }).waitFor();
    expect(new URL(page.url()).pathname).toBe(new URL(addressOf(folder)).pathname);
    const asked = page.waitForEvent('dialog');
    await page.locator('h1').click();
    await page.close({ runBeforeUnload: true });
    expect((await asked).type()).toBe('beforeunload');
    await expectLines(['Déposé · empreinte vérifiée']);
  });

  test('can be paused, resumed and given up', async () => {
    await write('Pause.bin', 16 * MIB);
    await slowUploads(page, 8 * MIB);
    await drop(page, [join(disk, 'Pause.bin')]);
    await page.getByText(/[2-9]\d\s% · .* sur 17\sMo/u).waitFor();
    await page.getByRole('button', { name: 'Mettre Pause.bin en pause' }).click();
    await page.getByText(/En pause à/u).waitFor();
    await page.getByRole('button', { name: 'Reprendre Pause.bin' }).click();
    await page.getByText(/\d.* sur 17\sMo/u).waitFor();
    await page.getByRole('button', { name: 'Abandonner Pause.bin' }).click();
    await page.locator('.dock').waitFor({ state: 'detached' });
    await expect.poll(pending, { timeout: 10_000 }).toEqual([]);
    await drop(page, [join(disk, 'Pause.bin')]);
    await page.getByText(/[2-9]\d\s% · .* sur 17\sMo/u).waitFor();
    await page.getByRole('button', { name: 'Mettre Pause.bin en pause' }).click();
    await page.getByRole('button', { name: 'Abandonner Pause.bin' }).click();
    await expect.poll(pending, { timeout: 10_000 }).toEqual([]);
    expect(await tree(folder)).toEqual([]);
  });

  test('of a thousand files at once shows a hundred, and deposits all', async () => {
    await mkdir(join(disk, 'Lot'));
    for (let index = 0; index < 1000; index += 1)
      await writeFile(join(disk, 'Lot', `pièce ${index}.txt`), String(index));
    await drop(page, [join(disk, 'Lot')]);
    await page
      .getByRole('status')
      .getByText(/1\s000 déposés sur 1\s000/u)
      .waitFor({ state: 'attached', timeout: 60_000 });
    expect(await page.locator(LINES).count()).toBeLessThanOrEqual(100);
    expect((await tree(`${folder}/Lot`)).length).toBe(1000);
  });

  test('falls into the folder it is dropped on', async () => {
    await nadia.createDirectory(parsePath(`${folder}/Dedans`));
    await page.reload();
    await writeFile(join(disk, 'note.txt'), 'x');
    await drop(page, [join(disk, 'note.txt')], 'tr[data-folder]');
    await page.getByText('Déposé · empreinte vérifiée').waitFor();
    expect(await tree(folder)).toEqual(['Dedans/', 'Dedans/note.txt']);
  });

  test('works with the keyboard alone', async () => {
    await writeFile(join(disk, 'clavier.txt'), 'x');
    await page.locator('summary', { hasText: 'Déposer' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'Des fichiers' }).waitFor();
    await page.keyboard.press('Tab');
    const [picker] = await Promise.all([page.waitForEvent('filechooser'), page.keyboard.press('Enter')]);
    await picker.setFiles(join(disk, 'clavier.txt'));
    await page.getByText('Déposé · empreinte vérifiée').waitFor();
    await page.getByRole('button', { name: 'Fermer la liste' }).focus();
    await page.keyboard.press('Enter');
    await page.locator('.dock').waitFor({ state: 'detached' });
  });

  test('works without scripts, by a form', async () => {
    const plain = await browser.newContext({
      javaScriptEnabled: false,
      locale: 'fr-FR',
      storageState: await context.storageState(),
    });
    const form = await plain.newPage();
    await writeFile(join(disk, 'été.txt'), 'sans script');
    await writeFile(join(disk, 'NUL.txt'), 'x');
    await form.goto(addressOf(folder));
    await form.locator('summary', { hasText: 'Déposer' }).click();
    await form.getByRole('link', { name: 'Des fichiers' }).click();
    await form.getByLabel('Fichiers').setInputFiles([join(disk, 'été.txt'), join(disk, 'NUL.txt')]);
    await form.getByRole('button', { name: 'Déposer' }).click();
    await form.getByText('NUL.txt : Ce nom est réservé').waitFor();
    await form.getByText('1 fichier déposé.').waitFor();
    await writeFile(join(disk, 'deux.txt'), 'x');
    await form.getByLabel('Fichiers').setInputFiles(join(disk, 'deux.txt'));
    await form.getByRole('button', { name: 'Déposer' }).click();
    await form.getByText('Un fichier est déposé et vérifié.').waitFor();
    expect(await tree(folder)).toEqual(['deux.txt', 'été.txt']);
    await plain.close();
  });
});

function addressOf(path: string): string {
  return `${site.baseUrl}/groupes${encodeURI(path)}`;
}

async function write(name: string, sizeBytes: number): Promise<string> {
  const bytes = randomBytes(sizeBytes);
  await writeFile(join(disk, name), bytes);
  return createHash('sha256').update(bytes).digest('hex');
}

/** Where each PATCH begins. */
function watchOffsets(): number[] {
  const offsets: number[] = [];
  page.on('request', (request) => {
    if (request.method() === 'PATCH') offsets.push(Number(request.headers()['upload-offset']));
  });
  return offsets;
}

async function expectLines(texts: readonly string[]): Promise<void> {
  await expect
    .poll(() => page.locator(`${LINES} .meta`).allTextContents(), { timeout: 40_000 })
    .toEqual(texts);
}

async function sha256Of(path: string): Promise<string> {
  const entry = await nadia.stat(parsePath(path));
  return entry.kind === 'file' ? entry.sha256 : '';
}

/** What axe finds, in both themes. */
async function faultsOf(shown: Page): Promise<string[]> {
  await shown.evaluate(await readFile(AXE, 'utf8'));
  const faults: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await shown.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const result: { violations: { id: string; nodes: { html: string }[] }[] } =
      await shown.evaluate('axe.run()');
    for (const { id, nodes } of result.violations)
      for (const { html } of nodes) faults.push(`${colorScheme} ${id} ${html.slice(0, 160)}`);
  }
  return faults;
}

/** What is on its way or parked. */
async function pending(): Promise<string[]> {
  return (await nadia.uploads()).map(({ path, state }) => `${state} ${path.segments.join('/')}`);
}

/** All paths below, folders with their slash. */
async function tree(path: string, prefix = ''): Promise<string[]> {
  const names: string[] = [];
  for await (const entry of nadia.list(parsePath(path))) {
    const name = prefix + entry.name;
    if (entry.kind === 'file') names.push(name);
    else names.push(`${name}/`, ...(await tree(`${path}/${entry.name}`, `${name}/`)));
  }
  return names.sort((one, other) => one.localeCompare(other, 'fr'));
}
