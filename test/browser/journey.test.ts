import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestSite, type TestSite } from '../pages/site.js';
import { deposit } from '../support/appliance.js';
import { hasChromium, launchChromium, listenForComplaints } from './chromium.js';

const PASSWORD = 'Grand-sapin-bleu-7';
const SONIA = 'sonia.bailly@lutins.example.org';

let site: TestSite;
let browser: Browser;
let office: Page;
let partner: Page;
const complaints: string[][] = [];

describe.skipIf(!hasChromium)('through the pages alone', () => {
  beforeAll(async () => {
    site = await openTestSite({ hasAdministrator: false });
    browser = await launchChromium();
    office = await open(await browser.newContext({ locale: 'fr-FR' }));
    partner = await open(await browser.newContext({ locale: 'fr-FR', acceptDownloads: true }));
  });
  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });

  test('a house is set up', async () => {
    const token = await site.test.storage.enrolment.issueSetUpToken();
    await office.goto(`${site.baseUrl}/installation/${token}`);
    expect(new URL(office.url()).pathname).toBe('/installation');
    await office.getByLabel('Nom de votre organisme').fill('CAF du Jura');
    await office.getByLabel('Nom et prénom').fill('Marc Vuillemin');
    await office.getByLabel('Adresse mail professionnelle').fill('marc.vuillemin@caf.example.org');
    await office.getByLabel('Mot de passe', { exact: true }).fill(PASSWORD);
    await office.getByLabel('Confirmer le mot de passe').fill(PASSWORD);
    await office.getByRole('button', { name: 'Mettre en service' }).click();
    await office.getByRole('status').getByText('PEPS est prêt pour CAF du Jura.').waitFor();
  });

  test('a group is made and a partner invited', async () => {
    await office.getByRole('link', { name: 'Créer un groupe' }).click();
    await office.getByLabel('Nom du groupe').fill('Crèche Été');
    await office.getByRole('button', { name: 'Créer le groupe' }).click();
    await office.getByRole('link', { name: 'Ajouter un membre' }).click();
    await office.getByLabel('Adresse mail professionnelle').fill(SONIA);
    await office.getByLabel('Nom et prénom').fill('Sonia Bailly');
    await office.getByRole('button', { name: 'Ajouter un membre' }).click();
    await office.getByRole('row', { name: /Sonia Bailly.*Invité/u }).waitFor();
  });

  test('the partner chooses a password, told as she types what is missing', async () => {
    const mails = await site.test.takeMails();
    const invitation = mails.find(({ to }) => to.address === SONIA)?.intent;
    if (invitation?.template !== 'invitation') throw new Error('No invitation was queued.');
    await partner.goto(`${site.baseUrl}/activation/${invitation.token}`);
    expect(new URL(partner.url()).pathname).toBe('/activation');
    const password = partner.getByLabel('Mot de passe', { exact: true });
    await password.pressSequentially('Lutins-soleil');
    const verdict = partner.locator('[data-password-verdict]');
    expect(await verdict.textContent()).toBe('Il manque encore un chiffre.');
    expect(await partner.locator('li.met').count()).toBe(4);
    await password.fill('lutins');
    expect(await verdict.textContent()).toBe(
      'Il manque encore 12 caractères au moins, une majuscule, un chiffre et un caractère spécial.',
    );
    await password.fill('une phrase assez longue');
    expect(await verdict.textContent()).toBe('Votre mot de passe convient.');
    await password.fill(PASSWORD);
    await partner.getByRole('button', { name: 'Afficher' }).first().click();
    expect(await password.getAttribute('type')).toBe('text');
    await partner.getByLabel('Confirmer le mot de passe').fill(PASSWORD);
    await partner.getByRole('button', { name: 'Valider' }).click();
    await partner.getByRole('heading', { name: 'Bonjour Sonia' }).waitFor();
  });

  test('a mail’s link leads through sign-in to the file, which is downloaded', async () => {
    const content = 'Nom;Heures\n'.repeat(10_000);
    const session = await site.test.storage.authenticate(
      { kind: 'password', login: 'marc.vuillemin@caf.example.org', password: PASSWORD },
      { door: 'sftp', address: '127.0.0.1' },
    );
    await site.test.operator.setMember('Crèche Été', 'marc.vuillemin@caf.example.org', 'writer');
    await deposit(site.test.storage.open(session), '/Crèche Été/Droits ouverts juin.csv', content);
    const mails = await site.test.takeMails();
    const mail = mails.find(({ to, intent }) => to.address === SONIA && intent.template === 'group-deposits');
    if (mail?.intent.template !== 'group-deposits') throw new Error('Nobody was told.');
    await partner.context().clearCookies();
    await partner.goto(`${site.baseUrl}/fichiers/${mail.intent.files[0]?.entryId}`);
    await partner.getByLabel('Adresse mail professionnelle').fill(SONIA);
    await partner.getByLabel('Mot de passe').fill(PASSWORD);
    await partner.keyboard.press('Enter');
    await partner.getByRole('heading', { name: 'Droits ouverts juin.csv' }).waitFor();
    expect(await partner.getByText('Déposé par').textContent()).toContain('CAF du Jura');
    const [download] = await Promise.all([
      partner.waitForEvent('download'),
      partner.getByRole('link', { name: /Télécharger · 110/u }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('Droits ouverts juin.csv');
    const saved = await readFile(await download.path());
    const digest = createHash('sha256').update(saved).digest('hex');
    expect(digest).toBe(createHash('sha256').update(content).digest('hex'));
    expect(await partner.locator('.fingerprint code').textContent()).toBe(digest);
  });

  test('the administrator reads who took what, by which way', async () => {
    await partner.goto(`${site.baseUrl}/`);
    await expect
      .poll(
        async () => {
          await office.goto(`${site.baseUrl}/administration/historique?action=download`);
          return office.locator('.lines li').allTextContents();
        },
        // Where the browser asks for nothing more on that connection, its silence counts after 30 s.
        { timeout: 40_000, interval: 500 },
      )
      .toEqual([expect.stringMatching(/^Sonia Bailly a retiré Droits ouverts juin\.csv.*par le site/u)]);
  }, 60_000);

  test('signing out leaves nothing behind the back button', async () => {
    await partner.goto(`${site.baseUrl}/groupes`);
    await partner.getByRole('button', { name: /Sonia Bailly/u }).click();
    await partner.getByRole('button', { name: 'Se déconnecter' }).click();
    await partner.getByText('Vous êtes déconnecté.').waitFor();
    await partner.goBack();
    await partner.getByRole('heading', { name: 'Connexion' }).waitFor();
  });

  test('no page complained', () => {
    expect(complaints.flat()).toEqual([]);
  });
});

async function open(context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  complaints.push(listenForComplaints(page));
  return page;
}
