import { mkdir } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import path from 'node:path';
import { adminRoutes } from '../admin-ui/index.js';
import { portalRoutes } from '../portal/index.js';
import { settleDeliveries } from '../protocols/proof.js';
import { createSftpDoor } from '../protocols/sftp/index.js';
import { createWebdavDoor } from '../protocols/webdav/index.js';
import { type Clock, createStorage, type Storage, systemClock } from '../storage/index.js';
import { createWebApp } from '../web/app.js';
import type { SftpAccess } from '../web/routes.js';
import { type Config, publicOrigin } from './config.js';
import { hostKeyFile, watchHostKeys } from './host-key-watch.js';
import { createHttpServer } from './http.js';
import { createLogger, type Logger } from './logger.js';
import { isLoopback } from './loopback.js';
import { createFolderMailer } from './mail/folder-mailer.js';
import { createOutboxWorker } from './mail/outbox-worker.js';
import { createSmtpMailer } from './mail/smtp-mailer.js';
import { clientAddress, createTrustedPeers } from './trusted-proxies.js';

/** Where the started appliance is found. */
export interface Addresses {
  readonly publicUrl: URL;
  readonly http: { readonly address: string; readonly port: number };
  readonly sftp: { readonly address: string; readonly port: number; readonly fingerprint: string };
}

export interface Appliance {
  readonly storage: Storage;
  /** Listens on all doors. After a failure the caller stops it. */
  start(): Promise<Addresses>;
  /**
   * Waits for a start that is under way, lets transfers finish until then, aborts the rest, closes storage. May be called
   * again without harm.
   */
  stop(deadline: Date): Promise<void>;
}

export interface ApplianceParts {
  readonly clock?: Clock;
  readonly logger?: Logger;
  /** How often files beside the data are looked at for a change; five seconds unless told. */
  readonly lookEveryMs?: number;
}

/** Opens storage and wires everything that stands before it. */
export async function createAppliance(config: Config, parts: ApplianceParts = {}): Promise<Appliance> {
  const clock = parts.clock ?? systemClock;
  const logger = parts.logger ?? createLogger({ level: config.logLevel, clock });
  const storage = await openStorage(config, clock, logger);
  const isTrustedPeer = createTrustedPeers(config.http.trustedProxies);
  const isNear = (address: string) => isLoopback(address) || isTrustedPeer(address);
  const http = createHttpServer({
    ...config.http,
    logger,
    tls: config.http.tls && { files: config.http.tls, clock },
    mayAskInClear: isNear,
    connections: { isExempt: isNear },
  });
  const closers: ((graceMs: number) => Promise<void>)[] = [(graceMs) => http.stop(graceMs)];

  let sftpAccess: (() => SftpAccess) | undefined;

  async function open(): Promise<Addresses> {
    const port = await http.listen();
    const publicUrl = config.publicUrl ?? new URL(publicOrigin({ ...config.http, port }));
    const recovered = await storage.start();
    logger.info({ door: 'system', ...recovered }, 'recovered');
    http.serve(await createHttpDoors(publicUrl));
    const sftp = await startSftp();
    startMail(publicUrl);
    return { publicUrl, http: { address: config.http.address, port }, sftp };
  }

  async function createHttpDoors(publicUrl: URL) {
    const addressOf = (request: IncomingMessage) => clientAddress(request, isTrustedPeer);
    const shared = { storage, clock, logger, clientAddress: addressOf };
    const webdav = createWebdavDoor({ ...shared, publicUrl: publicUrl.href });
    const routes = [portalRoutes, adminRoutes];
    const pages = await createWebApp({
      ...{ ...shared, publicUrl, timeZone: config.timeZone, routes },
      sftp: () => sftpAccess?.(),
    });
    return {
      pages,
      webdav: webdav.handle,
      isHealthy: async () => (await storage.health()).isHealthy,
    };
  }

  async function startSftp(): Promise<Addresses['sftp']> {
    const watch = await watchHostKeys({
      ...{ file: hostKeyFile(config), clock, logger, lookEveryMs: parts.lookEveryMs },
      changed: (fingerprint) => storage.operate().recordHostKey('host-key-change', fingerprint),
    });
    const { hostKeys } = watch;
    const { address, port: wanted, trustedProxies } = config.sftp;
    const door = createSftpDoor({
      ...{ storage, clock, logger, address, port: wanted, hostKeys },
      isProxy: createTrustedPeers(trustedProxies),
    });
    const { port } = await door.start();
    watch.follow(door.useHostKeys);
    sftpAccess = () => {
      const { current, next } = watch.hostKeys;
      return { port, fingerprints: [current, next].flatMap((key) => (key ? [key.fingerprint] : [])) };
    };
    closers.push((graceMs) => door.stop(new Date(clock.now().getTime() + graceMs)));
    closers.push(() => watch.stop());
    return { address, port, fingerprint: hostKeys.current.fingerprint };
  }

  function startMail(publicUrl: URL): void {
    const { mail, timeZone } = config;
    const mailer = mail.smtpUrl
      ? createSmtpMailer({ url: mail.smtpUrl, allowsPlain: mail.allowsPlainSmtp })
      : createFolderMailer(path.join(config.dataDir, 'mail'));
    const worker = createOutboxWorker({
      outbox: storage.outbox,
      mailer,
      clock,
      logger,
      settings: { from: mail.from, publicUrl, timeZone },
    });
    worker.start();
    closers.push(() => worker.stop());
  }

  async function stop(deadline: Date): Promise<void> {
    // What is still opening adds doors, which must be there to be closed. Whoever started it learns why it failed.
    await starting?.catch(() => undefined);
    const graceMs = Math.max(0, deadline.getTime() - clock.now().getTime());
    const ends = await Promise.allSettled(closers.map((close) => close(graceMs)));
    await settleDeliveries();
    await storage.close();
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  }

  let starting: Promise<Addresses> | undefined;
  let stopping: Promise<void> | undefined;
  return { storage, start: () => (starting ??= open()), stop: (deadline) => (stopping ??= stop(deadline)) };
}

/** Opens what the configuration points at, for the daemon and for commands alike; makes the data folder. The caller closes it. */
export async function openStorage(config: Config, clock: Clock, logger?: Logger): Promise<Storage> {
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
  return createStorage({
    databaseUrl: config.databaseUrl,
    dataDir: config.dataDir,
    masterKeyFile: config.masterKeyFile,
    clock,
    settings: { quietSeconds: config.mail.quietSeconds },
    onError: (job, error) => logger?.error({ door: 'system', act: job, error }, 'job failed'),
  });
}
