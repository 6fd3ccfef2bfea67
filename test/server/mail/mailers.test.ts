import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createFolderMailer } from '../../../server/mail/folder-mailer.js';
import { DeliveryError, type Letter, type Mailer } from '../../../server/mail/mailer.js';
import { createSmtpMailer } from '../../../server/mail/smtp-mailer.js';
import { writeLetter } from '../../../server/mail/templates/letter.js';
import { run } from '../../support/programs.js';
import { claimedMail, INTENTS, NOW, SETTINGS } from './fixtures.js';
import { startSmtpServer, type TestSmtpServer, type TestSmtpSettings } from './smtp-server.js';

const letter = (change: Partial<Letter> = {}): Letter => ({
  ...writeLetter(claimedMail(INTENTS['group-deposits']), SETTINGS, NOW),
  ...change,
});
const NEVER = new AbortController().signal;

/** @returns how a delivery failed, null when it did not */
async function failureOf(mailer: Mailer, change: Partial<Letter> = {}, signal = NEVER) {
  const error: unknown = await mailer.send(letter(change), signal).then(
    () => null,
    (reason) => reason,
  );
  if (error === null) return null;
  if (error instanceof DeliveryError) return { isPermanent: error.isPermanent, message: error.message };
  throw error;
}

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function smtp(settings: TestSmtpSettings = {}): Promise<TestSmtpServer> {
  const server = await startSmtpServer(settings);
  closers.push(server.close);
  return server;
}

