import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';
import type { Browser, BrowserContext, Page, Response } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parsePath } from '../../storage/index.js';
import { ADMINISTRATOR, openTestSite, type TestSite } from '../pages/site.js';
import { deposit, GROUP_NAME, PEOPLE } from '../support/appliance.js';
import { hasChromium, launchChromium, listenForComplaints } from './chromium.js';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const GROUP = encodeURIComponent(GROUP_NAME);
/** Names people never give but attackers do; those Windows cannot show are refused long before. */
const WIDTHS = [1280, 900, 360, 320];
const NASTY_NAMES = [`'-alert(1)-'`, 'a&lt;script&gt;alert(1)', '{{7+7}}', `javascript${'\u0301'}alert(1)`];

let site: TestSite;
let browser: Browser;
const findings: Finding[] = [];
const contexts: Record<
  'nobody' | 'partner' | 'administrator',
  Awaited<ReturnType<BrowserContext['storageState']>>
> = {
  nobody: { cookies: [], origins: [] },
  partner: { cookies: [], origins: [] },
  administrator: { cookies: [], origins: [] },
};

describe.skipIf(!hasChromium)('every page', () => {
  beforeAll(async () => {
    site = await openTestSite();
    browser = await launchChromium();
    const invitation = await fill();
    contexts.partner = await signIn(PEOPLE.nadia.login);
    contexts.administrator = await signIn(ADMINISTRATOR.login);
    for (const { who, path } of await listPages(invitation)) findings.push(await inspect(who, path));
  }, 480_000);
  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });

  test('can be used by everybody, in both themes', () => {
    expect(
      findings.flatMap(({ path, violations }) => violations.map((fault) => `${path}: ${fault}`)),
    ).toEqual([]);
  });

  test('fits into every width', () => {
    expect(findings.flatMap(({ path, excess }) => excess.map((fault) => `${path}: ${fault}`))).toEqual([]);
  });

  test('keeps to its content policy, and asks nobody else for anything', () => {
    expect(
      findings.flatMap(({ path, complaints }) => complaints.map((fault) => `${path}: ${fault}`)),
    ).toEqual([]);
  });

  test('keeps to its budget', () => {
    for (const { path, requests, bytes } of findings) {
      expect({ path, isWithin: requests <= 6 }).toEqual({ path, isWithin: true });
      expect(bytes.document).toBeLessThan(25_000);
      expect(bytes.stylesheet).toBeLessThan(10_000);
      expect(bytes.script).toBeLessThan(path === '/connexion' ? 1 : 8000);
    }
  });

  test('works without scripts, from sign-in to the file', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false, locale: 'en-GB' });
    const page = await context.newPage();
    await page.goto(`${site.baseUrl}/groupes/${GROUP}`);
    await page.getByLabel('Work mail address').fill(PEOPLE.nadia.login);
    await page.getByLabel('Password', { exact: true }).fill(site.test.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('link', { name: 'Présences.csv', exact: true }).click();
    await page.getByRole('heading', { name: 'Présences.csv' }).waitFor();
    expect(await page.getByRole('button', { name: 'Copy the fingerprint' }).isVisible()).toBe(false);
    await page.getByRole('button', { name: 'FR' }).click();
    await page.getByRole('link', { name: /Télécharger · / }).waitFor();
    await context.close();
  });

  test('can be reached by keyboard: the menu may be skipped, the account menu opens and closes', async () => {
    const page = await visit('partner', '/groupes');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent?.trim())).toBe('Aller au contenu');
    await page.keyboard.press('Enter');
    expect(new URL(page.url()).hash).toBe('#contenu');
    await page.getByRole('button', { name: /Nadia Benali/u }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Se déconnecter' }).waitFor();
    await page.keyboard.press('Escape');
    expect(await page.getByRole('button', { name: 'Se déconnecter' }).isVisible()).toBe(false);
    await page.context().close();
  });

  test('cannot be framed', async () => {
    const page = await visit('partner', '/connexion');
    const complaints = listenForComplaints(page);
    await page.setContent(`<iframe src="${site.baseUrl}/"></iframe>`);
    await expect.poll(() => complaints.join()).toMatch(/Framing|frame-ancestors/u);
    await page.context().close();
  });
});

async function fill(): Promise<string> {
  const nadia = await site.test.workspace('nadia');
  await nadia.createDirectory(parsePath(`/${site.test.group}/Conventions`));
  await deposit(nadia, `/${site.test.group}/Présences.csv`, 'Nom;Heures\n');
  const parked = await nadia.put(parsePath(`/${site.test.group}/Photos de l’été.zip`), {
    base: 'empty',
    mode: 'create',
    declaredSizeBytes: 4_000_000,
  });
  await parked.write(Buffer.alloc(2_000_000), 0);
  await parked.park();
  await deposit(nadia, `/${site.test.group}/${'Un nom très long '.repeat(10)}.pdf`, 'x');
  for (const name of NASTY_NAMES) await deposit(nadia, `/${site.test.group}/${name}.html`, 'x');
  for (const name of ['À jeter.txt', `${NASTY_NAMES[0]}.txt`]) {
    await deposit(nadia, `/${site.test.group}/${name}`, 'x');
    await nadia.remove(parsePath(`/${site.test.group}/${name}`));
  }
  await site.test.operator.createPerson({
    address: 'x@example.org',
    name: '"><svg onload=alert(1)>',
    side: 'partner',
  });
  await site.test.operator.setMember(GROUP_NAME, 'x@example.org', 'reader');
  await site.test.operator.setHouseText(
    'terms',
    'fr',
    '# Usage\n\nSoyez courtois.\n\n- un\n- deux https://caf.example.org',
  );
  const mails = await site.test.takeMails();
  const invitation = mails.map(({ intent }) => intent).find(({ template }) => template === 'invitation');
  if (invitation?.template !== 'invitation') throw new Error('No invitation was queued.');
  return invitation.token;
}

