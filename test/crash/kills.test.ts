import { createHash, randomBytes, randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Daemon, type DaemonPlace, peps, startDaemon } from '../support/daemon.js';
import { freePort } from '../support/ports.js';
import { faultsOf } from './prepared.js';

const KILLS = 20;
const WRITERS = 4;
const GROUP = 'Lutins';
const HOUSE = 'claire.moreau@caf.example.org';
const PARTNER = 'nadia.benali@lutins.example.org';

/** What the clients know: kept outside the appliance. */
interface Attempt {
  readonly name: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  isAcknowledged: boolean;
}

describe(`${KILLS} times kill -9 while ${WRITERS} clients deposit`, { timeout: 300_000 }, () => {
  const password = `Aa1!${randomBytes(16).toString('hex').replace(/[aef]/g, 'x')}`;
  const ledger: Attempt[] = [];
  let place: DaemonPlace;
  let daemon: Daemon;

  const headers = { Authorization: `Basic ${Buffer.from(`${HOUSE}:${password}`).toString('base64')}` };

  beforeAll(async () => {
    const directory = await mkdtemp(join(tmpdir(), 'peps-kills-'));
    place = { directory, httpPort: await freePort(), sftpPort: await freePort() };
    daemon = await startDaemon(place);
    await peps(place, ['group', 'add', GROUP]);
    for (const [address, side] of [
      [HOUSE, 'house'],
      [PARTNER, 'partner'],
    ] as const) {
      await peps(
        place,
        ['account', 'add', address, '--name', address, '--side', side, '--password-stdin'],
        password,
      );
      await peps(place, ['group', 'member', 'set', GROUP, address, 'writer']);
    }
  }, 120_000);
  afterAll(async () => {
    await daemon?.kill();
    await rm(place.directory, { recursive: true, force: true });
  });

  test('nothing acknowledged is lost, nothing partial is seen, history and mail match', async () => {
    for (let round = 0; round < KILLS; round++) {
      const stop = new AbortController();
      const writers = Array.from({ length: WRITERS }, (_, writer) => write(writer, stop.signal));
      await untilAcknowledged();
      await new Promise((resolve) => setTimeout(resolve, randomInt(0, 300)));
      await daemon.kill();
      stop.abort();
      await Promise.all(writers);
      daemon = await startDaemon(place);
    }
    const acknowledged = ledger.filter((attempt) => attempt.isAcknowledged);
    expect(acknowledged.length).toBeGreaterThanOrEqual(KILLS);

    const visible = await list();
    for (const name of new Set(ledger.map((attempt) => attempt.name))) {
      const attempts = ledger.filter((attempt) => attempt.name === name);
      const last = attempts.findLastIndex((attempt) => attempt.isAcknowledged);
      // Stored without having been heard of is allowed after the last acknowledgement, older content is not.
      const allowed = attempts.slice(Math.max(0, last)).map((attempt) => attempt.sha256);
      if (last >= 0) expect(visible, `${name} was acknowledged`).toContain(name);
      if (visible.includes(name))
        expect(allowed, `${name} holds what was sent last`).toContain(await digestOf(name));
    }

    const deposits = (await rows()).filter((row) => row.action === 'deposit' && row.outcome === 'ok');
    for (const attempt of acknowledged)
      expect(
        deposits.filter((row) => row.sha256 === attempt.sha256),
        `one line for ${attempt.name}`,
      ).toHaveLength(1);
    expect(deposits.every((row) => ledger.some((attempt) => attempt.sha256 === row.sha256))).toBe(true);

    const outbox = lines(await peps(place, ['outbox', '--json']));
    expect(outbox.filter((mail) => mail.template === 'group-deposits').map((mail) => mail.to)).toEqual([
      PARTNER,
    ]);
    await peps(place, ['check']);
    await daemon.terminate();
    expect(await faultsOf(place.directory)).toEqual([]);
  });

  /** A kill before anything was stored would prove nothing: each round waits for one more acknowledgement. */
  async function untilAcknowledged(): Promise<void> {
    const before = ledger.filter((attempt) => attempt.isAcknowledged).length;
    for (let turn = 0; turn < 2000; turn++) {
      if (ledger.filter((attempt) => attempt.isAcknowledged).length > before) return;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error('No deposit was acknowledged within 20 seconds.');
  }

  async function write(writer: number, signal: AbortSignal): Promise<void> {
    for (let turn = 0; !signal.aborted && turn < 500; turn++) {
      const body = randomBytes(randomInt(1, 200_000));
      const attempt: Attempt = {
        name: `w${writer}-${turn % 5}.bin`,
        sha256: createHash('sha256').update(body).digest('hex'),
        sizeBytes: body.length,
        isAcknowledged: false,
      };
      ledger.push(attempt);
      try {
        const answer = await fetch(address(attempt.name), { method: 'PUT', body, headers, signal });
        attempt.isAcknowledged = answer.ok;
        await answer.arrayBuffer();
      } catch {
        return;
      }
    }
  }

  const address = (name: string) => `${daemon.origin}/dav/${GROUP}/${name}`;

  async function digestOf(name: string): Promise<string> {
    const answer = await fetch(address(name), { headers });
    expect(answer.status).toBe(200);
    return createHash('sha256')
      .update(Buffer.from(await answer.arrayBuffer()))
      .digest('hex');
  }

  async function list(): Promise<string[]> {
    const answer = await fetch(address(''), { method: 'PROPFIND', headers: { ...headers, Depth: '1' } });
    const hrefs = [...(await answer.text()).matchAll(/<D:href>([^<]*)<\/D:href>/g)];
    return hrefs.slice(1).map((match) => match[1]?.split('/').at(-1) ?? '');
  }

  const rows = async () => lines(await peps(place, ['activity', '--json']));
});

function lines(output: string): Record<string, unknown>[] {
  return output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}
