import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { driveAssistant } from '../../portal/drive-assistant.js';
import { chooseSystem } from '../../portal/drive-system.js';
import { wordsFor } from '../../web/i18n/words.js';
import { PEOPLE } from '../support/appliance.js';
import { openTestSite, type TestSite } from './site.js';

const ADDRESS = new URL('https://peps.example.org/dav/');

describe('the page of the network drive', () => {
  let site: TestSite;
  beforeAll(async () => {
    site = await openTestSite({ publicUrl: 'https://peps.example.org' });
  });
  afterAll(() => site.close());

  test('gives the one address and the login, and the steps of the visitor’s own system (W45)', async () => {
    const nadia = await site.signIn(PEOPLE.nadia.login);
    const { text } = await nadia.get('/lecteur-reseau');
    expect(text).toContain('<code>https://peps.example.org/dav/</code>');
    expect(text).toContain(`<code>${PEOPLE.nadia.login}</code>`);
    expect(text).toContain('href="/lecteur-reseau/connecter-peps.cmd"');
    expect(text).toContain('0x800700DF');
    const mac = await nadia.get('/lecteur-reseau?systeme=mac');
    expect(mac.text).toContain('Se connecter au serveur');
    expect(mac.text).not.toContain('WebClient');
    const linux = await nadia.get('/lecteur-reseau?systeme=linux');
    for (const address of ['davs://peps.example.org/dav/', 'webdavs://peps.example.org/dav/'])
      expect(linux.text).toContain(address);
  });

  test('is reached from the menu and from a group', async () => {
    const nadia = await site.signIn(PEOPLE.nadia.login);
    for (const path of ['/', `/groupes/${encodeURIComponent(site.test.group)}`])
      expect((await nadia.get(path)).text).toContain('href="/lecteur-reseau"');
  });

  test('hands the assistant over as a file, in the visitor’s language, without a secret', async () => {
    const nadia = await site.signIn(PEOPLE.nadia.login);
    const reply = await nadia.get('/lecteur-reseau/connecter-peps.cmd');
    expect(reply.status).toBe(200);
    expect(reply.headers['content-disposition']).toBe('attachment; filename="connecter-peps.cmd"');
    expect(reply.text).toContain('set "ADDRESS=https://peps.example.org/dav/"');
    expect(reply.text).toContain('Saisissez votre mot de passe');
    expect(reply.text).not.toContain(site.test.password);
    expect((await site.visitor().get('/lecteur-reseau/connecter-peps.cmd')).status).toBe(303);
  });

  test('without TLS says why Windows will not, and offers no assistant', async () => {
    const plain = await openTestSite();
    try {
      const nadia = await plain.signIn(PEOPLE.nadia.login);
      const { text } = await nadia.get('/lecteur-reseau');
      expect(text).toContain('n’est pas chiffrée');
      expect(text).not.toContain('connecter-peps.cmd');
      expect((await nadia.get('/lecteur-reseau/connecter-peps.cmd')).status).toBe(303);
    } finally {
      await plain.close();
    }
  });
});

test.each([
  ['mac', undefined, 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)'],
  ['linux', undefined, 'Mozilla/5.0 (X11; Linux x86_64)'],
  ['windows', undefined, 'Mozilla/5.0 (Windows NT 10.0; Win64; x64)'],
  ['windows', undefined, 'Mozilla/5.0 (Linux; Android 15)'],
  ['windows', undefined, undefined],
  ['mac', 'mac', 'Mozilla/5.0 (Windows NT 10.0)'],
  ['windows', 'amiga', undefined],
])('%s is explained first', (system, asked, userAgent) => {
  expect(chooseSystem(asked, userAgent)).toBe(system);
});

describe.each(['fr', 'en'] as const)('the assistant in %s', (language) => {
  const says = wordsFor(language).driveAssistant;
  const script = driveAssistant({ address: ADDRESS, login: 'nadia.benali@lutins.example.org' }, says);
  const lines = script.split('\r\n');

  test('has Windows’ line ends, and every place it goes to', () => {
    expect(script.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/u);
    const labels = lines.filter((line) => line.startsWith(':'));
    expect(new Set(labels).size).toBe(labels.length);
    const goals = [...script.matchAll(/\b(?:goto |call :)(\w+)/gu)].map((match) => `:${match[1]}`);
    expect([...new Set(goals)].filter((goal) => !labels.includes(goal))).toEqual([]);
    expect(labels.filter((label) => !goals.includes(label))).toEqual([]);
  });

  test('says words, never commands: nothing in them means something to the shell', () => {
    for (const line of lines.filter((one) => /(?:^|errorlevel 1 )echo /u.test(one))) {
      const said = line.slice(line.indexOf('echo ') + 5).replace(/%(?:DRIVE|LIMIT_MB)%/gu, '');
      expect(said.replace(/\^[\^&|<>()]/gu, '').replaceAll('%%', '')).not.toMatch(/[&|<>()%^!]/u);
    }
  });

  test('asks for the password on the spot and maps the address', () => {
    expect(script).toContain('net use "%DRIVE%" "%ADDRESS%" * /user:"%LOGIN%" /persistent:yes');
  });
});

test('no host and no login becomes a command', () => {
  const says = wordsFor('en').driveAssistant;
  const login = `a&calc|b^%PATH%'(c)!@example.org`;
  const script = driveAssistant({ address: new URL('https://[::1]:8443/dav/'), login }, says);
  expect(script).toContain(`set "LOGIN=a&calc|b^%%PATH%%'(c)!@example.org"\r\n`);
  expect(script).toContain('set "PEPS_HOST=::1"\r\n');
  expect(script).toContain('set "PEPS_PORT=8443"\r\n');
  for (const wrong of ['a"&calc', 'a\r\ncalc'])
    expect(() => driveAssistant({ address: ADDRESS, login: wrong }, says)).toThrow('cannot stand');
});
