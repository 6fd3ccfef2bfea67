import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLogger } from '../../../server/logger.js';
import { DeliveryError, type Letter, type Mailer } from '../../../server/mail/mailer.js';
import { createOutboxWorker, type OutboxWorker } from '../../../server/mail/outbox-worker.js';
import { createSmtpMailer } from '../../../server/mail/smtp-mailer.js';
import type { OutboxRow } from '../../../storage/index.js';
import { deposit, openTestStorage, PEOPLE, type TestStorage } from '../../support/appliance.js';
import { createFakeClock, type FakeClock } from '../../support/fake-clock.js';
import { SETTINGS } from './fixtures.js';
import { startSmtpServer, type TestSmtpSettings } from './smtp-server.js';

const logger = createLogger({ level: 'silent', clock: createFakeClock() });
const closers: (() => unknown)[] = [];
let clock: FakeClock;
let world: TestStorage;

beforeEach(async () => {
  clock = createFakeClock();
  world = await openTestStorage({ clock });
  closers.push(world.close);
});
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const workerFor = (mailer: Mailer): OutboxWorker =>
  createOutboxWorker({ outbox: world.storage.outbox, mailer, clock, logger, settings: SETTINGS });

async function smtp(settings: TestSmtpSettings = {}) {
  const server = await startSmtpServer(settings);
  closers.push(server.close);
  return { ...server, worker: workerFor(createSmtpMailer({ url: server.url, allowsPlain: false })) };
}

/** Nadia deposits: Claire, Marc, Julien and the group's service account are the other members; three have mail. */
async function nadiaDeposits(name: string): Promise<void> {
  await deposit(await world.workspace('nadia'), `${world.group}/${name}`, 'bytes');
}

const TOLD = [PEOPLE.claire.login, PEOPLE.julien.login, PEOPLE.marc.login];
const rows = async (): Promise<OutboxRow[]> =>
  (await world.operator.outbox()).filter(({ template }) => template === 'group-deposits');
const rowOf = async (login: string) => (await rows()).find(({ to }) => to === login);