describe('a mail server', () => {
  test('gets the letter, with its envelope', async () => {
    const server = await smtp();
    const mailer = createSmtpMailer({ url: server.url, allowsPlain: false });
    expect(await failureOf(mailer)).toBe(null);
    expect(server.received).toMatchObject([
      { from: 'peps@caf.example.org', to: ['nadia.benali@lutins.example.org'] },
    ]);
    expect(server.received[0]?.text).toContain('Message-ID: <01978f4e-0000-7000-8000-000000000001@peps>');
  });

  test('that asks for a name and password gets them; a wrong one is worth another try', async () => {
    const server = await smtp({ credentials: { user: 'peps', password: 'hush/hush' } });
    const as = (user: string, password: string) => {
      const url = new URL(server.url);
      url.username = user;
      url.password = encodeURIComponent(password);
      return createSmtpMailer({ url, allowsPlain: false });
    };
    expect(await failureOf(as('peps', 'hush/hush'))).toBe(null);
    expect(await failureOf(as('peps', 'wrong'))).toMatchObject({ isPermanent: false });
    expect(await failureOf(createSmtpMailer({ url: server.url, allowsPlain: false }))).toMatchObject({
      isPermanent: false,
    });
  });

  test.each([
    [
      '550 for the recipient is for good, in its own words',
      { refuse: { at: 'rcpt', code: 550, text: 'No such mailbox' } },
      true,
    ],
    ['552 for the content is for good', { refuse: { at: 'data', code: 552, text: 'Too much' } }, true],
    [
      '450 for the recipient is worth another try',
      { refuse: { at: 'rcpt', code: 450, text: 'Greylisted' } },
      false,
    ],
    ['451 for the content is worth another try', { refuse: { at: 'data', code: 451, text: 'Later' } }, false],
    [
      '550 for the sender is our own fault, not the letter’s',
      { refuse: { at: 'mail', code: 550, text: 'Who are you' } },
      false,
    ],
    [
      '421 at the door is worth another try',
      { refuse: { at: 'connect', code: 421, text: 'Too busy' } },
      false,
    ],
    ['a connection cut in the middle is worth another try', { hangUpAt: 'data' }, false],
  ] as const)('%s', async (_, settings, isPermanent) => {
    const server = await smtp(settings);
    const failure = await failureOf(createSmtpMailer({ url: server.url, allowsPlain: false }));
    expect(failure?.isPermanent).toBe(isPermanent);
    if ('refuse' in settings) expect(failure?.message).toContain(settings.refuse.text);
  });

  test('that is not there is worth another try', async () => {
    const server = await startSmtpServer({});
    await server.close();
    expect(await failureOf(createSmtpMailer({ url: server.url, allowsPlain: false }))).toMatchObject({
      isPermanent: false,
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  test.each([
    ['talks nonsense', '220 hello\r\n', 'what?\r\n'],
    ['drips one byte at a time', '2', '2'],
    ['says nothing', '', ''],
  ])('that %s holds nobody up for longer than the worker allows', async (_, hello, answer) => {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.write(hello);
      const drip = setInterval(() => socket.write(answer), 20);
      socket.on('close', () => clearInterval(drip));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closers.push(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const mailer = createSmtpMailer({ url: new URL(`smtp://127.0.0.1:${port}`), allowsPlain: false });
    const startedAt = performance.now();
    expect(await failureOf(mailer, {}, AbortSignal.timeout(300))).toMatchObject({ isPermanent: false });
    expect(performance.now() - startedAt).toBeLessThan(3000);
  });
});

describe('encryption', () => {
  let folder = '';
  let certificate = { key: '', cert: '' };
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'peps-tls-'));
    const [key, cert] = [path.join(folder, 'key'), path.join(folder, 'cert')];
    const subject = ['-subj', '/CN=mail.example.org', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'];
    const made = await run('openssl', [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '2',
      '-keyout',
      key,
      '-out',
      cert,
      ...subject,
    ]);
    expect(made.code).toBe(0);
    certificate = { key: await readFile(key, 'utf8'), cert: await readFile(cert, 'utf8') };
  });
  afterAll(() => rm(folder, { recursive: true }));

  const remote = (server: TestSmtpServer) => {
    // 0.0.0.0 reaches this machine too, but is no loopback address: to the mailer it is a stranger.
    const url = new URL(server.url);
    url.hostname = '0.0.0.0';
    return url;
  };

  test('is wanted from another machine; without it nothing is sent, unless that is allowed', async () => {
    const server = await smtp();
    const strict = createSmtpMailer({ url: remote(server), allowsPlain: false });
    expect(await failureOf(strict)).toMatchObject({ isPermanent: false });
    expect(server.received).toEqual([]);
    expect(await failureOf(createSmtpMailer({ url: remote(server), allowsPlain: true }))).toBe(null);
  });

  test('with a certificate nobody vouches for is refused, even when plain would be allowed', async () => {
    const server = await smtp({ certificate });
    for (const allowsPlain of [false, true])
      expect(await failureOf(createSmtpMailer({ url: remote(server), allowsPlain }))).toMatchObject({
        isPermanent: false,
      });
    const implicit = await smtp({ certificate, isImplicitTls: true });
    expect(await failureOf(createSmtpMailer({ url: implicit.url, allowsPlain: true }))).not.toBe(null);
    expect([...server.received, ...implicit.received]).toEqual([]);
  });

  test('with a known certificate is used from the first byte', async () => {
    const server = await smtp({ certificate, isImplicitTls: true });
    const mailer = createSmtpMailer({
      url: server.url,
      allowsPlain: false,
      certificateAuthority: certificate.cert,
    });
    expect(await failureOf(mailer)).toBe(null);
    expect(server.received).toMatchObject([{ isEncrypted: true }]);
  });
});

describe('a mail folder', () => {
  test('gets one .eml file a letter, for its owner alone, the same one when sent again', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'peps-mail-'));
    closers.push(() => rm(folder, { recursive: true }));
    const mailer = createFolderMailer(path.join(folder, 'mail'));
    expect(await failureOf(mailer)).toBe(null);
    expect(await failureOf(mailer)).toBe(null);
    expect(await failureOf(mailer, { id: 'other' })).toBe(null);
    expect((await readdir(path.join(folder, 'mail'))).sort()).toEqual([
      '01978f4e-0000-7000-8000-000000000001.eml',
      'other.eml',
    ]);
    const text = await readFile(path.join(folder, 'mail', 'other.eml'), 'latin1');
    expect(text).toContain('To: Nadia Benali <nadia.benali@lutins.example.org>');
    expect(text).toContain('\r\n\r\n');
  });

  test('that cannot be written is worth another try and leaves nothing half', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'peps-mail-'));
    closers.push(() => rm(folder, { recursive: true }));
    await writeFile(path.join(folder, 'mail'), '');
    expect(await failureOf(createFolderMailer(path.join(folder, 'mail')))).toMatchObject({
      isPermanent: false,
    });
    expect(await readdir(folder)).toEqual(['mail']);
  });
});
