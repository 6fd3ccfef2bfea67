import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createAppliance } from '../../server/appliance.js';
import { loadConfig } from '../../server/config.js';
import { createLogger } from '../../server/logger.js';
import { clientAddress, createTrustedPeers } from '../../server/trusted-proxies.js';
import { systemClock } from '../../storage/index.js';

describe('trusted proxies', () => {
  test.each([
    [[], '127.0.0.1', false],
    [['127.0.0.1'], '127.0.0.1', true],
    [['127.0.0.1'], '127.0.0.2', false],
    [['10.0.0.0/8', 'fd00::/8'], '10.200.0.1', true],
    [['10.0.0.0/8', 'fd00::/8'], '11.0.0.1', false],
    [['10.0.0.0/8', 'fd00::/8'], 'fd12::1', true],
    [['fe80::/10'], 'fe80::1%eth0', true],
    [['0.0.0.0/0'], 'unknown', false],
  ])('%j: %s is %s', (networks, address, isTrusted) => {
    expect(createTrustedPeers(networks)(address)).toBe(isTrusted);
  });
});

describe('the client address', () => {
  test.each<[string | undefined, string[], string]>([
    [undefined, [], '10.0.0.1'],
    ['192.0.2.7', [], '10.0.0.1'],
    ['192.0.2.7', ['10.0.0.1'], '192.0.2.7'],
    ['203.0.113.9, 192.0.2.7', ['10.0.0.1'], '192.0.2.7'],
    ['203.0.113.9, 192.0.2.7', ['10.0.0.1', '192.0.2.7'], '203.0.113.9'],
    ['nonsense', ['10.0.0.1'], '10.0.0.1'],
    [undefined, ['10.0.0.1'], '10.0.0.1'],
  ])('behind %j, trusting %j, is %s', (forwarded, trusted, expected) => {
    const message = new IncomingMessage(new Socket());
    Object.defineProperty(message.socket, 'remoteAddress', { value: '::ffff:10.0.0.1' });
    if (forwarded !== undefined) message.headers['x-forwarded-for'] = forwarded;
    expect(clientAddress(message, (address) => trusted.includes(address))).toBe(expected);
  });
});

describe('the address in the log', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'peps-proxies-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** The addresses that pages and WebDAV wrote down for one request each through that chain. */
  async function logged(trusted: string, chain: string): Promise<unknown[]> {
    const environment = {
      PEPS_DATA_DIR: folder,
      PEPS_HTTP_PORT: '0',
      PEPS_SFTP_PORT: '0',
      PEPS_TRUSTED_PROXIES: trusted,
    };
    const { config } = loadConfig({ environment, folder });
    const file = path.join(folder, 'log');
    const logger = createLogger({ level: 'info', clock: systemClock, file });
    const appliance = await createAppliance(config, { logger });
    try {
      const { publicUrl } = await appliance.start();
      for (const place of ['/connexion', '/dav/']) {
        const reply = await fetch(new URL(place, publicUrl), { headers: { 'X-Forwarded-For': chain } });
        await reply.arrayBuffer();
      }
    } finally {
      await appliance.stop(systemClock.now());
    }
    const lines = (await readFile(file, 'utf8')).split('\n').filter(Boolean);
    return lines.map((line) => JSON.parse(line)).flatMap(({ status, address }) => (status ? [address] : []));
  }

  test('is the right-most that no trusted proxy has', async () => {
    const chain = '192.0.2.66, 203.0.113.7, 10.0.0.2';
    expect(await logged('127.0.0.1,10.0.0.0/8', chain)).toEqual(['203.0.113.7', '203.0.113.7']);
  });

  test('is the socket’s while nobody is trusted', async () => {
    expect(await logged('', '203.0.113.7')).toEqual(['127.0.0.1', '127.0.0.1']);
  });
});