describe('the outbox worker', () => {
  test('sends one mail to each other member, once', async () => {
    const { worker, received } = await smtp();
    await nadiaDeposits('relevé.csv');
    expect(await worker.sendDue()).toBe(3);
    expect(received.map(({ to }) => to[0]).sort()).toEqual(TOLD);
    expect(await worker.sendDue()).toBe(0);
    expect((await rows()).map(({ state, attempts, error }) => [state, attempts, error])).toEqual(
      TOLD.map(() => ['sent', 1, null]),
    );
  });

  test('a mailbox that does not exist fails alone, for good, with the server’s words', async () => {
    const refuse = {
      at: 'rcpt',
      code: 550,
      text: 'No such mailbox here',
      only: PEOPLE.claire.login,
    } as const;
    const { worker, received } = await smtp({ refuse });
    await nadiaDeposits('relevé.csv');
    await worker.sendDue();
    expect(received.map(({ to }) => to[0]).sort()).toEqual(TOLD.slice(1));
    expect(await rowOf(PEOPLE.claire.login)).toMatchObject({
      state: 'failed',
      attempts: 1,
      error: expect.stringContaining('550 No such mailbox here'),
      nextAttemptAt: null,
    });
    clock.advance(86_400);
    expect(await worker.sendDue()).toBe(0);
  });

  test('a server that is too busy is asked again, later and later, with the same Message-ID', async () => {
    const busy = await smtp({ refuse: { at: 'data', code: 421, text: 'Too busy' } });
    await nadiaDeposits('relevé.csv');
    const waits: number[] = [];
    for (let attempt = 1; attempt <= 8; attempt += 1) {
      expect(await busy.worker.sendDue()).toBe(3);
      const row = await rowOf(PEOPLE.claire.login);
      expect(row).toMatchObject({
        state: 'waiting',
        attempts: attempt,
        error: expect.stringContaining('421'),
      });
      const waitSeconds = ((row?.nextAttemptAt?.getTime() ?? 0) - clock.now().getTime()) / 1000;
      waits.push(waitSeconds);
      clock.advance(1800 * 1.2);
    }
    const expected = [60, 120, 240, 480, 960, 1800, 1800, 1800];
    for (const [index, seconds] of waits.entries()) {
      expect(seconds).toBeGreaterThanOrEqual((expected[index] ?? 0) * 0.8);
      expect(seconds).toBeLessThanOrEqual((expected[index] ?? 0) * 1.2);
    }
    expect(new Set(waits.map((seconds, index) => seconds / (expected[index] ?? 1))).size).toBeGreaterThan(1);
    const well = await smtp();
    await well.worker.sendDue();
    expect(well.received).toHaveLength(3);
    expect(await rowOf(PEOPLE.claire.login)).toMatchObject({ state: 'sent', attempts: 9 });
  });

  test('is not asked before its time', async () => {
    const { worker } = await smtp({ refuse: { at: 'connect', code: 421, text: 'Too busy' } });
    await nadiaDeposits('relevé.csv');
    await worker.sendDue();
    clock.advance(40);
    expect(await worker.sendDue()).toBe(0);
  });

  test('a worker that died between sending and noting it: sent again with the same Message-ID', async () => {
    const { worker, received } = await smtp();
    await nadiaDeposits('relevé.csv');
    // What is left when the process is killed after the server's 250: leases, and nothing noted.
    const claimed = await world.storage.outbox.claim(20, new Date(clock.now().getTime() + 300_000));
    expect(claimed).toHaveLength(3);
    expect(await worker.sendDue()).toBe(0);
    clock.advance(301);
    expect(await worker.sendDue()).toBe(3);
    const sent = received.map(({ text }) => /^Message-ID: (.*)\r$/mu.exec(text)?.[1]).sort();
    expect(sent).toEqual(claimed.map(({ messageId }) => messageId).sort());
  });

  test('gives up after days of trying', async () => {
    const dead: Mailer = { send: () => Promise.reject(new DeliveryError('down', false)) };
    const worker = workerFor(dead);
    await nadiaDeposits('relevé.csv');
    const startedAt = clock.now().getTime();
    while ((await worker.sendDue()) > 0) clock.advance(1800 * 1.2);
    const days = (clock.now().getTime() - startedAt) / 86_400_000;
    expect(days).toBeGreaterThan(4);
    expect(days).toBeLessThan(8);
    expect(await rowOf(PEOPLE.claire.login)).toMatchObject({ state: 'failed', attempts: 240 });
  });

  test('what is being sent when it stops is due again at once', async () => {
    const begun: Letter[] = [];
    const slow: Mailer = {
      send: (letter, signal) =>
        new Promise((_, reject) => {
          begun.push(letter);
          signal.addEventListener('abort', () => reject(new DeliveryError('stopped', false)));
        }),
    };
    const worker = workerFor(slow);
    await nadiaDeposits('relevé.csv');
    worker.start();
    while (begun.length < 3) await new Promise((resolve) => setTimeout(resolve, 10));
    await worker.stop();
    expect(await rowOf(PEOPLE.claire.login)).toMatchObject({ state: 'waiting', nextAttemptAt: clock.now() });
    const { worker: next, received } = await smtp();
    await next.sendDue();
    expect(received).toHaveLength(3);
  });

  test('notices by itself what falls due, and sends nothing once stopped', async () => {
    const { worker, received } = await smtp();
    worker.start();
    await nadiaDeposits('a.csv');
    await expect.poll(() => received.length, { timeout: 5000 }).toBe(3);
    await worker.stop();
    await nadiaDeposits('b.csv');
    await new Promise((resolve) => setTimeout(resolve, 1300));
    expect(received).toHaveLength(3);
  });

  test('one member more than a batch holds: all are told', async () => {
    for (let index = 0; index < 25; index += 1) {
      const address = `membre${index}@example.org`;
      await world.operator.createPerson({
        address,
        name: `M ${index}`,
        side: 'partner',
        password: world.password,
      });
      await world.operator.setMember(world.group, address, 'reader');
    }
    await world.takeMails();
    const { worker, received } = await smtp();
    await nadiaDeposits('relevé.csv');
    worker.start();
    await expect.poll(() => received.length, { timeout: 20_000 }).toBe(28);
    await worker.stop();
  }, 60_000);
});
