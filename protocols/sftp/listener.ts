import { createServer, type Socket } from 'node:net';
import type { ClientInfo, Connection } from 'ssh2';
import type { Clock, Storage } from '../../storage/index.js';
import { createAdmission } from './admission.js';
import { hasNativeCiphers } from './algorithms.js';
import { type Arrival, createArrivals } from './arrivals.js';
import { type SftpConnection, serveConnection } from './connection.js';
import type { HostKey } from './host-key.js';
import { canAnnounce } from './host-key-announcement.js';
import type { HostKeys } from './host-key-rotation.js';
import { SFTP_LIMITS, type SftpLimits } from './limits.js';
import type { SftpLogger } from './log.js';
import { createProxiedSockets } from './proxied.js';
import { createTransport } from './transport.js';

/** What the door stands on. */
export interface SftpDoorOptions {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly logger: SftpLogger;
  readonly hostKeys: HostKeys;
  readonly address: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** Whether a peer is a proxy that begins each connection with a PROXY header; nobody unless given. */
  readonly isProxy?: (address: string) => boolean;
  /** What differs from SFTP_LIMITS. */
  readonly limits?: Partial<SftpLimits>;
}

/** The SFTP door: listens, signs in, serves. */
export interface SftpDoor {
  /** @returns the port listened on. Rejects when the address is taken. */
  start(): Promise<{ readonly port: number }>;
  /** Shows other host keys to whoever connects from now on; connections that stand are not touched. */
  useHostKeys(hostKeys: HostKeys): void;
  /** Takes no new connection and no new file; those open may be finished until then, the rest is cut off. */
  stop(deadline: Date): Promise<void>;
}

/** How often a stopping door looks whether transfers have ended. */
const DRAIN_STEP_MS = 50;

/** Builds the door; it listens from `start` on. @throws Error when the host key cannot be read */
export function createSftpDoor(options: SftpDoorOptions): SftpDoor {
  const { storage, clock, logger } = options;
  const limits = { ...SFTP_LIMITS, ...options.limits };
  const admission = createAdmission(limits);
  /** Handed to ssh2 and not heard from yet, by peer: ssh2 does not say which socket a connection is on. */
  const arrivals = new Map<string, Arrival>();
  const sockets = new Set<Socket>();
  const connections = new Set<SftpConnection>();

  const ssh = createTransport(options.hostKeys, limits, meet);
  const proxied = createProxiedSockets(limits);
  const unsigned = createArrivals(admission, limits, ({ socket, address }) =>
    refuse(socket, address, 'crowded'),
  );
  const server = createServer(accept);

  function accept(socket: Socket): void {
    const address = addressOf(socket);
    socket.on('error', () => {});
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    if (options.isProxy?.(address))
      proxied.receive(
        socket,
        (client) => enter(socket, client === null ? address : plain(client)),
        (reason) => refuse(socket, address, reason),
      );
    else enter(socket, address);
  }

  function refuse(socket: Socket, address: string, reason: string): void {
    logger.debug({ door: 'sftp', act: 'connection', address, reason }, 'connection');
    socket.destroy();
  }

  // ssh2 never sees a client that says nothing: places and time are counted from the bare socket.
  function enter(socket: Socket, address: string): void {
    const arrival = unsigned.take(socket, address);
    if (!arrival) {
      refuse(socket, address, 'crowded');
      return;
    }
    const peer = peerOf(socket.remoteAddress, socket.remotePort);
    arrivals.set(peer, arrival);
    socket.once('close', () => {
      arrival.settle();
      if (arrivals.get(peer) !== arrival) return;
      arrivals.delete(peer);
      logger.debug({ door: 'sftp', act: 'connection', address, reason: 'no-banner' }, 'connection');
    });
    socket.setNoDelay(true);
    ssh.take(socket);
  }

  function meet(client: Connection, info: ClientInfo, keys: readonly HostKey[]): void {
    const peer = peerOf(info.ip, info.port);
    const arrival = arrivals.get(peer);
    arrivals.delete(peer);
    if (arrival) {
      arrival.isHeard = true;
      serve(client, arrival, keys);
    } else {
      client.on('error', () => {});
      client.end();
    }
  }

  function serve(
    client: Connection,
    { socket, address, settle }: Arrival,
    hostKeys: readonly HostKey[],
  ): void {
    const connection = serveConnection({
      client,
      hostKeys,
      socket,
      address,
      storage,
      clock,
      logger,
      limits,
      admit({ account }) {
        if (!admission.openSession(account.id)) return false;
        settle();
        socket.once('close', () => admission.closeSession(account.id));
        return true;
      },
    });
    connections.add(connection);
    void connection.ended.then(() => connections.delete(connection));
  }

  async function stop(deadline: Date): Promise<void> {
    const endsAtMs = performance.now() + deadline.getTime() - clock.now().getTime();
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const connection of connections) connection.drain();
    for (;;) {
      for (const connection of connections) if (!connection.isBusy) connection.end();
      if (connections.size === 0 || performance.now() >= endsAtMs) break;
      await pause(DRAIN_STEP_MS);
    }
    const ends = [...connections].map(({ ended }) => ended);
    for (const socket of sockets) socket.destroy();
    await Promise.all([closed, ...ends]);
  }

  return {
    start() {
      if (!hasNativeCiphers())
        logger.warn({ door: 'sftp', act: 'start' }, 'ssh2 runs without its compiled ciphers: slow transfers');
      if (!canAnnounce())
        logger.warn({ door: 'sftp', act: 'start' }, 'this ssh2 cannot announce host keys: none is learned');
      return new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(options.port, options.address, () => {
          server.off('error', reject);
          server.on('error', (error) => logger.error({ door: 'sftp', act: 'listen', error }, 'listen'));
          const bound = server.address();
          if (bound === null || typeof bound === 'string') reject(new Error('The SFTP door has no port.'));
          else resolve({ port: bound.port });
        });
      });
    },
    useHostKeys: ssh.use,
    stop,
  };
}

/** Without the prefix that an IPv4 peer has on a socket for both families. */
function addressOf(socket: Socket): string {
  return plain(socket.remoteAddress ?? '');
}

function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/u, '');
}

function peerOf(address: string | undefined, port: number | undefined): string {
  return `${address} ${port}`;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
