import { connect, createServer, type Socket } from 'node:net';

/** A relay that breaks connections off in the middle, as networks do. */
export interface CuttingProxy {
  readonly port: number;
  /**
   * Breaks the next connection off when the client has sent so many bytes. `at-once`; or `when-quiet`: from there on it hears no
   * answer, and is cut when it has nothing more to send without one. Later connections are left alone, or with `staysDown` cut
   * before a byte until `up`.
   */
  cutAfter(bytes: number, how: 'at-once' | 'when-quiet', options?: { staysDown: boolean }): void;
  up(): void;
  /** Breaks off every connection there is, and those to come before a byte, until `up`. */
  down(): void;
  /** How many connections were broken off. */
  readonly cuts: number;
  close(): Promise<void>;
}

const QUIET_MS = 300;

/** Relays a port of its own on loopback to another one. The caller closes it. */
export async function startCuttingProxy(targetPort: number): Promise<CuttingProxy> {
  const sockets = new Set<Socket>();
  let limitBytes = Number.POSITIVE_INFINITY;
  let quietMs = 0;
  let staysDown = false;
  let isDown = false;
  let cuts = 0;

  const server = createServer((client) => {
    if (isDown) return client.on('error', () => {}).resetAndDestroy();
    const target = connect(targetPort, '127.0.0.1');
    const limit = limitBytes;
    const patienceMs = quietMs;
    limitBytes = Number.POSITIVE_INFINITY;
    let sentBytes = 0;
    let quiet: NodeJS.Timeout | undefined;
    const end = () => {
      clearTimeout(quiet);
      client.destroy();
      target.destroy();
    };
    const cut = () => {
      cuts += 1;
      isDown = staysDown;
      client.resetAndDestroy();
      target.resetAndDestroy();
    };
    for (const socket of [client, target]) {
      sockets.add(socket);
      socket.on('error', end);
      socket.on('close', end);
    }
    client.on('data', (chunk) => {
      sentBytes += chunk.length;
      if (!target.write(chunk)) client.pause();
      if (sentBytes < limit) return;
      clearTimeout(quiet);
      if (patienceMs === 0) cut();
      else quiet = setTimeout(cut, patienceMs);
    });
    target.on('drain', () => client.resume());
    target.on('data', (chunk) => {
      if (sentBytes < limit) client.write(chunk);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The proxy has no port.');
  return {
    port: address.port,
    cutAfter(bytes, how, options = { staysDown: false }) {
      staysDown = options.staysDown;
      limitBytes = bytes;
      quietMs = how === 'at-once' ? 0 : QUIET_MS;
    },
    up() {
      isDown = false;
    },
    down() {
      isDown = true;
      for (const socket of sockets) socket.resetAndDestroy();
    },
    get cuts() {
      return cuts;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
