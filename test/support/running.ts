import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Addresses, createAppliance } from '../../server/appliance.js';
import type { CertificateFiles } from '../../server/certificate.js';
import type { Config } from '../../server/config.js';
import { createLogger } from '../../server/logger.js';
import { type Administration, type Clock, type Storage, systemClock } from '../../storage/index.js';
import { populate } from './appliance.js';

/** A whole appliance, listening on loopback ports of its own, in a folder of its own, with the usual people in it. */
export interface RunningAppliance {
  readonly storage: Storage;
  readonly operator: Administration;
  readonly addresses: Addresses;
  readonly directory: string;
  readonly password: string;
  /** `http://127.0.0.1:PORT`, or `https:` with a certificate. */
  readonly origin: string;
  /** Stops it and leaves its folder. */
  stop(): Promise<void>;
  /** Stops it and removes its folder. */
  close(): Promise<void>;
}

/** Starts it in this process. The caller closes it. Mails stay in the outbox for `quietSeconds`, a day unless told. */
export async function startTestAppliance(
  options: { quietSeconds?: number; tls?: CertificateFiles; clock?: Clock; lookEveryMs?: number } = {},
): Promise<RunningAppliance> {
  const directory = await mkdtemp(join(tmpdir(), 'peps-running-'));
  const password = `Aa1!${randomBytes(16).toString('hex').replace(/[aef]/g, 'x')}`;
  const appliance = await startIn(directory, { ...options, password });
  await populate(appliance.operator, password);
  return appliance;
}

/** Starts an appliance on a folder that is there already. */
export async function startIn(
  directory: string,
  options: {
    readonly password: string;
    readonly quietSeconds?: number;
    readonly clock?: Clock;
    readonly tls?: CertificateFiles;
    readonly lookEveryMs?: number;
  },
): Promise<RunningAppliance> {
  const { password, clock = systemClock } = options;
  const config = configFor(directory, options.quietSeconds ?? 86_400, options.tls ?? null);
  const appliance = await createAppliance(config, {
    clock,
    logger: createLogger({ level: 'silent', clock }),
    ...(options.lookEveryMs !== undefined && { lookEveryMs: options.lookEveryMs }),
  });
  const addresses = await appliance.start();
  const stop = () => appliance.stop(clock.now());
  return {
    storage: appliance.storage,
    operator: appliance.storage.operate(),
    addresses,
    directory,
    password,
    origin: addresses.publicUrl.origin,
    stop,
    async close() {
      await stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function configFor(directory: string, quietSeconds: number, tls: CertificateFiles | null): Config {
  return {
    dataDir: directory,
    masterKeyFile: join(directory, 'master.key'),
    databaseUrl: `sqlite:${join(directory, 'peps.sqlite')}`,
    publicUrl: null,
    timeZone: 'Europe/Paris',
    logLevel: 'silent',
    http: { address: '127.0.0.1', port: 0, tls, trustedProxies: [] },
    sftp: { address: '127.0.0.1', port: 0, trustedProxies: [] },
    mail: { smtpUrl: null, allowsPlainSmtp: false, from: 'PEPS <peps@caf.example.org>', quietSeconds },
  };
}