async function signIn(login: string) {
  const context = await browser.newContext({ locale: 'fr-FR' });
  const page = await context.newPage();
  await page.goto(`${site.baseUrl}/connexion`);
  await page.fill('#login', login);
  await page.fill('#password', site.test.password);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: /^Bonjour/u }).waitFor();
  const state = await context.storageState();
  await context.close();
  return state;
}

async function listPages(invitation: string) {
  const { id } = await (await site.test.workspace('nadia')).stat(
    parsePath(`/${site.test.group}/Présences.csv`),
  );
  const nadia = encodeURIComponent(PEOPLE.nadia.login);
  const of = (who: keyof typeof contexts, ...paths: string[]) => paths.map((path) => ({ who, path }));
  return [
    ...of(
      'nobody',
      '/connexion',
      '/mot-de-passe-oublie',
      `/activation/${invitation}`,
      '/activation/nothing',
      '/nulle-part',
      '/mentions-legales',
      '/donnees-personnelles',
      '/accessibilite',
      '/contact',
      '/conditions',
    ),
    ...of(
      'partner',
      '/',
      '/groupes',
      `/groupes/${GROUP}`,
      `/groupes/${GROUP}/Conventions`,
      `/fichiers/${id}`,
      '/deposer',
      `/deposer/${GROUP}`,
      `/nouveau-dossier/${GROUP}`,
      `/elements/${id}`,
      `/elements/${id}/renommer`,
      `/elements/${id}/deplacer`,
      `/elements/${id}/copier?to=/`,
      `/elements/${id}/supprimer`,
      '/depots',
      '/menu',
      '/lecteur-reseau?systeme=windows',
      '/lecteur-reseau?systeme=mac',
      '/lecteur-reseau?systeme=linux',
      '/mon-compte',
      `/supprimes/${GROUP}`,
      `/recherche?dans=/${GROUP}&q=pre`,
      `/recherche?dans=/${GROUP}&q=absent`,
      '/historique',
      '/historique?person=moi&action=deposit',
      '/historique?name=absent',
      '/nulle-part',
    ),
    ...of(
      'administrator',
      '/',
      '/administration/groupes',
      '/administration/nouveau-groupe',
      `/administration/groupes/${GROUP}`,
      `/administration/groupes/${GROUP}/ajouter`,
      `/administration/groupes/${GROUP}/retirer?who=${nadia}`,
      '/administration/comptes',
      '/administration/inviter',
      `/administration/comptes/suspendre?who=${nadia}`,
      '/administration/historique',
      '/administration/historique?action=deposit',
      '/administration/courrier',
      '/administration/textes',
      '/administration/textes/terms/fr',
      '/administration/menu',
    ),
  ];
}

/** What one page shows of itself: faults found by axe, pixels beyond the edge, complaints, weights gzipped. */
interface Finding {
  readonly path: string;
  readonly violations: readonly string[];
  readonly excess: readonly string[];
  readonly complaints: readonly string[];
  readonly requests: number;
  readonly bytes: { document: number; stylesheet: number; script: number };
}

async function inspect(who: keyof typeof contexts, path: string): Promise<Finding> {
  const page = await (await browser.newContext({ locale: 'fr-FR', storageState: contexts[who] })).newPage();
  const complaints = listenForComplaints(page);
  const responses: Response[] = [];
  page.on('response', (response) => responses.push(response));
  await page.goto(site.baseUrl + path, { waitUntil: 'load' });
  const bytes = await weigh(responses);
  const foreign = responses.map((response) => response.url()).filter((url) => !url.startsWith(site.baseUrl));
  const excess = await measureExcess(page);
  const violations = await runAxe(page);
  await page.context().close();
  return {
    path,
    violations,
    excess,
    complaints: [...complaints, ...foreign],
    requests: responses.length,
    bytes,
  };
}

async function weigh(responses: readonly Response[]) {
  const bytes = { document: 0, stylesheet: 0, script: 0 };
  for (const response of responses) {
    const type = response.request().resourceType();
    if (type !== 'document' && type !== 'stylesheet' && type !== 'script') continue;
    const isRedirect = response.status() >= 300 && response.status() < 400;
    if (!isRedirect) bytes[type] += gzipSync(await response.body(), { level: 9 }).length;
  }
  return bytes;
}

async function measureExcess(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 720 });
    const excess = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (excess > 0) found.push(`${excess} px too wide for ${width}`);
    const spilling = await page.evaluate(
      () =>
        [...document.querySelectorAll('tbody tr')].filter((row) => row.scrollHeight > row.clientHeight + 1)
          .length,
    );
    if (spilling > 0) found.push(`${spilling} rows spill into the next at ${width}`);
  }
  return found;
}

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}

/** By day on a narrow screen, by night on a wide one. */
async function runAxe(page: Page): Promise<string[]> {
  await page.evaluate(await readFile(AXE, 'utf8'));
  const found: string[] = [];
  for (const [colorScheme, width] of [
    ['light', 360],
    ['dark', 1280],
  ] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.setViewportSize({ width, height: 720 });
    const result: AxeResult = await page.evaluate('axe.run()');
    for (const { id, nodes } of result.violations)
      for (const { html } of nodes) found.push(`${colorScheme} ${width} ${id} ${html.slice(0, 160)}`);
  }
  return found;
}

async function visit(who: keyof typeof contexts, path: string): Promise<Page> {
  const context = await browser.newContext({ locale: 'fr-FR', storageState: contexts[who] });
  const page = await context.newPage();
  await page.goto(site.baseUrl + path);
  return page;
}
