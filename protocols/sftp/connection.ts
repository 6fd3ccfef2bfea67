import type { Socket } from 'node:net';
import type { Session as ChannelSession, Connection, ServerChannel } from 'ssh2';
import type { Clock, Session, Storage } from '../../storage/index.js';
import { createAuthenticator } from './authentication.js';
import type { SftpLimits } from './limits.js';
import { createOperationLog, elapsedMs, type SftpLogger } from './log.js';
import { createOutlet } from './outlet.js';
import { type SftpSession, serveSftp } from './session.js';

export interface ConnectionOptions {
  readonly client: Connection;
  readonly socket: Socket;
  /** The peer's address. */
  readonly address: string;
  readonly storage: Storage;
  readonly clock: Clock;
  readonly logger: SftpLogger;
  readonly limits: SftpLimits;
  /** Counts a signed-in session against its account; false when it has too many. Given back by the listener. */
  admit(session: Session): boolean;
}

/** One SSH connection. */
export interface SftpConnection {
  /** The account once signed in. */
  readonly session: Session | undefined;
  /** A file is open, or an answer is owed. */
  readonly isBusy: boolean;
  /** Refuses new files; those open may be finished. */
  drain(): void;
  /** Says goodbye and closes, once what was written has left. */
  end(): void;
  /** Ends it now; uploads are thrown away. */
  destroy(): void;
  /** Settles when the socket is closed and everything put away. */
  readonly ended: Promise<void>;
}

/** Beyond ssh2's own window of 2 MiB: its check against senders who ignore the window can be passed. */
const MAX_UNREAD_BYTES = 4 * 1024 * 1024;

/** Serves one connection: sign-in, then SFTP on each session channel. Everything else SSH can do is refused. */
export function serveConnection(options: ConnectionOptions): SftpConnection {
  const { client, socket, address, storage, clock, logger, limits } = options;
  const startedAtMs = performance.now();
  const sessions = new Map<ServerChannel, SftpSession>();
  const putAway: Promise<void>[] = [];
  let channels = 0;
  let signedIn: Session | undefined;
  let isDraining = false;

  const destroy = () => {
    socket.destroy();
  };
  const outlet = createOutlet(client, socket, limits, destroy);

  function admit(session: Session): boolean {
    if (socket.destroyed || session.signal.aborted || !options.admit(session)) return false;
    signedIn = session;
    session.signal.addEventListener('abort', destroy);
    return true;
  }

  function serveChannel(session: Session, channel: ServerChannel): SftpSession {
    const peer = { account: session.account.login, address };
    return serveSftp({
      channel,
      workspace: storage.open(session),
      clock,
      log: createOperationLog(logger, peer),
      limits,
      whenWritable: outlet.whenWritable,
      fail(error) {
        logger.info({ door: 'sftp', act: 'connection', reason: 'malformed', error, ...peer }, 'connection');
        destroy();
      },
    });
  }

  function end(channel: ServerChannel): void {
    const session = sessions.get(channel);
    if (!session) return;
    sessions.delete(channel);
    putAway.push(session.cut());
  }

  /** ssh2 ends its side only: a client that never closes its own would keep the socket. */
  function endSoon(): void {
    client.end();
    socket.destroySoon();
  }

  /** Of all that a session channel may ask for, only the subsystem `sftp` has a listener: ssh2 refuses the rest. */
  function serveSession(channelSession: ChannelSession): void {
    let channel: ServerChannel | undefined;
    channelSession.on('subsystem', (accept, reject, { name }) => {
      if (name !== 'sftp' || !signedIn || channel) return reject?.();
      channel = accept();
      if (!channel) return;
      const session = serveChannel(signedIn, channel);
      sessions.set(channel, session);
      if (isDraining) session.drain();
    });
    channelSession.on('close', () => {
      channels -= 1;
      if (channel) end(channel);
    });
    channelSession.on('error', destroy);
  }

  client.on('error', (error) => {
    logger.debug({ door: 'sftp', act: 'connection', address, error }, 'connection');
    socket.destroySoon();
  });
  client.on(
    'authentication',
    createAuthenticator({
      storage,
      origin: { door: 'sftp', address },
      limits,
      logger,
      admit,
      disconnect: endSoon,
    }),
  );
  client.on('session', (accept, reject) => {
    if (channels >= limits.channelsPerConnection) return reject();
    channels += 1;
    serveSession(accept());
  });
  client.once('ready', () => {
    socket.on('data', () => {
      for (const channel of sessions.keys()) if (channel.readableLength > MAX_UNREAD_BYTES) destroy();
    });
  });

  const ended = new Promise<void>((resolve) => {
    // A paused channel tells nothing when its socket dies: what is open hangs on the socket alone.
    socket.once('close', () => {
      signedIn?.signal.removeEventListener('abort', destroy);
      for (const channel of [...sessions.keys()]) end(channel);
      logger.info(
        {
          door: 'sftp',
          act: 'connection',
          ...(signedIn && { account: signedIn.account.login }),
          address,
          bytesIn: socket.bytesRead,
          bytesOut: socket.bytesWritten,
          durationMs: elapsedMs(startedAtMs),
        },
        'connection',
      );
      resolve(Promise.all(putAway).then(() => {}));
    });
  });

  return {
    get session() {
      return signedIn;
    },
    get isBusy() {
      return [...sessions.values()].some(({ isBusy }) => isBusy);
    },
    drain() {
      isDraining = true;
      for (const session of sessions.values()) session.drain();
    },
    end: endSoon,
    destroy,
    ended,
  };
}
